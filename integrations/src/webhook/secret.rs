use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Of a fresh secret; the standard asks for 24 to 64.
pub const SECRET_BYTES: usize = 32;
const PREFIX: &str = "whsec_";

/// What the sender and the receiver of messages share. Never printed.
#[derive(Clone)]
pub struct SigningSecret(SecretString);

impl SigningSecret {
    pub fn new(random: &[u8; SECRET_BYTES]) -> Self {
        Self(format!("{PREFIX}{}", STANDARD.encode(random)).into())
    }

    /// None when `text` is not what [`Self::expose`] gave.
    pub fn stored(text: SecretString) -> Option<Self> {
        key_of(&text)?;
        Some(Self(text))
    }

    /// As its receiver writes it into a setting: `whsec_…`.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// One signature as the header `webhook-signature` lists it.
    pub fn sign(&self, id: &str, at: DateTime<Utc>, body: &[u8]) -> String {
        let key = key_of(&self.0).expect("it was read when it was made");
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of every length");
        mac.update(format!("{id}.{}.", at.timestamp()).as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

fn key_of(text: &SecretString) -> Option<Vec<u8>> {
    let encoded = text.expose_secret().strip_prefix(PREFIX)?;
    STANDARD.decode(encoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_of_the_reference_library() {
        let secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".into();
        let secret = SigningSecret::stored(secret).unwrap();
        let at = DateTime::from_timestamp(1_649_367_553, 0).unwrap();
        let body = br#"{"email":"test@example.com","username":"test_user"}"#;
        assert_eq!(
            secret.sign("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", at, body),
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="
        );
    }

    #[test]
    fn a_secret_is_kept_as_it_is_shown() {
        let secret = SigningSecret::new(&[7; SECRET_BYTES]);
        assert!(secret.expose().starts_with("whsec_BwcH"));
        let again = SigningSecret::stored(secret.expose().into()).unwrap();
        let at = DateTime::UNIX_EPOCH;
        assert_eq!(secret.sign("a", at, b"b"), again.sign("a", at, b"b"));
        for text in ["", "whsec_?", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert!(SigningSecret::stored(text.into()).is_none(), "{text}");
        }
    }
}
