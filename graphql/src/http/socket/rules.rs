//! What a client may say on a web socket, and when. Who breaks a rule is cut
//! off, with the code that the protocol has for it; the library beneath knows
//! only some of them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::http::ClientMessage;

use crate::execution::Kept;
use crate::guard;

/// Operations that one socket may have open.
pub(super) const MAX_OPEN: usize = 100;
/// Of the name that a client gives to an operation.
const MAX_ID_BYTES: usize = 64;

/// The end of a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct Closing {
    pub code: u16,
    /// Up to 123 bytes, as a close frame has room for.
    pub reason: String,
}

impl Closing {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { code, reason }
    }

    /// Nobody, or somebody who shows something wrong.
    pub(super) fn forbidden(reason: &str) -> Self {
        Self::new(4403, reason)
    }

    /// What let them in is no longer good, or they are somebody else by now.
    pub(super) fn no_longer() -> Self {
        Self::new(4401, "Sign in again")
    }

    pub(super) fn never_initialised() -> Self {
        Self::new(4408, "Connection initialisation timeout")
    }
}

#[derive(Default)]
pub(in crate::http) struct Rules {
    pub is_initialised: bool,
    open: Open,
}

type Open = Arc<Mutex<HashSet<String>>>;

impl Rules {
    /// The message, if it may be said now.
    pub(in crate::http) fn hear(&mut self, message: &[u8]) -> Result<ClientMessage, Closing> {
        guard::check_json(message).map_err(|it| Closing::new(4400, it.to_string()))?;
        let mut message = ClientMessage::from_bytes(message)
            .map_err(|_| Closing::new(4400, "Invalid message"))?;
        match &mut message {
            ClientMessage::ConnectionInit { .. } if self.is_initialised => {
                return Err(Closing::new(4429, "Too many initialisation requests"));
            }
            ClientMessage::ConnectionInit { .. } => self.is_initialised = true,
            ClientMessage::Start { .. } if !self.is_initialised => {
                return Err(Closing::new(4401, "Unauthorized"));
            }
            ClientMessage::Start { id, payload } => {
                payload.data.insert(Kept::new(self.begin(id)?));
            }
            ClientMessage::Stop { .. }
            | ClientMessage::ConnectionTerminate
            | ClientMessage::Ping { .. }
            | ClientMessage::Pong { .. } => {}
        }
        Ok(message)
    }

    fn begin(&self, id: &str) -> Result<Operation, Closing> {
        if id.len() > MAX_ID_BYTES {
            let reason = format!("An operation's id may have {MAX_ID_BYTES} bytes");
            return Err(Closing::new(4400, reason));
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() == MAX_OPEN {
            let reason = format!("Too many operations at once: {MAX_OPEN} may be open");
            return Err(Closing::new(4429, reason));
        }
        if !open.insert(id.to_owned()) {
            let reason = format!("Subscriber for {id} already exists");
            return Err(Closing::new(4409, reason));
        }
        Ok(Operation {
            id: id.to_owned(),
            open: Arc::clone(&self.open),
        })
    }
}

/// Its id is taken until it goes.
struct Operation {
    id: String,
    open: Open,
}

impl Drop for Operation {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INIT: &str = r#"{ "type": "connection_init" }"#;

    fn subscribe(id: &str) -> String {
        format!(r#"{{ "type": "subscribe", "id": "{id}", "payload": {{ "query": "{{ f }}" }} }}"#)
    }

    fn code(rules: &mut Rules, message: &str) -> Option<u16> {
        let closing = rules.hear(message.as_bytes()).err()?;
        assert!(closing.reason.len() <= 123, "{closing:?}");
        Some(closing.code)
    }

    #[test]
    fn a_socket_is_initialised_first_and_once() {
        let mut rules = Rules::default();
        assert_eq!(code(&mut rules, &subscribe("1")), Some(4401));
        assert_eq!(code(&mut rules, INIT), None);
        assert_eq!(code(&mut rules, &subscribe("1")), None);
        assert_eq!(code(&mut rules, INIT), Some(4429));
    }

    #[test]
    fn an_id_is_taken_for_as_long_as_its_operation_is_there() {
        let mut rules = Rules::default();
        assert_eq!(code(&mut rules, INIT), None);
        let operation = rules.hear(subscribe("1").as_bytes()).ok();
        assert_eq!(code(&mut rules, &subscribe("1")), Some(4409));
        assert_eq!(code(&mut rules, &subscribe("2")), None);
        drop(operation);
        assert_eq!(code(&mut rules, &subscribe("1")), None);
    }

    #[test]
    fn so_many_operations_are_open_at_once_and_no_more() {
        let mut rules = Rules::default();
        assert_eq!(code(&mut rules, INIT), None);
        let one = |rules: &mut Rules, n: usize| rules.hear(subscribe(&n.to_string()).as_bytes());
        let mut open: Vec<_> = (0..MAX_OPEN).map(|n| one(&mut rules, n)).collect();
        assert!(open.iter().all(Result::is_ok));
        assert_eq!(code(&mut rules, &subscribe("more")), Some(4429));
        open.pop();
        assert_eq!(code(&mut rules, &subscribe("more")), None);
    }

    #[test]
    fn nonsense_is_no_message() {
        let mut rules = Rules::default();
        assert_eq!(code(&mut rules, INIT), None);
        let deep = format!(
            r#"{{ "type": "ping", "payload": {{ "a": {}{} }} }}"#,
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        for message in [
            "",
            "{",
            "[]",
            r#"{ "type": "shout" }"#,
            r#"{ "type": "subscribe" }"#,
            &deep,
        ] {
            assert_eq!(code(&mut rules, message), Some(4400));
        }
        assert_eq!(code(&mut rules, &subscribe(&"é".repeat(40))), Some(4400));
    }
}
