//! The token itself: what it says, under the signature of one key.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{SessionId, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long an access token is good for.
pub const ACCESS_FOR: TimeDelta = TimeDelta::minutes(15);

const ISSUER: &str = "narrate";
const ALGORITHM: Algorithm = Algorithm::HS256;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

/// What an access token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    pub user: UserId,
    pub session: SessionId,
}

pub struct Key {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Key {
    pub fn new(secret: &[u8]) -> Self {
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
        }
    }

    /// `id` is this key's, by which [`key_of`] finds it.
    pub fn sign(&self, id: Uuid, access: Access, now: DateTime<Utc>) -> SecretString {
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: ISSUER.to_owned(),
            sub: access.user,
            sid: access.session,
            iat: now.timestamp(),
            exp: (now + ACCESS_FOR).timestamp(),
        };
        let mut header = Header::new(ALGORITHM);
        header.kid = Some(id.to_string());
        let token = jsonwebtoken::encode(&header, &claims, &self.encoding)
            .expect("the key is of the algorithm");
        token.into()
    }

    /// None for a token that this key did not sign, that was changed, or that
    /// has expired.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Option<Access> {
        let token = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation()).ok()?;
        let claims = token.claims;
        (now.timestamp() < claims.exp).then_some(Access {
            user: claims.sub,
            session: claims.sid,
        })
    }
}

/// The key that a token claims to be signed by.
pub fn key_of(token: &str) -> Option<Uuid> {
    let header = jsonwebtoken::decode_header(token).ok()?;
    header.kid?.parse().ok()
}

/// Expiry is left to [`Key::read`], which is told the time.
fn validation() -> Validation {
    let mut validation = Validation::new(ALGORITHM);
    validation.validate_exp = false;
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation
}
