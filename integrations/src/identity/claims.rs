//! What an ID token says, and whether it says it to us, now:
//! https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use super::secret::same;
use super::{Identity, IdentityError, Issuer};

/// How far the provider's clock and ours may be apart.
const LEEWAY_S: f64 = 60.0;

/// The longest subject that the specification allows.
const MAX_SUBJECT_BYTES: usize = 255;

#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    /// Seconds since 1970, maybe with a fraction, as is `iat`.
    exp: f64,
    iat: f64,
    nonce: Option<String>,
    email: Option<String>,
    /// A boolean, but a string at some providers.
    #[serde(default)]
    email_verified: Value,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// What the claims have to agree with.
pub(super) struct Expected<'a> {
    pub issuer: &'a Issuer,
    pub client_id: &'a str,
    pub nonce: &'a SecretString,
    pub now: DateTime<Utc>,
}

impl Claims {
    pub(super) fn accept(self, expected: &Expected<'_>) -> Result<Identity, IdentityError> {
        let now = expected.now.timestamp() as f64;
        let nonce = self.nonce.as_deref().unwrap_or_default();
        let rules = [
            (expected.issuer.is(&self.iss), "the issuer is another"),
            (
                self.aud.includes(expected.client_id),
                "the token is for another audience",
            ),
            (
                self.was_asked_for_by(expected.client_id),
                "the token was asked for by another client",
            ),
            (
                same(nonce, expected.nonce.expose_secret()),
                "the nonce is another sign-in's",
            ),
            (now < self.exp + LEEWAY_S, "the token has expired"),
            (
                self.iat <= now + LEEWAY_S,
                "the token was issued in the future",
            ),
            (
                (1..=MAX_SUBJECT_BYTES).contains(&self.sub.len()),
                "the subject is empty or too long",
            ),
        ];
        if let Some((_, reason)) = rules.into_iter().find(|(holds, _)| !holds) {
            return Err(IdentityError::forged(reason));
        }
        let says_verified =
            self.email_verified == Value::Bool(true) || self.email_verified == "true";
        Ok(Identity {
            issuer: expected.issuer.as_str().to_owned(),
            subject: self.sub,
            email_verified: says_verified && self.email.is_some(),
            email: self.email,
            name: self.name,
        })
    }

    /// A token for several audiences has to say which of them asked for it.
    fn was_asked_for_by(&self, client_id: &str) -> bool {
        match &self.azp {
            Some(party) => party == client_id,
            None => self.aud.is_single(),
        }
    }
}

impl Audience {
    fn includes(&self, client_id: &str) -> bool {
        match self {
            Self::One(only) => only == client_id,
            Self::Several(all) => all.iter().any(|one| one == client_id),
        }
    }

    fn is_single(&self) -> bool {
        match self {
            Self::One(_) => true,
            Self::Several(all) => all.len() == 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::identity::GOOGLE;

    fn issuer_of(iss: &str, expected: &str) -> Result<String, IdentityError> {
        let claims: Claims = serde_json::from_value(json!({
            "iss": iss,
            "sub": "1",
            "aud": "us",
            "exp": 600,
            "iat": 0,
            "nonce": "n",
        }))
        .unwrap();
        let identity = claims.accept(&Expected {
            issuer: &Issuer::try_new(expected).unwrap(),
            client_id: "us",
            nonce: &"n".into(),
            now: DateTime::UNIX_EPOCH,
        })?;
        Ok(identity.issuer)
    }

    #[test]
    fn both_names_of_google_are_one_issuer() {
        for iss in [GOOGLE, "accounts.google.com"] {
            assert_eq!(issuer_of(iss, GOOGLE).unwrap(), GOOGLE);
        }
        assert!(issuer_of("https://id.example", GOOGLE).is_err());
        assert!(issuer_of("accounts.google.com", "https://id.example").is_err());
    }
}
