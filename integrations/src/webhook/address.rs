use std::fmt;

use domain::InvalidField;
use url::{Host, Url};

use super::Reach;

/// The longest address, in characters.
pub const MAX_URL_CHARS: usize = 2_000;
const FIELD: &str = "url";

/// Where messages go. It may hold a secret, so it is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl WebhookUrl {
    /// Refuses what can never be reached, or would give something away: what is
    /// not HTTPS, has a name and password in it, or is an address that `reach`
    /// does not allow. Where a name leads is judged when a connection is made.
    pub fn try_new(text: &str, reach: &Reach) -> Result<Self, InvalidField> {
        let text = text.trim();
        if text.chars().count() > MAX_URL_CHARS {
            return Err(invalid(format!(
                "is longer than {MAX_URL_CHARS} characters"
            )));
        }
        let url = Url::parse(text)
            .map_err(|error| invalid(format!("{error}; write https://host/path")))?;
        let has_tls = match url.scheme() {
            "https" => true,
            "http" if reach.allows_plain_http() => false,
            _ => return Err(invalid("must begin with https://")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid(
                "must not hold a name or password: messages are signed, check the signature instead",
            ));
        }
        if url.fragment().is_some() {
            return Err(invalid(
                "must not have a part behind #, which is never sent",
            ));
        }
        let url = Self(url);
        match url.literal_address() {
            Some(address) if !reach.allows(address, has_tls) => Err(invalid(
                "leads to an address that is not on the public internet",
            )),
            _ => Ok(url),
        }
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    pub(super) fn has_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The address itself, where no name stands for it.
    pub(super) fn literal_address(&self) -> Option<std::net::IpAddr> {
        match self.0.host()? {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        }
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookUrl")
    }
}

fn invalid(problem: impl Into<String>) -> InvalidField {
    InvalidField::new(FIELD, problem.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        let refused = WebhookUrl::try_new(text, &Reach::default());
        refused.unwrap_err().to_string()
    }

    #[test]
    fn an_address_on_the_internet_is_taken_as_it_is() {
        for text in [
            "https://example.com/hooks?token=1",
            "https://example.com:8443/",
            "https://1.1.1.1/hooks",
        ] {
            let url = WebhookUrl::try_new(text, &Reach::default()).unwrap();
            assert_eq!(url.as_str(), text);
            assert_eq!(format!("{url:?}"), "WebhookUrl");
        }
    }

    #[test]
    fn what_leads_inside_is_refused_in_every_spelling_of_a_number() {
        for host in [
            "127.0.0.1",
            "127.1",
            "0x7f.1",
            "2130706433",
            "017700000001",
            "0",
            "169.254.169.254",
            "[::1]",
            "[::ffff:10.0.0.1]",
            "[fd00:ec2::254]",
        ] {
            let text = format!("https://{host}/latest/meta-data");
            assert!(
                problem(&text).contains("not on the public internet"),
                "{host}"
            );
        }
    }

    #[test]
    fn each_refusal_names_what_to_write() {
        assert!(problem("example.com").contains("write https://host/path"));
        assert!(problem("http://example.com/").contains("must begin with https://"));
        assert!(problem("ftp://example.com/").contains("must begin with https://"));
        assert!(problem("https://ada:secret@example.com/").contains("name or password"));
        assert!(!problem("https://ada:secret@example.com/").contains("secret"));
        assert!(problem("https://example.com/#a").contains("behind #"));
        let long = format!("https://example.com/{}", "a".repeat(MAX_URL_CHARS));
        assert!(problem(&long).contains("2000 characters"));
    }
}
