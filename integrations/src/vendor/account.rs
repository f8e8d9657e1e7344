use std::time::Duration;

use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

/// Where a provider is, and by which key it knows us.
#[derive(Debug, Clone)]
pub struct Account {
    pub(crate) base: Url,
    pub(crate) key: Option<SecretString>,
    pub(crate) timeout: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    #[error("{name}: {problem}; write an address such as {example}")]
    Address {
        name: &'static str,
        problem: &'static str,
        example: &'static str,
    },
}

impl Account {
    /// Pictures and long scripts take a minute; a provider that is silent for
    /// longer is not coming back.
    pub const TIMEOUT: Duration = Duration::from_secs(180);

    /// `name` is that of the setting which holds the address, `base`. A key goes
    /// by https, or to a machine of one's own.
    ///
    /// # Errors
    /// [`AccountError::Address`] for what is no such address.
    pub fn try_new(
        name: &'static str,
        base: &str,
        key: Option<SecretString>,
    ) -> Result<Self, AccountError> {
        let wrong = |problem| AccountError::Address {
            name,
            problem,
            example: "https://api.example.com/v1 or http://127.0.0.1:11434/v1",
        };
        let mut base = Url::parse(base).map_err(|_| wrong("is not an address"))?;
        if !base.username().is_empty() || base.password().is_some() {
            return Err(wrong("has a user or a password in it"));
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(wrong("has a query or a fragment"));
        }
        match base.scheme() {
            "https" => {}
            "http" if key.is_none() || is_ones_own(&base) => {}
            "http" => return Err(wrong("is not https, and the key would be read on its way")),
            _ => return Err(wrong("is neither http nor https")),
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        Ok(Self {
            base,
            key,
            timeout: Self::TIMEOUT,
        })
    }

    /// With the key in the header that most providers read it from.
    pub(crate) fn bearer(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.key {
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        }
    }

    /// The same, with less patience or more.
    #[must_use]
    pub fn within(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }
}

/// This machine, or one of a private network.
fn is_ones_own(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_private(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unique_local(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(base: &str, key: Option<&str>) -> Result<String, String> {
        let account = Account::try_new("OPENAI_BASE_URL", base, key.map(Into::into));
        account
            .map(|account| account.base.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_key_goes_by_https_or_to_a_machine_of_ones_own() {
        for (base, key) in [
            ("https://api.openai.com/v1", Some("k")),
            ("http://127.0.0.1:11434/v1", Some("k")),
            ("http://192.168.1.7:8000/v1", Some("k")),
            ("http://models.example/v1", None),
        ] {
            assert_eq!(outcome(base, key), Ok(format!("{base}/")));
        }
        for (base, key, says) in [
            ("http://models.example/v1", Some("k"), "is not https"),
            ("models.example", None, "is not an address"),
            ("https://me:k@models.example", None, "a user or a password"),
            ("https://models.example?key=k", None, "a query"),
            ("ftp://models.example", None, "neither http nor https"),
        ] {
            let error = outcome(base, key).unwrap_err();
            assert!(error.starts_with("OPENAI_BASE_URL: "), "{error}");
            assert!(error.contains(says), "{error}");
        }
    }
}
