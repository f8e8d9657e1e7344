use std::time::Duration;

/// What goes wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It answers as it should, but late.
    Slow(Duration),
    /// Too many calls; come again after so many seconds, if it says.
    RateLimited { retry_after_s: Option<u32> },
    /// The account has no money left.
    OutOfCredit,
    /// The key was taken back.
    Unauthorized,
    /// Something broke on its side.
    ServerError,
    /// It will not make this: against its policy.
    Refused,
    /// It made this, and then its filter found fault with it.
    Flagged,
    /// It took the job, and failed at it.
    JobFailed,
    /// It points to another address.
    Redirected,
    /// The connection breaks in the middle of the answer.
    CutConnection,
    /// It begins to answer and never goes on.
    Stalled,
    /// The answer has the right status and is no JSON.
    WrongJson,
    /// The answer never ends.
    Huge,
    /// What was made is not what was asked for: prose for JSON, noise for sound.
    WrongContent,
    /// What a provider may leave out is not there.
    Sparse,
    /// What was made breaks off: the model may not say more.
    CutShort,
}
