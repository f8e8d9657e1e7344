//! Who sends a request: by a token in a header, by a session's cookie, or by
//! being on this machine.

use accounts::{AccountError, Accounts, Viewer};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use domain::SessionId;
use domain::access_token::Scope;
use secrecy::SecretString;
use uuid::Uuid;

use super::answer::{problem, unavailable};
use super::client_address::is_here;
use super::config::HttpArgs;
use super::cookies::{Cookies, Kind};
use super::csrf::{Csrf, is_to_prove};
use crate::Api;

#[derive(Clone)]
pub(super) struct Doorkeeper {
    pub(super) accounts: Accounts,
    pub(super) cookies: Cookies,
    pub(super) csrf: Csrf,
    /// Who is on this machine and shows nothing is its owner.
    pub(super) knows_local_owner: bool,
}

/// Who asks; nobody, perhaps.
#[derive(Debug, Clone)]
pub(super) struct Asking(pub(super) Option<Viewer>);

impl Doorkeeper {
    pub(super) fn new(api: &Api, args: &HttpArgs) -> Self {
        let cookies = Cookies::new(args.is_secure());
        Self {
            accounts: api.accounts.clone(),
            cookies,
            csrf: Csrf::new(api.vault.clone(), cookies),
            knows_local_owner: api.knows_local_owner,
        }
    }

    /// Refuses a request that shows something wrong. One that shows nothing, or a
    /// session that is over, comes from nobody.
    pub(super) async fn identify(
        &self,
        parts: &Parts,
        is_local_name: bool,
        correlation_id: Uuid,
    ) -> Result<Asking, Response> {
        if let Some(token) = bearer(&parts.headers) {
            return match self.accounts.authenticate(&token).await {
                Ok(viewer) => Ok(Asking(Some(viewer))),
                Err(AccountError::Refused(refused)) => Err(unauthenticated(&refused.to_string())),
                Err(error) => Err(unavailable(correlation_id, &error)),
            };
        }
        if let Some(token) = self.cookies.read(&parts.headers, Kind::Access) {
            match self.accounts.authenticate(&token).await {
                Ok(viewer) => {
                    if is_to_prove(&parts.method)
                        && let Some(session) = viewer.session()
                    {
                        self.prove(session, &parts.headers, correlation_id).await?;
                    }
                    return Ok(Asking(Some(viewer)));
                }
                Err(AccountError::Refused(_)) => {}
                Err(error) => return Err(unavailable(correlation_id, &error)),
            }
        }
        let is_local = self.knows_local_owner && is_local_name && is_here(parts);
        Ok(Asking(is_local.then(Viewer::local_owner)))
    }

    pub(super) async fn prove(
        &self,
        session: SessionId,
        headers: &HeaderMap,
        correlation_id: Uuid,
    ) -> Result<(), Response> {
        match self.csrf.is_proved(session, headers).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                let message = "send the value of the cookie narrate-csrf in the header \
                               x-csrf-token too, or an access token instead of cookies";
                Err(problem(StatusCode::FORBIDDEN, "CSRF", message))
            }
            Err(error) => Err(unavailable(correlation_id, &error)),
        }
    }
}

/// Somebody who is known; without one the route answers 401.
pub(super) struct Known(pub(super) Viewer);

impl<S: Sync> FromRequestParts<S> for Known {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        match parts.extensions.get::<Asking>() {
            Some(Asking(Some(viewer))) => Ok(Self(viewer.clone())),
            _ => Err(unauthenticated("sign in first, or send an access token")),
        }
    }
}

/// An access token is not good for this.
pub(super) fn lacks(scope: Scope) -> Response {
    let message = format!("this access token is not good for that; it needs the scope {scope}");
    problem(StatusCode::FORBIDDEN, "FORBIDDEN", &message)
}

pub(super) fn unauthenticated(message: &str) -> Response {
    let mut response = problem(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message);
    let challenge = header::HeaderValue::from_static("Bearer");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, challenge);
    response
}

/// The token of an `Authorization: Bearer` header.
pub(super) fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let authorization = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    bearer_of(authorization)
}

pub(super) fn bearer_of(authorization: &str) -> Option<SecretString> {
    let (scheme, token) = authorization.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then(|| SecretString::from(token.trim()))
}
