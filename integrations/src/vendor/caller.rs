use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, redirect, tls};
use url::Url;

use super::{Account, Answer};
use crate::http::{Unreachable, bounded, root};
use crate::{Observer, ProviderError};

const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// One HTTP call at a time: bounded in time and size, following no redirect, and
/// ended as soon as its caller asks.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    http: Client,
    base: Url,
    limit_bytes: usize,
}

impl Caller {
    pub(crate) fn try_new(account: &Account, limit_bytes: usize) -> Result<Self, ProviderError> {
        let http = Client::builder()
            .redirect(redirect::Policy::none())
            .min_tls_version(tls::Version::TLS_1_2)
            .connect_timeout(CONNECT_WITHIN.min(account.timeout))
            .timeout(account.timeout)
            .build()
            .map_err(|error| ProviderError::Unavailable {
                problem: format!("TLS does not work here: {}", root(&error)),
            })?;
        Ok(Self {
            http,
            base: account.base.clone(),
            limit_bytes,
        })
    }

    /// To `path` below the provider's address.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{}", self.base, path);
        self.http.request(method, url)
    }

    /// Whatever the status of the answer.
    ///
    /// # Errors
    /// [`ProviderError::Unavailable`] without a whole answer in time,
    /// [`ProviderError::Malformed`] for one that is too large.
    pub(crate) async fn send(
        &self,
        request: RequestBuilder,
        observer: &Observer,
    ) -> Result<Answer, ProviderError> {
        tokio::select! {
            () = observer.cancelled() => Err(ProviderError::Cancelled),
            answer = self.exchange(request) => answer.map_err(into_provider_error),
        }
    }

    async fn exchange(&self, request: RequestBuilder) -> Result<Answer, Unreachable> {
        let mut response = request.send().await?;
        let body = bounded(&mut response, self.limit_bytes).await?;
        Ok(Answer {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body,
        })
    }
}

fn into_provider_error(error: Unreachable) -> ProviderError {
    let problem = error.to_string();
    match error {
        Unreachable::TooLarge { .. } => ProviderError::Malformed { problem },
        _ => ProviderError::Unavailable { problem },
    }
}
