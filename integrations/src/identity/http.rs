//! One request, bounded in time and size, that follows no redirect: the libraries
//! speak through it.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, Request, redirect, tls};

use super::IdentityError;
use crate::http::{Unreachable, bounded, root};

/// Google's discovery document has 2 KiB and its keys 1 KiB.
const LIMIT_BYTES: usize = 256 * 1024;

pub(super) struct Http(Client);

impl Http {
    pub(super) fn try_new(timeout: Duration) -> Result<Self, IdentityError> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .min_tls_version(tls::Version::TLS_1_2)
            .connect_timeout(timeout)
            .timeout(timeout)
            .build()
            .map_err(|error| {
                IdentityError::misconfigured(format!("TLS does not work here: {}", root(&error)))
            })?;
        Ok(Self(client))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
        let request = Request::try_from(request)?;
        let mut response = self.0.execute(request).await?;
        let status = response.status();
        if status.is_server_error() || status.as_u16() == 429 {
            let status = status.as_u16();
            return Err(Unreachable::Status { status });
        }
        let body = bounded(&mut response, LIMIT_BYTES).await?;
        let mut answer = HttpResponse::new(body.into());
        *answer.status_mut() = status;
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Unreachable;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unreachable>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
