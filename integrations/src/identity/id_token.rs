//! The signature of an ID token: RFC 7515, compact form.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::JsonWebKey;
use openidconnect::core::{CoreJsonWebKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::IdentityError;
use super::claims::Claims;

/// Read, not yet believed.
pub(super) struct IdToken {
    /// What the signature is over.
    signed: SecretString,
    payload: Vec<u8>,
    signature: Vec<u8>,
    algorithm: CoreJwsSigningAlgorithm,
    key_id: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    /// Extensions that must be understood. We understand none.
    crit: Option<IgnoredAny>,
}

impl IdToken {
    pub(super) fn parse(text: &SecretString) -> Result<Self, IdentityError> {
        let text = text.expose_secret();
        let (signed, signature) = text.rsplit_once('.').ok_or(UNREADABLE)?;
        let (header, payload) = signed.split_once('.').ok_or(UNREADABLE)?;
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| UNREADABLE)?;
        if header.crit.is_some() || header.typ.is_some_and(|typ| !is_jwt(&typ)) {
            return Err(IdentityError::forged("the token is of another kind"));
        }
        Ok(Self {
            algorithm: algorithm(&header.alg)?,
            key_id: header.kid,
            signed: signed.into(),
            payload: decode(payload)?,
            signature: decode(signature)?,
        })
    }

    /// False when none of the keys can be the one it is signed with, so that
    /// newer keys may help.
    pub(super) fn is_signed_with(&self, keys: &CoreJsonWebKeySet) -> Result<bool, IdentityError> {
        let named =
            |key: &&CoreJsonWebKey| self.key_id.is_none() || self.key_id.as_ref() == id(key);
        let candidates: Vec<_> = keys.keys().iter().filter(named).collect();
        let signed = self.signed.expose_secret().as_bytes();
        // Looks at the kind and the use of the key as well.
        let fits = |key: &&CoreJsonWebKey| {
            key.verify_signature(&self.algorithm, signed, &self.signature)
                .is_ok()
        };
        if candidates.iter().any(fits) {
            return Ok(true);
        }
        if self.key_id.is_none() || candidates.is_empty() {
            return Ok(false);
        }
        Err(IdentityError::forged("the signature is wrong"))
    }

    pub(super) fn claims(&self) -> Result<Claims, IdentityError> {
        serde_json::from_slice(&self.payload).map_err(|_| UNREADABLE)
    }
}

const UNREADABLE: IdentityError = IdentityError::Forged {
    reason: "the ID token cannot be read",
};

/// Those of public keys that providers use. A shared secret or none at all would
/// let anyone sign who can read.
fn algorithm(name: &str) -> Result<CoreJwsSigningAlgorithm, IdentityError> {
    match name {
        "RS256" => Ok(CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256),
        "ES256" => Ok(CoreJwsSigningAlgorithm::EcdsaP256Sha256),
        "EdDSA" => Ok(CoreJwsSigningAlgorithm::EdDsa),
        _ => Err(IdentityError::forged(
            "the token is signed in a way that is not accepted",
        )),
    }
}

fn is_jwt(typ: &str) -> bool {
    ["JWT", "application/jwt"]
        .iter()
        .any(|jwt| typ.eq_ignore_ascii_case(jwt))
}

fn id(key: &CoreJsonWebKey) -> Option<&String> {
    key.key_id().map(|id| &**id)
}

fn decode(text: &str) -> Result<Vec<u8>, IdentityError> {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| UNREADABLE)
}
