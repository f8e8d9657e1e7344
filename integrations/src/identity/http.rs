//! One request, bounded in time and size, that follows no redirect: the libraries
//! speak through it.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, Request, Response, redirect, tls};

use super::{IdentityError, Unreachable};

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
        let request = Request::try_from(request).map_err(unreachable)?;
        let mut response = self.0.execute(request).await.map_err(unreachable)?;
        let status = response.status();
        if status.is_server_error() || status.as_u16() == 429 {
            let status = status.as_u16();
            return Err(Unreachable::Status { status });
        }
        let body = bounded(&mut response).await?;
        let mut answer = HttpResponse::new(body);
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

async fn bounded(response: &mut Response) -> Result<Vec<u8>, Unreachable> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(unreachable)? {
        if body.len() + piece.len() > LIMIT_BYTES {
            return Err(Unreachable::TooLarge {
                limit_bytes: LIMIT_BYTES,
            });
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unreachable(error: reqwest::Error) -> Unreachable {
    if error.is_timeout() {
        return Unreachable::TimedOut;
    }
    Unreachable::NoConnection {
        problem: root(&error),
    }
}

/// What began it. The errors above it hold the address that was asked.
fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if std::ptr::addr_eq(cause, error) {
        return "the request could not be made".to_owned();
    }
    cause.to_string()
}
