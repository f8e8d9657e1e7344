use openidconnect::IssuerUrl;
use url::Url;

use super::IdentityError;
use crate::http::is_loopback;

/// Google's issuer, as its discovery document writes it.
pub const GOOGLE: &str = "https://accounts.google.com";

/// Google's ID tokens name either:
/// https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload
const GOOGLE_WITHOUT_SCHEME: &str = "accounts.google.com";

/// Who vouches for people: an address, letter by letter as the provider
/// writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer(IssuerUrl);

impl Issuer {
    /// # Errors
    /// [`IdentityError::Misconfigured`] for anything but a plain https address;
    /// http is for this machine only.
    pub fn try_new(address: &str) -> Result<Self, IdentityError> {
        let invalid = |problem: &str| {
            IdentityError::misconfigured(format!("OIDC_ISSUER {problem}; write {GOOGLE} or such"))
        };
        let issuer =
            IssuerUrl::new(address.to_owned()).map_err(|_| invalid("is not an address"))?;
        let url = issuer.url();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("has a user or a password in it"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("has a query or a fragment"));
        }
        match url.scheme() {
            "https" => Ok(Self(issuer)),
            "http" if is_loopback(url) => Ok(Self(issuer)),
            "http" => Err(invalid("is not https")),
            _ => Err(invalid("is not an https address")),
        }
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether `claimed` is this issuer.
    pub(super) fn is(&self, claimed: &str) -> bool {
        claimed == self.as_str() || (self.is_google() && claimed == GOOGLE_WITHOUT_SCHEME)
    }

    pub(super) fn is_google(&self) -> bool {
        self.as_str() == GOOGLE
    }

    /// For people who gave it no name.
    pub(super) fn host(&self) -> &str {
        self.0.url().host_str().unwrap_or_default()
    }

    /// Whether a secret may go to `endpoint`: by https, or within this machine
    /// when the issuer is there, too.
    pub(super) fn may_use(&self, endpoint: &Url) -> bool {
        endpoint.scheme() == "https" || (is_loopback(self.0.url()) && is_loopback(endpoint))
    }

    pub(super) fn to_url(&self) -> IssuerUrl {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_is_for_this_machine_only() {
        for sound in [
            "https://id.example/realms/one",
            "http://127.0.0.1:4000",
            "http://localhost",
            "http://[::1]:4000",
        ] {
            assert_eq!(Issuer::try_new(sound).unwrap().as_str(), sound);
        }
        for wrong in [
            "",
            "accounts.google.com",
            "http://id.example",
            "http://127.0.0.1.example",
            "ftp://id.example",
            "https://user:pass@id.example",
            "https://id.example?realm=one",
        ] {
            let refused = Issuer::try_new(wrong).unwrap_err();
            assert!(
                matches!(refused, IdentityError::Misconfigured { .. }),
                "{wrong}"
            );
            assert!(!refused.to_string().contains("pass@"));
        }
    }

    #[test]
    fn google_has_two_names_and_nobody_else_has() {
        let google = Issuer::try_new(GOOGLE).unwrap();
        assert!(google.is("https://accounts.google.com"));
        assert!(google.is("accounts.google.com"));
        assert!(!google.is("http://accounts.google.com"));
        let other = Issuer::try_new("https://id.example").unwrap();
        assert!(other.is("https://id.example"));
        assert!(!other.is("id.example"));
        assert!(!other.is("accounts.google.com"));
        assert!(!other.is("https://id.example/"));
    }

    #[test]
    fn an_endpoint_without_https_is_used_within_this_machine_only() {
        let may = |issuer: &str, endpoint: &str| {
            let endpoint = endpoint.parse().unwrap();
            Issuer::try_new(issuer).unwrap().may_use(&endpoint)
        };
        assert!(may(GOOGLE, "https://oauth2.googleapis.com/token"));
        assert!(!may(GOOGLE, "http://oauth2.googleapis.com/token"));
        assert!(!may(GOOGLE, "http://127.0.0.1/token"));
        assert!(may("http://127.0.0.1:4000", "http://127.0.0.1:4000/token"));
        assert!(!may("http://127.0.0.1:4000", "http://id.example/token"));
    }
}
