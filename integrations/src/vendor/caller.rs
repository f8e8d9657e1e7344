use std::time::Duration;

use domain::Usage;
use reqwest::{Client, Method, RequestBuilder, redirect, tls};
use url::Url;

use super::{Account, Answer};
use crate::http::{Unreachable, bounded, is_loopback, root};
use crate::journal::{Call, Kept};
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

    /// From an address that the provider named, on whatever host: without the key,
    /// by https, or on this machine where the provider is there too.
    ///
    /// # Errors
    /// [`ProviderError::Malformed`] for any other address.
    pub(crate) fn download(&self, address: &str) -> Result<RequestBuilder, ProviderError> {
        let is_safe = |url: &Url| match url.scheme() {
            "https" => true,
            "http" => is_loopback(url) && is_loopback(&self.base),
            _ => false,
        };
        match Url::parse(address).ok().filter(is_safe) {
            Some(url) => Ok(self.http.get(url)),
            None => Err(ProviderError::Malformed {
                problem: "it names an address that is not https".to_owned(),
            }),
        }
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

    /// The same of a call that costs, which is `call`: an answer that was paid for
    /// before is given again, and a new one is kept before it is given. `used` reads
    /// what is charged for, where the provider says.
    ///
    /// # Errors
    /// As [`send`](Self::send), and [`ProviderError::NotAsked`] while it cannot be
    /// told what was paid for.
    pub(crate) async fn buy(
        &self,
        call: &Call<'_>,
        request: RequestBuilder,
        observer: &Observer,
        used: impl Fn(&Answer) -> Option<Vec<Usage>> + Send,
    ) -> Result<Answer, ProviderError> {
        let Some(journal) = observer.journal() else {
            return self.send(request, observer).await;
        };
        let kept = match journal.read(call, self.limit_bytes).await? {
            Some(kept) => kept,
            None => {
                let answer = self.send(request, observer).await?;
                if !answer.status.is_success() {
                    return Ok(answer);
                }
                let kept = Kept::new(answer);
                journal.write(call, &kept).await;
                kept
            }
        };
        observer.charge(call, &kept.id, used(&kept.answer));
        Ok(kept.answer)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_is_safe_and_has_no_key() {
        let allowed = |base: &str, address: &str| {
            let account = Account::try_new("BASE_URL", base, Some("secret".into()));
            let caller = Caller::try_new(&account.unwrap(), 1).unwrap();
            let request = caller.download(address).ok()?.build().unwrap();
            assert!(request.headers().is_empty(), "{request:?}");
            Some(())
        };
        let (far, near) = ("https://queue.fal.run", "http://127.0.0.1:1/fal");
        for (base, address, is_allowed) in [
            (far, "https://v3.fal.media/files/x.jpeg", true),
            (near, "https://v3.fal.media/files/x.jpeg", true),
            (near, "http://127.0.0.1:2/x.jpeg", true),
            (far, "http://127.0.0.1:2/x.jpeg", false),
            (near, "http://v3.fal.media/files/x.jpeg", false),
            (near, "file:///etc/passwd", false),
            (far, "data:image/png;base64,AAAA", false),
            (far, "x.jpeg", false),
        ] {
            let outcome = allowed(base, address).is_some();
            assert_eq!(outcome, is_allowed, "{base} {address}");
        }
    }
}
