//! Settings of sign-in, as the command line and the environment give them.

use std::time::Duration;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use super::{GOOGLE, IdentityError, Issuer};

/// For the whole of one request to the provider.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Empty values count as none: that is how compose files leave things out.
#[derive(Debug, Clone, Default, Args)]
pub struct IdentityArgs {
    /// Client id at Google, to sign in with Google accounts
    #[arg(long, env = "GOOGLE_CLIENT_ID", value_name = "ID")]
    pub google_client_id: Option<String>,
    /// The secret that belongs to it
    #[arg(
        long,
        env = "GOOGLE_CLIENT_SECRET",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    pub google_client_secret: Option<SecretString>,
    /// Issuer of another OpenID Connect provider; Google by default
    #[arg(long, env = "OIDC_ISSUER", value_name = "URL")]
    pub oidc_issuer: Option<String>,
    /// Client id at that provider
    #[arg(long, env = "OIDC_CLIENT_ID", value_name = "ID")]
    pub oidc_client_id: Option<String>,
    /// The secret that belongs to it
    #[arg(
        long,
        env = "OIDC_CLIENT_SECRET",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    pub oidc_client_secret: Option<SecretString>,
    /// What the button says: Google, or by default the provider's host
    #[arg(long, env = "OIDC_NAME", value_name = "NAME")]
    pub oidc_name: Option<String>,
}

/// One provider, and who we are there.
#[derive(Debug, Clone)]
pub struct OidcConfig {
    pub issuer: Issuer,
    pub client_id: String,
    pub client_secret: SecretString,
    /// For people.
    pub name: String,
    /// Of one request, answer included.
    pub timeout: Duration,
}

impl IdentityArgs {
    /// None when nothing is set.
    ///
    /// # Errors
    /// [`IdentityError::Misconfigured`] when something is missing, contradicts
    /// something else or is not what it should be.
    pub fn config(&self) -> Result<Option<OidcConfig>, IdentityError> {
        let google = Client {
            id: text(self.google_client_id.as_ref()),
            secret: secret(self.google_client_secret.as_ref()),
            variables: ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"],
        };
        let other = Client {
            id: text(self.oidc_client_id.as_ref()),
            secret: secret(self.oidc_client_secret.as_ref()),
            variables: ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"],
        };
        let issuer = text(self.oidc_issuer.as_ref());
        let client = match (google.is_set(), other.is_set() || issuer.is_some()) {
            (false, false) => return Ok(None),
            (true, false) => google,
            (false, true) => other,
            (true, true) => {
                return Err(IdentityError::misconfigured(
                    "GOOGLE_CLIENT_ID and OIDC_ISSUER or OIDC_CLIENT_ID are set; keep one of them",
                ));
            }
        };
        let (client_id, client_secret) = client.complete()?;
        let issuer = Issuer::try_new(issuer.as_deref().unwrap_or(GOOGLE))?;
        let name = text(self.oidc_name.as_ref()).unwrap_or_else(|| default_name(&issuer));
        Ok(Some(OidcConfig {
            issuer,
            client_id,
            client_secret,
            name,
            timeout: TIMEOUT,
        }))
    }
}

struct Client {
    id: Option<String>,
    secret: Option<SecretString>,
    variables: [&'static str; 2],
}

impl Client {
    fn is_set(&self) -> bool {
        self.id.is_some() || self.secret.is_some()
    }

    fn complete(self) -> Result<(String, SecretString), IdentityError> {
        let [id, secret] = self.variables.map(|variable| {
            move || IdentityError::misconfigured(format!("{variable} is missing; set it"))
        });
        Ok((self.id.ok_or_else(id)?, self.secret.ok_or_else(secret)?))
    }
}

fn text(given: Option<&String>) -> Option<String> {
    given.filter(|text| !text.is_empty()).cloned()
}

fn secret(given: Option<&SecretString>) -> Option<SecretString> {
    let given = given.filter(|secret| !secret.expose_secret().is_empty());
    given.cloned()
}

fn default_name(issuer: &Issuer) -> String {
    let name = if issuer.is_google() {
        "Google"
    } else {
        issuer.host()
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn google() -> IdentityArgs {
        IdentityArgs {
            google_client_id: Some("id".to_owned()),
            google_client_secret: Some("secret-7".into()),
            ..IdentityArgs::default()
        }
    }

    fn other() -> IdentityArgs {
        IdentityArgs {
            oidc_issuer: Some("https://id.example/realm".to_owned()),
            oidc_client_id: Some("id".to_owned()),
            oidc_client_secret: Some("secret-7".into()),
            ..IdentityArgs::default()
        }
    }

    fn problem(args: &IdentityArgs) -> String {
        args.config().unwrap_err().to_string()
    }

    #[test]
    fn nothing_set_is_no_sign_in() {
        let empty = IdentityArgs {
            google_client_id: Some(String::new()),
            oidc_client_secret: Some("".into()),
            oidc_issuer: Some(String::new()),
            ..IdentityArgs::default()
        };
        for args in [IdentityArgs::default(), empty] {
            assert!(args.config().unwrap().is_none());
        }
    }

    #[test]
    fn a_client_without_an_issuer_is_googles() {
        let by_other_names = IdentityArgs {
            oidc_issuer: None,
            ..other()
        };
        for args in [google(), by_other_names] {
            let config = args.config().unwrap().unwrap();
            assert_eq!(config.issuer.as_str(), GOOGLE);
            assert_eq!(config.name, "Google");
        }
    }

    #[test]
    fn another_provider_is_named_by_its_host_or_as_told() {
        assert_eq!(other().config().unwrap().unwrap().name, "id.example");
        let named = IdentityArgs {
            oidc_name: Some("Work".to_owned()),
            ..other()
        };
        assert_eq!(named.config().unwrap().unwrap().name, "Work");
    }

    #[test]
    fn what_is_missing_or_contradicts_is_named() {
        let without_secret = IdentityArgs {
            google_client_secret: None,
            ..google()
        };
        assert_eq!(
            problem(&without_secret),
            "sign-in is not set up: GOOGLE_CLIENT_SECRET is missing; set it"
        );
        let only_an_issuer = IdentityArgs {
            oidc_client_id: None,
            oidc_client_secret: None,
            ..other()
        };
        assert_eq!(
            problem(&only_an_issuer),
            "sign-in is not set up: OIDC_CLIENT_ID is missing; set it"
        );
        let both = IdentityArgs {
            google_client_id: Some("id".to_owned()),
            ..other()
        };
        assert!(problem(&both).contains("keep one of them"));
    }

    #[test]
    fn debug_output_has_no_secret() {
        let shown = format!("{:?} {:?}", other(), other().config());
        assert!(!shown.contains("secret-7"), "{shown}");
    }
}
