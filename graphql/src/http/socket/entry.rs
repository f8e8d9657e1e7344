//! Who enters by a web socket. Browsers can send no header with it, so what
//! proves that a page is ours, or that a program may come in, is said first: in
//! `connection_init`.

use accounts::{AccountError, Viewer};
use async_graphql::Data;
use axum::http::HeaderMap;
use futures::future::BoxFuture;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::rules::Closing;
use crate::http::cookies::Kind;
use crate::http::who::{Asking, Doorkeeper, bearer_of};

/// What a client may say as it begins.
#[derive(Default, Deserialize)]
pub(in crate::http) struct Said {
    /// `Bearer …`, by a program.
    #[serde(alias = "Authorization")]
    authorization: Option<String>,
    /// What the cookie `narrate-csrf` says, by a page.
    #[serde(rename = "csrfToken")]
    csrf_token: Option<String>,
}

impl Said {
    /// What cannot be read says nothing.
    pub(in crate::http) fn read(said: &Value) -> Self {
        Self::deserialize(said).unwrap_or_default()
    }

    pub(in crate::http) fn bearer(&self) -> Option<SecretString> {
        self.authorization.as_deref().and_then(bearer_of)
    }
}

pub(super) struct Entry {
    doorkeeper: Doorkeeper,
    asking: Asking,
    headers: HeaderMap,
}

impl Entry {
    pub(super) fn new(doorkeeper: Doorkeeper, asking: Asking, headers: HeaderMap) -> Self {
        Self {
            doorkeeper,
            asking,
            headers,
        }
    }

    /// Who it is, for every operation to come, and until when they may stay.
    pub(super) async fn enter(
        self,
        said: &Value,
    ) -> Result<(Data, BoxFuture<'static, ()>), Closing> {
        let viewer = self.viewer(Said::read(said)).await?;
        let until = self.doorkeeper.accounts.until_changed(&viewer);
        let mut data = Data::default();
        data.insert(viewer);
        Ok((data, Box::pin(until)))
    }

    async fn viewer(&self, said: Said) -> Result<Viewer, Closing> {
        let accounts = &self.doorkeeper.accounts;
        if let Some(token) = said.bearer() {
            return accounts
                .authenticate(&token)
                .await
                .map_err(|error| match error {
                    AccountError::Refused(refused) => Closing::forbidden(&refused.to_string()),
                    other => unknown(&other),
                });
        }
        let Some(viewer) = self.asking.0.clone() else {
            return Err(Closing::forbidden(
                "Sign in first, or say authorization: Bearer ...",
            ));
        };
        // A header with the upgrade has proved it already: no page can set one.
        let Some(session) = viewer.session().filter(|_| self.came_by_cookie()) else {
            return Ok(viewer);
        };
        let cookie = self.doorkeeper.cookies.read(&self.headers, Kind::Csrf);
        let shown = said.csrf_token.unwrap_or_default();
        let csrf = &self.doorkeeper.csrf;
        match csrf.is_token(session, &shown, cookie.as_ref()).await {
            Ok(true) => Ok(viewer),
            Ok(false) => Err(Closing::forbidden(
                "Say csrfToken: the value of the cookie narrate-csrf",
            )),
            Err(error) => Err(unknown(&error)),
        }
    }

    fn came_by_cookie(&self) -> bool {
        crate::http::who::bearer(&self.headers).is_none()
    }
}

fn unknown(error: &(dyn std::error::Error + 'static)) -> Closing {
    tracing::error!(error, "it is not known who enters by a web socket");
    Closing::forbidden("This cannot be done now; try again shortly")
}
