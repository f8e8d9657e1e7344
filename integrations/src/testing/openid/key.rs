use std::sync::Arc;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A pair made for one test. Another library than the one that verifies signs.
pub struct Key {
    id: String,
    pair: Pair,
}

enum Pair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

/// How an ID token is signed.
#[derive(Clone)]
pub enum Signing {
    With(Arc<Key>),
    /// With this key, but naming none.
    Unnamed(Arc<Key>),
    /// `alg` is `none`, and so is the signature.
    Not,
    /// HS256 with these bytes, under the id of the key.
    Shared(Vec<u8>, Arc<Key>),
}

impl Key {
    pub fn es256(id: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        Self {
            id: id.to_owned(),
            pair: Pair::Es256(pair.expect("P-256 needs no parameters")),
        }
    }

    pub fn eddsa(id: &str) -> Self {
        let pair = Ed25519KeyPair::generate();
        Self {
            id: id.to_owned(),
            pair: Pair::EdDsa(pair.expect("Ed25519 needs no parameters")),
        }
    }

    /// What everyone may know of it.
    pub fn public_bytes(&self) -> &[u8] {
        match &self.pair {
            Pair::Es256(pair) => pair.public_key().as_ref(),
            Pair::EdDsa(pair) => pair.public_key().as_ref(),
        }
    }

    pub(super) fn public(&self) -> Value {
        let bytes = self.public_bytes();
        let mut key = json!({ "kid": self.id, "use": "sig", "alg": self.algorithm() });
        let kind = match self.pair {
            Pair::Es256(_) => json!({
                "kty": "EC",
                "crv": "P-256",
                // After the byte that says that the point is not compressed.
                "x": encode(&bytes[1..33]),
                "y": encode(&bytes[33..]),
            }),
            Pair::EdDsa(_) => json!({ "kty": "OKP", "crv": "Ed25519", "x": encode(bytes) }),
        };
        if let (Value::Object(key), Value::Object(kind)) = (&mut key, kind) {
            key.extend(kind);
        }
        key
    }

    fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Es256(_) => "ES256",
            Pair::EdDsa(_) => "EdDSA",
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Es256(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message);
                signature.expect("the key is whole").as_ref().to_vec()
            }
            Pair::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

impl Signing {
    pub(super) fn token(&self, claims: &Value) -> String {
        let header = match self {
            Self::With(key) => json!({ "alg": key.algorithm(), "kid": key.id, "typ": "JWT" }),
            Self::Unnamed(key) => json!({ "alg": key.algorithm() }),
            Self::Not => json!({ "alg": "none" }),
            Self::Shared(_, key) => json!({ "alg": "HS256", "kid": key.id }),
        };
        let [header, claims] = [&header, claims].map(|part| encode(part.to_string().as_bytes()));
        let signed = format!("{header}.{claims}");
        let signature = match self {
            Self::With(key) | Self::Unnamed(key) => key.sign(signed.as_bytes()),
            Self::Not => Vec::new(),
            Self::Shared(secret, _) => {
                let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
                hmac::sign(&secret, signed.as_bytes()).as_ref().to_vec()
            }
        };
        format!("{signed}.{}", encode(&signature))
    }
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
