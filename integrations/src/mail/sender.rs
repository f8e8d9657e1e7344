use domain::EmailAddress;
use domain::topic::visible_text;
use lettre::message::Mailbox;

use super::MailError;
use super::message::address;

const MAX_CHARS: usize = 400;

/// Who mail comes from, as `MAIL_FROM` says it: `NarrateAI <no-reply@example.com>`,
/// or the address alone.
#[derive(Debug, Clone)]
pub struct Sender {
    name: Option<String>,
    address: EmailAddress,
}

impl Sender {
    pub fn try_new(text: &str) -> Result<Self, MailError> {
        let text = visible_text("MAIL_FROM", text, MAX_CHARS)
            .map_err(|error| MailError::misconfigured(error.to_string()))?;
        let (name, address) = text
            .strip_suffix('>')
            .and_then(|named| named.rsplit_once('<'))
            .map_or(("", &*text), |(name, address)| (name, address));
        let address = EmailAddress::try_new(address).map_err(|error| {
            MailError::misconfigured(format!(
                "MAIL_FROM: the address {}; write NarrateAI <no-reply@example.com>",
                error.problem
            ))
        })?;
        let name = name.trim().trim_matches('"');
        Ok(Self {
            name: (!name.is_empty()).then(|| name.to_owned()),
            address,
        })
    }

    /// For mail that goes no further than a folder: a name under a domain that
    /// never exists (RFC 2606).
    pub(super) fn nobody() -> Self {
        Self::try_new("NarrateAI <no-reply@narrate.invalid>")
            .expect("is written as a sender should be")
    }

    pub(super) fn address(&self) -> &EmailAddress {
        &self.address
    }

    pub(super) fn mailbox(&self) -> Mailbox {
        Mailbox::new(self.name.clone(), address(&self.address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(text: &str) -> (Option<String>, String) {
        let sender = Sender::try_new(text).unwrap();
        (sender.name, sender.address.as_str().to_owned())
    }

    #[test]
    fn a_name_stands_before_the_address_or_not_at_all() {
        let address = "no-reply@example.com".to_owned();
        for text in [
            "NarrateAI <no-reply@example.com>",
            "\"NarrateAI\" <no-reply@example.com> ",
        ] {
            let name = Some("NarrateAI".to_owned());
            assert_eq!(sender(text), (name, address.clone()), "{text}");
        }
        for text in ["no-reply@example.com", "<no-reply@example.com>"] {
            assert_eq!(sender(text), (None, address.clone()), "{text}");
        }
    }

    #[test]
    fn what_is_no_sender_is_refused_by_the_name_of_the_setting_and_not_quoted() {
        for text in [
            "",
            "NarrateAI",
            "NarrateAI <secret-name>",
            "NarrateAI <secret-name@example.com",
            "NarrateAI\r\nBcc: <secret-name@example.com>",
        ] {
            let error = Sender::try_new(text).unwrap_err();
            let MailError::Misconfigured { reason } = &error else {
                panic!("{error:?}")
            };
            assert!(reason.starts_with("MAIL_FROM: "), "{reason}");
            assert!(!reason.contains("secret-name"), "{reason}");
        }
    }
}
