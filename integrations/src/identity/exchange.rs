//! OAuth below OpenID Connect: the address that the browser is sent to, and the
//! code it brings back for an ID token.

use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse,
    BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardRevocableToken, StandardTokenResponse,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::discovery::Endpoints;
use super::http::Http;
use super::{Begun, IdentityError, OidcConfig, Unreachable};

/// Who it is, the address and the name.
const SCOPES: [&str; 3] = ["openid", "email", "profile"];

/// Lengths of a verifier: RFC 7636, section 4.1.
const VERIFIER_LENGTHS: std::ops::RangeInclusive<usize> = 43..=128;

/// Us, at one provider.
pub(super) struct Exchange(TokenClient);

impl Exchange {
    pub(super) fn new(config: &OidcConfig, redirect: &Url, endpoints: &Endpoints) -> Self {
        let secret = config.client_secret.expose_secret().to_owned();
        Self(
            Client::new(ClientId::new(config.client_id.clone()))
                .set_client_secret(ClientSecret::new(secret))
                .set_auth_type(endpoints.auth.clone())
                .set_auth_uri(endpoints.authorize.clone())
                .set_token_uri(endpoints.token.clone())
                .set_redirect_uri(RedirectUrl::from_url(redirect.clone())),
        )
    }

    pub(super) fn authorize(
        &self,
        state: SecretString,
        nonce: SecretString,
        pkce_verifier: SecretString,
    ) -> Begun {
        let csrf = CsrfToken::new(state.expose_secret().to_owned());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier(&pkce_verifier));
        let (url, _) = self
            .0
            .authorize_url(|| csrf)
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
            .add_extra_param("nonce", nonce.expose_secret())
            .set_pkce_challenge(challenge)
            .url();
        Begun {
            url,
            state,
            nonce,
            pkce_verifier,
        }
    }

    /// The ID token, as the provider wrote it.
    pub(super) async fn id_token(
        &self,
        code: SecretString,
        pkce_verifier: &SecretString,
        http: &Http,
    ) -> Result<SecretString, IdentityError> {
        if !VERIFIER_LENGTHS.contains(&pkce_verifier.expose_secret().len()) {
            return Err(IdentityError::forged("the PKCE verifier is missing"));
        }
        let tokens = self
            .0
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .set_pkce_verifier(verifier(pkce_verifier))
            .request_async(http)
            .await
            .map_err(failure)?;
        let id_token = tokens.extra_fields().id_token.clone();
        id_token.ok_or(IdentityError::forged("there is no ID token"))
    }
}

fn verifier(text: &SecretString) -> PkceCodeVerifier {
    PkceCodeVerifier::new(text.expose_secret().to_owned())
}

fn failure(error: RequestTokenError<Unreachable, BasicErrorResponse>) -> IdentityError {
    use BasicErrorResponseType as E;
    let misconfigured = |problem| IdentityError::misconfigured(problem);
    match error {
        RequestTokenError::Request(unreachable) => unreachable.into(),
        RequestTokenError::ServerResponse(response) => match response.error() {
            E::InvalidGrant => IdentityError::forged(
                "the provider does not take the code: it is old, used, or another sign-in's",
            ),
            E::InvalidClient | E::UnauthorizedClient => misconfigured(
                "the provider does not know the client id or its secret; correct them",
            ),
            E::Extension(name) if name == "redirect_uri_mismatch" => {
                misconfigured("the provider does not know our redirect address; register it there")
            }
            _ => misconfigured(
                "the provider does not take our request; allow this client the authorization code \
                 flow and the scopes openid, email and profile",
            ),
        },
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Unreachable::Unreadable {
            what: "its token response",
        }
        .into(),
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct IdTokenField {
    #[serde(skip_serializing)]
    id_token: Option<SecretString>,
}

impl ExtraTokenFields for IdTokenField {}

type TokenClient = Client<
    BasicErrorResponse,
    StandardTokenResponse<IdTokenField, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;
