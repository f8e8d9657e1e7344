//! What a failed transaction means for the appends in it.

/// Which way to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// One of the appends holds something that the database refuses.
    Append,
    /// Another transaction held the log for too long.
    Locked,
    /// The database is away, short of something, or was in another's way.
    Passing,
    /// Trying again will not help.
    Lasting,
}

/// SQLSTATE classes: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
pub(super) fn fault(error: &sqlx::Error) -> Fault {
    let refusal = match error {
        sqlx::Error::Database(refusal) => refusal,
        sqlx::Error::Encode(_) => return Fault::Append,
        sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => return Fault::Lasting,
        _ => return Fault::Passing,
    };
    let code = refusal.code().unwrap_or_default();
    match code.get(..2).unwrap_or_default() {
        _ if code == "55P03" => Fault::Locked,
        // Another process was quicker, or something wrote without the lock;
        // looking at the log again settles it.
        "23" if refusal.is_unique_violation() && refusal.constraint() != Some(EVENT_ID_KEY) => {
            Fault::Passing
        }
        "22" | "23" | "54" => Fault::Append,
        "NA" | "08" | "25" | "40" | "53" | "55" | "57" | "58" => Fault::Passing,
        _ => Fault::Lasting,
    }
}

/// The log is not as the callers expected it: a stream stands elsewhere, or a
/// command has been there before.
pub(super) fn is_stale(error: &sqlx::Error) -> bool {
    let refusal = error.as_database_error();
    refusal.is_some_and(|refusal| {
        refusal.is_unique_violation() || refusal.code().as_deref() == Some(ENDS_EARLIER)
    })
}

/// The database says that it appended nothing. A server that stops may have
/// committed before it said so.
pub(super) fn is_certain(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Encode(_) => true,
        sqlx::Error::Database(refusal) => {
            let code = refusal.code().unwrap_or_default();
            !["08", "57", "58", "XX"].contains(&code.get(..2).unwrap_or_default())
        }
        _ => false,
    }
}

/// Why the append to blame was refused.
pub(super) fn refusal(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(refusal) if refusal.constraint() == Some(EVENT_ID_KEY) => {
            "one of its event ids is in the log already, under another command; give each event \
             an id of its own"
                .to_owned()
        }
        Some(refusal) => format!("the database does not take it: {}", refusal.message()),
        None => error.to_string(),
    }
}

/// As `append_events` raises it.
const ENDS_EARLIER: &str = "NA001";
const EVENT_ID_KEY: &str = "events_event_id_key";
