//! Where mail reaches a person.

use std::fmt;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};

use crate::InvalidField;
use crate::topic::visible_text;

const FIELD: &str = "email";

/// `local@domain`, in ASCII, as SMTP carries it without extensions: the local
/// part as it was written, the domain too unless it has other letters, which
/// become their ASCII form (`xn--...`).
///
/// It is about a person, so it is only ever printed by who asks for
/// [`as_str`](Self::as_str). Two that are equal were written the same; whether
/// they mean one mailbox, [`normalized`](Self::normalized) says.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// What a path of 256 with its angle brackets leaves (RFC 5321, 4.5.3.1.3).
    pub const MAX_BYTES: usize = 254;
    /// RFC 5321, 4.5.3.1.1.
    pub const MAX_LOCAL_BYTES: usize = 64;

    pub fn try_new(text: &str) -> Result<Self, InvalidField> {
        let text = visible_text(FIELD, text, Self::MAX_BYTES)?;
        let (local, domain) = text
            .split_once('@')
            .filter(|(_, domain)| !domain.contains('@'))
            .ok_or_else(|| invalid("needs exactly one @, as in name@example.com"))?;
        check_local(local)?;
        let address = format!("{local}@{}", ascii_domain(domain)?);
        if address.len() > Self::MAX_BYTES {
            return Err(invalid(format!(
                "has {} bytes; at most {} are allowed",
                address.len(),
                Self::MAX_BYTES
            )));
        }
        Ok(Self(address))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the @.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// For comparing: lower case. Dots and `+tags` stay, as only the server of
    /// the domain knows what they mean.
    pub fn normalized(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(hidden)")
    }
}

/// A `Dot-string` of RFC 5321, 4.1.2. Quoted ones are nobody's.
fn check_local(local: &str) -> Result<(), InvalidField> {
    if !local.is_ascii() {
        return Err(invalid(
            "has other than ASCII characters before the @, which few servers deliver; use another address",
        ));
    }
    if local.len() > EmailAddress::MAX_LOCAL_BYTES {
        return Err(invalid(format!(
            "has {} bytes before the @; at most {} are allowed",
            local.len(),
            EmailAddress::MAX_LOCAL_BYTES
        )));
    }
    if local.split('.').any(str::is_empty) {
        return Err(invalid(
            "needs a name before the @, with single dots between its parts",
        ));
    }
    if !local.bytes().all(|byte| byte == b'.' || is_atext(byte)) {
        return Err(invalid(
            "has a space, a quote or a bracket before the @; remove it",
        ));
    }
    Ok(())
}

/// RFC 5322, 3.2.3.
fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

fn ascii_domain(domain: &str) -> Result<String, InvalidField> {
    let refused = || invalid("needs a domain after the @, as in name@example.com");
    let ascii = Uts46::new()
        .to_ascii(
            domain.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .map_err(|_| refused())?;
    let (_, top) = ascii.rsplit_once('.').ok_or_else(refused)?;
    // An address of the network is no domain.
    if top.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(refused());
    }
    Ok(if domain.is_ascii() {
        domain.to_owned()
    } else {
        ascii.into_owned()
    })
}

fn invalid(problem: impl Into<String>) -> InvalidField {
    InvalidField::new(FIELD, problem)
}

#[cfg(test)]
mod tests;
