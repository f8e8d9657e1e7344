//! What a failed conversation means to who sent the mail.
//!
//! Servers repeat the recipient, and now and then the login, in the text of
//! their replies, so only the codes get out of here.

use std::error::Error as _;
use std::io;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Code;

use crate::mail::{MailError, Outage};

/// How far the conversation had come.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Connect,
    StartTls,
    Login,
    Sender,
    Recipient,
    Content,
}

/// "Authentication required" (RFC 4954, 6), whatever was asked for.
const NO_LOGIN: u16 = 530;

pub(super) fn failure(step: Step) -> impl Fn(Error) -> MailError {
    move |error| match error.status() {
        Some(code) if error.is_permanent() => refusal(step, code, &reply(code, &error)),
        Some(code) => {
            let reply = reply(code, &error);
            Outage::AskedToWait { reply }.into()
        }
        None => breakdown(&error),
    }
}

fn refusal(step: Step, code: Code, reply: &str) -> MailError {
    let refused = |what: &str| MailError::Refused {
        reason: format!("the mail server does not accept {what}: {reply}"),
    };
    let (setting, what, remedy) = match step {
        _ if u16::from(code) == NO_LOGIN => {
            let remedy = "write smtp://user:password@host";
            ("SMTP_URL", "wants a login", remedy)
        }
        Step::Connect => {
            let remedy = "ask who runs it, or choose another";
            ("SMTP_URL", "does not talk to this machine", remedy)
        }
        Step::StartTls => {
            let remedy = "write smtps:// with its port for TLS, often 465";
            ("SMTP_URL", "refuses STARTTLS", remedy)
        }
        Step::Login => {
            let remedy = "correct them; special characters are percent-encoded";
            ("SMTP_URL", "does not accept user and password", remedy)
        }
        Step::Sender => {
            let remedy = "write an address that the account may send from";
            ("MAIL_FROM", "does not accept the sender", remedy)
        }
        Step::Recipient => return refused("the recipient"),
        Step::Content => return refused("the content"),
    };
    MailError::misconfigured(format!(
        "{setting}: the mail server {what}: {reply}; {remedy}"
    ))
}

/// The conversation ended without a reply.
fn breakdown(error: &Error) -> MailError {
    match io_error(error) {
        // So rustls wraps what it does not like of the other side.
        Some(tls) if tls.kind() == io::ErrorKind::InvalidData => MailError::misconfigured(format!(
            "SMTP_URL: TLS with the mail server failed: {tls}; correct host and port, or name its authority in SMTP_CA_FILE"
        )),
        Some(io) => disconnected(io.to_string()),
        None if error.is_response() => disconnected("it hung up, or does not speak SMTP"),
        None => disconnected("it has no address to connect to, or cannot go on"),
    }
}

fn disconnected(problem: impl Into<String>) -> MailError {
    let problem = problem.into();
    Outage::Disconnected { problem }.into()
}

fn io_error(error: &Error) -> Option<&io::Error> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(io) = error.downcast_ref() {
            return Some(io);
        }
        source = error.source();
    }
    None
}

/// `550 5.1.1`: the code and, if the text begins with one, the enhanced code
/// (RFC 3463).
fn reply(code: Code, error: &Error) -> String {
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    let first = text.split_whitespace().next().unwrap_or_default();
    let parts: Vec<_> = first.split('.').collect();
    let is_enhanced = parts.len() == 3
        && parts.iter().all(|part| {
            (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        });
    if is_enhanced {
        format!("{code} {first}")
    } else {
        code.to_string()
    }
}
