use std::time::Duration;

/// One variant for each thing that a caller can do about it. None holds an
/// address, a login or anything that the mail says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Give up: the server will not take this mail for this address, ever.
    #[error("the mail is refused for good: {reason}")]
    Refused { reason: String },
    /// Try again later.
    #[error("mail cannot be sent at the moment")]
    Unavailable { source: Outage },
    /// Tell the operator: no mail goes out until a setting or the account at the
    /// server is corrected.
    #[error("mail is not set up well: {reason}")]
    Misconfigured { reason: String },
}

/// Why it is not possible now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Outage {
    #[error("the mail server was not done after {} s", after.as_secs_f32())]
    TimedOut { after: Duration },
    #[error("the connection to the mail server failed: {problem}")]
    Disconnected { problem: String },
    /// `reply` is the code, with the enhanced one if there is any.
    #[error("the mail server asks to try again later: {reply}")]
    AskedToWait { reply: String },
    #[error("the folder {place} takes no mail: {problem}; free some space, then retry")]
    Folder { place: String, problem: String },
}

impl MailError {
    /// `reason` begins with the name of the setting.
    pub(super) fn misconfigured(reason: impl Into<String>) -> Self {
        Self::Misconfigured {
            reason: reason.into(),
        }
    }
}

impl From<Outage> for MailError {
    fn from(source: Outage) -> Self {
        Self::Unavailable { source }
    }
}
