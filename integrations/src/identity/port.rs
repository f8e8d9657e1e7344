use std::fmt;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::Deserialize;
use url::Url;

use super::IdentityError;

/// Signs people in who have an account elsewhere.
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// For people, on the button: `Google`.
    fn name(&self) -> &str;

    /// Where to send the browser, and what to remember until it is back.
    async fn begin(&self) -> Result<Begun, IdentityError>;

    /// Who came back. Succeeds once: the provider takes a code one time only.
    async fn finish(&self, callback: Callback, begun: &Begun) -> Result<Identity, IdentityError>;
}

/// A sign-in on its way. Whoever holds it can end it, so it belongs sealed into
/// a cookie of the browser that began it.
#[derive(Clone)]
pub struct Begun {
    /// At the provider. Holds the state, the nonce and the verifier's digest.
    pub url: Url,
    pub state: SecretString,
    pub nonce: SecretString,
    pub pkce_verifier: SecretString,
}

impl Begun {
    /// To be sealed. A few hundred bytes, which fit a cookie.
    pub fn to_bytes(&self) -> SecretSlice<u8> {
        let secrets = [&self.state, &self.nonce, &self.pkce_verifier];
        let lines = secrets.map(ExposeSecret::expose_secret);
        format!("{}\n{}", self.url, lines.join("\n"))
            .into_bytes()
            .into()
    }

    /// # Errors
    /// [`IdentityError::Forged`] for anything but what [`Self::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, IdentityError> {
        Self::parse(bytes).ok_or(IdentityError::forged(
            "what was remembered of the sign-in cannot be read",
        ))
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(bytes).ok()?.split('\n');
        let begun = Self {
            url: lines.next()?.parse().ok()?,
            state: lines.next()?.into(),
            nonce: lines.next()?.into(),
            pkce_verifier: lines.next()?.into(),
        };
        lines.next().is_none().then_some(begun)
    }
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun").finish_non_exhaustive()
    }
}

/// The query that the browser comes back with.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Callback {
    pub code: Option<SecretString>,
    pub state: Option<SecretString>,
    /// Who says that it answers: RFC 9207.
    pub iss: Option<String>,
    /// Instead of a code: RFC 6749, section 4.1.2.1.
    pub error: Option<String>,
}

/// Someone, by the word of a provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// As configured, so that one provider has one spelling.
    pub issuer: String,
    /// Names the account for ever, at this issuer. Unlike the address, which may
    /// pass to somebody else.
    pub subject: String,
    pub email: Option<String>,
    /// That the provider knows the address to be theirs.
    pub email_verified: bool,
    pub name: Option<String>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("issuer", &self.issuer)
            .field("email_verified", &self.email_verified)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> Begun {
        Begun {
            url: "https://id.example/authorize?state=s&nonce=n"
                .parse()
                .unwrap(),
            state: "state-7".into(),
            nonce: "nonce-7".into(),
            pkce_verifier: "verifier-7".into(),
        }
    }

    #[test]
    fn what_was_begun_survives_the_cookie() {
        let bytes = begun().to_bytes();
        let back = Begun::from_bytes(bytes.expose_secret()).unwrap();
        assert_eq!(back.url, begun().url);
        assert_eq!(back.state.expose_secret(), "state-7");
        assert_eq!(back.nonce.expose_secret(), "nonce-7");
        assert_eq!(back.pkce_verifier.expose_secret(), "verifier-7");
    }

    #[test]
    fn a_cookie_of_something_else_is_refused() {
        let whole = begun().to_bytes();
        let whole = whole.expose_secret();
        let more = [whole, b"\nmore"].concat();
        let less = whole[..whole.len() - "\nverifier-7".len()].to_vec();
        for bytes in [Vec::new(), b"\xff".to_vec(), more, less] {
            assert!(matches!(
                Begun::from_bytes(&bytes),
                Err(IdentityError::Forged { .. })
            ));
        }
    }

    #[test]
    fn debug_output_tells_nothing_of_the_person_or_the_secrets() {
        let identity = Identity {
            issuer: "https://id.example".to_owned(),
            subject: "subject-7".to_owned(),
            email: Some("ada@example.com".to_owned()),
            email_verified: true,
            name: Some("Ada".to_owned()),
        };
        let callback = Callback {
            code: Some("code-7".into()),
            state: Some("state-7".into()),
            ..Callback::default()
        };
        let shown = format!("{identity:?} {callback:?} {:?}", begun());
        for secret in ["-7", "ada", "Ada", "nonce", "authorize"] {
            assert!(!shown.contains(secret), "{secret} is in {shown}");
        }
    }
}
