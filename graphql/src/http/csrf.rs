//! Requests that a cookie alone would authorise carry a second proof: the value
//! of another cookie, in a header. Only a page of our own can read it. It derives
//! from the session, so one that was planted is worth nothing.

use std::sync::Arc;

use axum::http::{HeaderMap, Method};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::SessionId;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use vault::{Vault, VaultError};

use super::cookies::{Cookies, Kind};

pub(super) const HEADER: &str = "x-csrf-token";

#[derive(Clone)]
pub(super) struct Csrf {
    vault: Arc<Vault>,
    cookies: Cookies,
}

impl Csrf {
    pub(super) fn new(vault: Vault, cookies: Cookies) -> Self {
        Self {
            vault: Arc::new(vault),
            cookies,
        }
    }

    /// What a page repeats while `session` lasts.
    pub(super) async fn token(&self, session: SessionId) -> Result<String, VaultError> {
        let token = self.vault.index("csrf", &session.to_string()).await?;
        Ok(URL_SAFE_NO_PAD.encode(token))
    }

    /// Whether a request shows what only a page of ours can know.
    pub(super) async fn is_proved(
        &self,
        session: SessionId,
        headers: &HeaderMap,
    ) -> Result<bool, VaultError> {
        let Some(shown) = headers.get(HEADER).and_then(|shown| shown.to_str().ok()) else {
            return Ok(false);
        };
        let cookie = self.cookies.read(headers, Kind::Csrf);
        self.is_token(session, shown, cookie.as_ref()).await
    }

    /// Whether `shown` is the session's token, and in the cookie too.
    pub(super) async fn is_token(
        &self,
        session: SessionId,
        shown: &str,
        cookie: Option<&SecretString>,
    ) -> Result<bool, VaultError> {
        let token = self.token(session).await?;
        Ok(is_shown_twice(&token, shown, cookie))
    }
}

/// Whether `shown` and the cookie are both the session's `token`.
pub(super) fn is_shown_twice(token: &str, shown: &str, cookie: Option<&SecretString>) -> bool {
    let is_same = |other: &str| bool::from(token.as_bytes().ct_eq(other.as_bytes()));
    is_same(shown) && cookie.is_some_and(|cookie| is_same(cookie.expose_secret()))
}

/// A request by `method` may change something.
pub(super) fn is_to_prove(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}
