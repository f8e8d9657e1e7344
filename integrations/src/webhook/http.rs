use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use reqwest::{Client, redirect, tls};

use super::resolver::{Forbidden, GuardedResolver};
use super::{Answered, Lookup, Message, NotSent, Reach, WebhookSender};
use crate::http::root;
use crate::vendor::Answer;

/// The standard asks for 15 to 30 s.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const AGENT: &str = concat!("NarrateAI/", env!("CARGO_PKG_VERSION"));

/// Sends by HTTP, through no proxy, which would connect to anything, and after no
/// redirect. Of an answer nothing is read but its head.
pub struct HttpWebhookSender {
    reach: Reach,
    within: Duration,
    with_tls: Client,
    without_tls: Client,
}

impl HttpWebhookSender {
    /// # Errors
    ///
    /// When TLS does not work on this machine.
    pub fn try_new(reach: Reach, lookup: Arc<dyn Lookup>) -> Result<Self, reqwest::Error> {
        Self::patient(reach, lookup, ANSWER_WITHIN)
    }

    /// One that waits so long for an answer.
    pub fn patient(
        reach: Reach,
        lookup: Arc<dyn Lookup>,
        within: Duration,
    ) -> Result<Self, reqwest::Error> {
        let client = |has_tls| {
            let resolver = GuardedResolver {
                lookup: Arc::clone(&lookup),
                reach: reach.clone(),
                has_tls,
            };
            Client::builder()
                .dns_resolver(Arc::new(resolver))
                .no_proxy()
                .redirect(redirect::Policy::none())
                .min_tls_version(tls::Version::TLS_1_2)
                .https_only(has_tls)
                .connect_timeout(CONNECT_WITHIN.min(within))
                .timeout(within)
                // Each connection is judged when it is made; none outlives its
                // message.
                .pool_max_idle_per_host(0)
                .build()
        };
        Ok(Self {
            within,
            with_tls: client(true)?,
            without_tls: client(false)?,
            reach,
        })
    }

    fn failure(&self, error: &reqwest::Error) -> NotSent {
        let mut cause: Option<&dyn Error> = Some(error);
        while let Some(error) = cause {
            if error.is::<Forbidden>() {
                return NotSent::Forbidden;
            }
            cause = error.source();
        }
        if error.is_timeout() {
            let within = self.within;
            return NotSent::TimedOut { within };
        }
        NotSent::NoConnection {
            problem: root(error),
        }
    }
}

#[async_trait]
impl WebhookSender for HttpWebhookSender {
    async fn send(&self, message: &Message<'_>) -> Result<Answered, NotSent> {
        let Message {
            url,
            id,
            at,
            body,
            secrets,
        } = message;
        // Addresses that are written as numbers are asked of no resolver.
        let literal = url.literal_address();
        if literal.is_some_and(|address| !self.reach.allows(address, url.has_tls())) {
            return Err(NotSent::Forbidden);
        }
        let client = if url.has_tls() {
            &self.with_tls
        } else {
            &self.without_tls
        };
        let signatures: Vec<_> = secrets
            .iter()
            .map(|secret| secret.sign(id, *at, body))
            .collect();
        let sent = client
            .post(url.url().clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(USER_AGENT, HeaderValue::from_static(AGENT))
            .header("webhook-id", *id)
            .header("webhook-timestamp", at.timestamp())
            .header("webhook-signature", signatures.join(" "))
            .body(body.clone())
            .send()
            .await
            .map_err(|error| self.failure(&error))?;
        let answer = Answer {
            status: sent.status(),
            headers: sent.headers().clone(),
            body: Bytes::new(),
        };
        Ok(Answered {
            status: answer.status.as_u16(),
            retry_after: answer.retry_after(),
        })
    }
}
