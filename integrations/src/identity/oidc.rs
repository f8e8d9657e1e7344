use std::sync::Arc;

use async_trait::async_trait;
use domain::Clock;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::claims::Expected;
use super::discovery::{Discovery, Provider};
use super::exchange::Exchange;
use super::http::Http;
use super::id_token::IdToken;
use super::secret::{fresh, same};
use super::{Begun, Callback, Identity, IdentityError, IdentityProvider, OidcConfig, Randomness};

/// A provider that speaks OpenID Connect and describes itself by discovery:
/// https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
///
/// Nothing is asked of it before the first sign-in, so it may be down when the
/// program starts.
pub struct OidcProvider {
    config: OidcConfig,
    redirect: Url,
    http: Arc<Http>,
    discovery: Discovery,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
}

impl OidcProvider {
    /// `redirect` is where browsers come back to, as registered at the provider.
    ///
    /// # Errors
    /// [`IdentityError::Misconfigured`] where TLS cannot be set up.
    pub fn try_new(
        config: OidcConfig,
        redirect: Url,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, IdentityError> {
        let http = Arc::new(Http::try_new(config.timeout)?);
        let discovery =
            Discovery::new(config.issuer.clone(), Arc::clone(&http), Arc::clone(&clock));
        Ok(Self {
            config,
            redirect,
            http,
            discovery,
            clock,
            randomness,
        })
    }

    fn exchange(&self, provider: &Provider) -> Exchange {
        Exchange::new(&self.config, &self.redirect, &provider.endpoints)
    }

    /// Against answers of another provider, sent here by an attacker: RFC 9207.
    fn is_answered_by(&self, iss: Option<&str>, provider: &Provider) -> bool {
        match iss {
            Some(claimed) => self.config.issuer.is(claimed),
            None => !provider.endpoints.names_issuer,
        }
    }

    /// Fetches the keys once more when none of those known can have signed, so
    /// that a provider may change them when it likes.
    async fn check_signature(
        &self,
        token: &IdToken,
        provider: &Provider,
    ) -> Result<(), IdentityError> {
        if token.is_signed_with(&provider.keys)? {
            return Ok(());
        }
        let newer = self.discovery.newer_keys(provider).await?;
        if token.is_signed_with(&newer)? {
            return Ok(());
        }
        Err(IdentityError::forged(
            "the token is signed with no key of the provider's",
        ))
    }
}

#[async_trait]
impl IdentityProvider for OidcProvider {
    fn name(&self) -> &str {
        &self.config.name
    }

    async fn begin(&self) -> Result<Begun, IdentityError> {
        let provider = self.discovery.provider().await?;
        let [state, nonce, verifier] = [(); 3].map(|()| fresh(&*self.randomness));
        Ok(self.exchange(&provider).authorize(state, nonce, verifier))
    }

    async fn finish(&self, callback: Callback, begun: &Begun) -> Result<Identity, IdentityError> {
        // First, as nothing that a stranger sends may make us ask anyone.
        if !is_same(callback.state.as_ref(), &begun.state) {
            return Err(IdentityError::forged("the state is another sign-in's"));
        }
        let provider = self.discovery.provider().await?;
        if !self.is_answered_by(callback.iss.as_deref(), &provider) {
            return Err(IdentityError::forged("another issuer answers"));
        }
        if let Some(error) = callback.error {
            return Err(denied(&error));
        }
        let code = callback
            .code
            .ok_or(IdentityError::forged("there is no code"))?;
        let text = self
            .exchange(&provider)
            .id_token(code, &begun.pkce_verifier, &self.http)
            .await?;
        let token = IdToken::parse(&text)?;
        self.check_signature(&token, &provider).await?;
        token.claims()?.accept(&Expected {
            issuer: &self.config.issuer,
            client_id: &self.config.client_id,
            nonce: &begun.nonce,
            now: self.clock.now(),
        })
    }
}

fn is_same(given: Option<&SecretString>, expected: &SecretString) -> bool {
    given.is_some_and(|given| same(given.expose_secret(), expected.expose_secret()))
}

/// The code comes through the browser, so it is repeated only where it is one.
fn denied(error: &str) -> IdentityError {
    let is_code = error.len() <= 40 && error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let reason = if is_code { error } else { "no error code" };
    IdentityError::Denied {
        reason: reason.to_owned(),
    }
}
