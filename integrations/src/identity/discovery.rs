//! What a provider says of itself, and its keys: read when first needed, and
//! then known for an hour.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Clock;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType,
    CoreJsonWebKey, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, AuthUrl, DiscoveryError, JsonWebKeySetUrl,
    ProviderMetadata, TokenUrl,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::http::Http;
use super::{IdentityError, Issuer, Unreachable};

/// How long a key that was withdrawn is believed at most.
const KNOWN_FOR: TimeDelta = TimeDelta::hours(1);
/// Nobody waits for a provider that was just found to be down.
const FAILS_FOR: TimeDelta = TimeDelta::seconds(5);
/// Tokens with unknown keys make us ask no more often than this.
const KEYS_EVERY: TimeDelta = TimeDelta::minutes(1);

pub(super) struct Discovery {
    issuer: Issuer,
    http: Arc<Http>,
    clock: Arc<dyn Clock>,
    /// Held while reading, so that many sign-ins at once ask once.
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    read: Option<(DateTime<Utc>, Provider)>,
    failed: Option<(DateTime<Utc>, IdentityError)>,
    keys_asked: Option<DateTime<Utc>>,
}

#[derive(Clone)]
pub(super) struct Provider {
    pub endpoints: Arc<Endpoints>,
    pub keys: Arc<CoreJsonWebKeySet>,
}

pub(super) struct Endpoints {
    pub authorize: AuthUrl,
    pub token: TokenUrl,
    /// How the client's secret travels to `token`.
    pub auth: AuthType,
    /// That every answer names its issuer: RFC 9207.
    pub names_issuer: bool,
    keys: JsonWebKeySetUrl,
}

impl Discovery {
    pub(super) fn new(issuer: Issuer, http: Arc<Http>, clock: Arc<dyn Clock>) -> Self {
        Self {
            issuer,
            http,
            clock,
            memory: Mutex::default(),
        }
    }

    pub(super) async fn provider(&self) -> Result<Provider, IdentityError> {
        let mut memory = self.memory.lock().await;
        let now = self.clock.now();
        if let Some((at, provider)) = &memory.read
            && now - at < KNOWN_FOR
        {
            return Ok(provider.clone());
        }
        if let Some((at, failure)) = &memory.failed
            && now - at < FAILS_FOR
        {
            return Err(failure.clone());
        }
        match self.read().await {
            Ok(provider) => {
                memory.read = Some((self.clock.now(), provider.clone()));
                memory.failed = None;
                Ok(provider)
            }
            Err(failure) => {
                memory.failed = Some((self.clock.now(), failure.clone()));
                Err(failure)
            }
        }
    }

    /// The provider's keys after `known` were found wanting: those that somebody
    /// else has fetched meanwhile, or fresh ones, or, when these were asked for
    /// just now, the same.
    pub(super) async fn newer_keys(
        &self,
        known: &Provider,
    ) -> Result<Arc<CoreJsonWebKeySet>, IdentityError> {
        let mut memory = self.memory.lock().await;
        if let Some((_, newest)) = &memory.read
            && !Arc::ptr_eq(&newest.keys, &known.keys)
        {
            return Ok(Arc::clone(&newest.keys));
        }
        let now = self.clock.now();
        if memory.keys_asked.is_some_and(|at| now - at < KEYS_EVERY) {
            return Ok(Arc::clone(&known.keys));
        }
        memory.keys_asked = Some(now);
        let url = &known.endpoints.keys;
        let keys = CoreJsonWebKeySet::fetch_async(url, &*self.http).await;
        let keys = Arc::new(keys.map_err(failure)?);
        if let Some((_, newest)) = &mut memory.read {
            newest.keys = Arc::clone(&keys);
        }
        Ok(keys)
    }

    async fn read(&self) -> Result<Provider, IdentityError> {
        let found = Metadata::discover_async(self.issuer.to_url(), &*self.http).await;
        let found = found.map_err(failure)?;
        let token = found.token_endpoint().cloned();
        let endpoints = Endpoints {
            authorize: found.authorization_endpoint().clone(),
            token: token.ok_or_else(|| IdentityError::misconfigured(NO_TOKENS))?,
            auth: client_auth(found.token_endpoint_auth_methods_supported()),
            names_issuer: found
                .additional_metadata()
                .authorization_response_iss_parameter_supported,
            keys: found.jwks_uri().clone(),
        };
        let used = [
            endpoints.authorize.url(),
            endpoints.token.url(),
            endpoints.keys.url(),
        ];
        if !used.into_iter().all(|url| self.issuer.may_use(url)) {
            return Err(IdentityError::misconfigured(NOT_HTTPS));
        }
        Ok(Provider {
            endpoints: Arc::new(endpoints),
            keys: Arc::new(found.jwks().clone()),
        })
    }
}

const ANOTHER_ISSUER: &str = "the provider calls itself by another address; \
    write OIDC_ISSUER letter by letter as the issuer in its discovery document";
const NO_TOKENS: &str = "the provider has no token endpoint; \
    set OIDC_ISSUER to one with the authorization code flow";
const NOT_HTTPS: &str = "the provider has an endpoint without https; \
    set OIDC_ISSUER to one that has none";

fn failure(error: DiscoveryError<Unreachable>) -> IdentityError {
    let unreadable = |what| Unreachable::Unreadable { what }.into();
    match error {
        DiscoveryError::Request(unreachable) => unreachable.into(),
        DiscoveryError::Response(status, ..) if status.as_u16() != 200 => Unreachable::Status {
            status: status.as_u16(),
        }
        .into(),
        DiscoveryError::Validation(_) => IdentityError::misconfigured(ANOTHER_ISSUER),
        _ => unreadable("what it says of itself or its keys"),
    }
}

/// Basic is what a provider must know that says nothing: RFC 8414, section 2.
fn client_auth(methods: Option<&Vec<CoreClientAuthMethod>>) -> AuthType {
    match methods {
        Some(methods) if !methods.contains(&CoreClientAuthMethod::ClientSecretBasic) => {
            AuthType::RequestBody
        }
        _ => AuthType::BasicAuth,
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Rfc9207 {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Rfc9207 {}

type Metadata = ProviderMetadata<
    Rfc9207,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;
