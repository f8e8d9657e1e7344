use chrono::{DateTime, Utc};
use domain::EmailAddress;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use secrecy::ExposeSecret;

use super::{Mail, MailError, Sender};

pub(super) const LINE_END: &[u8] = b"\r\n";

/// The mail as it goes over the wire and into a file (RFC 5322), in ASCII, with
/// [`LINE_END`]s throughout and one at its end. Nothing in it is random.
pub(super) fn compose(
    mail: &Mail,
    sender: &Sender,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, MailError> {
    let message = Message::builder()
        .from(sender.mailbox())
        .to(Mailbox::new(None, address(&mail.to)))
        .subject(one_line(&mail.subject))
        .date(now.into())
        .message_id(Some(format!("<{}@{}>", mail.id, sender.address().domain())))
        // So that no one's absence notice answers (RFC 3834, 5).
        .raw_header(header("Auto-Submitted", "auto-generated"));
    let message = match &mail.unsubscribe {
        None => message,
        Some(link) => {
            let link = format!("<{}>", one_line(link.expose_secret()));
            message
                .raw_header(header("List-Unsubscribe", link))
                .raw_header(header(
                    "List-Unsubscribe-Post",
                    "List-Unsubscribe=One-Click",
                ))
        }
    };
    let text = SinglePart::plain(mail.text.clone());
    let message = match &mail.html {
        None => message.singlepart(text),
        Some(html) => message.multipart(
            MultiPart::alternative()
                .boundary(format!("part-of-{}", mail.id.simple()))
                .singlepart(text)
                .singlepart(SinglePart::html(html.clone())),
        ),
    };
    message
        .map(|message| one_line_end(message.formatted()))
        .map_err(|_| MailError::Refused {
            reason: "its sender and recipient cannot be written into a mail".to_owned(),
        })
}

fn header(name: &'static str, value: impl Into<String>) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.into())
}

fn one_line_end(mut message: Vec<u8>) -> Vec<u8> {
    message.truncate(message.trim_ascii_end().len());
    message.extend_from_slice(LINE_END);
    message
}

/// An [`EmailAddress`] is narrower than what is checked here.
pub(super) fn address(email: &EmailAddress) -> Address {
    let (local, domain) = email.as_str().split_once('@').unwrap_or_default();
    Address::new_dangerous(local, domain)
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ").trim().to_owned()
}
