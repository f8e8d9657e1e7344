//! The address of a KurrentDB, and the credentials in it.

use eventstore::{ClientSettings, Credentials};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};

/// The client's own is 500.
const DISCOVERY_INTERVAL_MS: u32 = 100;

/// Where the server is. The client's settings never hold the credentials: it
/// would send them undecoded, and print them with its settings.
#[derive(Clone)]
pub struct Address {
    pub(super) settings: ClientSettings,
    pub(super) credentials: Option<Credentials>,
}

/// Says nothing of what was written, as it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the address of KurrentDB cannot be read: {reason}; write \
     kurrentdb://user:password@host:2113, with ?tls=false for a server without TLS"
)]
pub struct InvalidAddress {
    reason: String,
}

impl Address {
    pub fn parse(text: &SecretString) -> Result<Self, InvalidAddress> {
        let invalid = |reason: &str| InvalidAddress {
            reason: reason.to_owned(),
        };
        let (scheme, rest) = text
            .expose_secret()
            .split_once("://")
            .ok_or_else(|| invalid("it has no scheme"))?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (user, hosts) = match authority.rsplit_once('@') {
            Some((user, hosts)) => (Some(user), hosts),
            None => (None, authority),
        };
        if hosts.is_empty() {
            return Err(invalid("it names no host"));
        }
        let settings = format!("{scheme}://{hosts}{}", with_interval(path))
            .parse::<ClientSettings>()
            .map_err(|error| match error.error() {
                Some(cause) => invalid(&cause.to_string()),
                None => invalid(error.message()),
            })?;
        Ok(Self {
            settings,
            credentials: user.map(credentials),
        })
    }
}

/// The client waits this long before it first connects, too.
fn with_interval(path: &str) -> String {
    if path.to_lowercase().contains("discoveryinterval=") {
        return path.to_owned();
    }
    let separator = if path.contains('?') { '&' } else { '?' };
    format!("{path}{separator}discoveryInterval={DISCOVERY_INTERVAL_MS}")
}

fn credentials(user: &str) -> Credentials {
    let (login, password) = user.split_once(':').unwrap_or((user, ""));
    let decoded = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
    Credentials::new(decoded(login), decoded(password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_decoded_and_kept_out_of_the_settings() {
        let address = parse("kurrentdb://ann%40home:p%40ss%3Aw%25rd@db:2114?tls=false").unwrap();
        let wanted = Credentials::new("ann@home", "p@ss:w%rd");
        assert_eq!(address.credentials, Some(wanted));
        assert_eq!(address.settings.default_authenticated_user(), &None);
        assert_eq!(address.settings.hosts()[0].port, 2114);
        assert!(!address.settings.is_secure_mode_enabled());
    }

    #[test]
    fn several_nodes_may_be_named() {
        let address = parse("kurrentdb://ann:secret@one:1,two:2,three:3").unwrap();
        assert_eq!(address.settings.hosts().len(), 3);
        assert!(address.settings.is_secure_mode_enabled());
        let waits = parse("kurrentdb://one?discoveryInterval=700").unwrap();
        assert_eq!(waits.settings.discovery_interval().as_millis(), 700);
        assert!(parse("kurrentdb+discover://cluster:2113").is_ok());
    }

    #[test]
    fn what_is_no_address_is_refused_without_being_quoted() {
        for text in [
            "",
            "db:2113",
            "postgres://ann:secret@db",
            "kurrentdb://ann:secret@",
            "kurrentdb://ann:secret@db:port",
            "kurrentdb://ann:secret@db?tls=perhaps",
        ] {
            let Err(error) = parse(text) else {
                panic!("{text} was taken");
            };
            let said = error.to_string();
            assert!(said.contains("kurrentdb://user:password@host"), "{said}");
            assert!(!said.contains("secret"), "{said}");
        }
    }

    fn parse(text: &str) -> Result<Address, InvalidAddress> {
        Address::parse(&text.into())
    }
}
