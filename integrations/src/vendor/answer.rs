use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;

use crate::ProviderError;

/// A provider that asks for more is not waited for: the next one is asked.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// What a provider said.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// # Errors
    /// [`ProviderError::Malformed`], which repeats nothing of the body: it may
    /// hold what the user wrote.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        serde_json::from_slice(&self.body).map_err(|error| ProviderError::Malformed {
            problem: format!(
                "it is not the JSON that its documentation promises, at line {} column {}",
                error.line(),
                error.column()
            ),
        })
    }

    /// How long it asks to be left alone, in any of the forms that providers use:
    /// `retry-after-ms`, or `retry-after` in seconds or as a date.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let text = |name: &str| self.headers.get(name)?.to_str().ok().map(str::trim);
        let millis = text("retry-after-ms").and_then(|ms| ms.parse::<f64>().ok());
        let wanted = text(RETRY_AFTER.as_str());
        let seconds = wanted.and_then(|wanted| {
            let seconds = wanted.parse::<f64>().ok();
            seconds.or_else(|| Some(self.until(wanted)?.num_milliseconds() as f64 / 1_000.0))
        });
        let seconds = millis.map(|ms| ms / 1_000.0).or(seconds)?;
        let wait = Duration::try_from_secs_f64(seconds.max(0.0)).ok()?;
        Some(wait.min(LONGEST_WAIT))
    }

    /// From the answer's own date, which is by the same clock.
    fn until(&self, then: &str) -> Option<chrono::TimeDelta> {
        let now = self.headers.get(DATE)?.to_str().ok()?;
        Some(http_date(then)? - http_date(now)?)
    }

    /// What is left of the reasons once a provider's own are told apart.
    pub(crate) fn failure(&self) -> ProviderError {
        match self.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ProviderError::Unauthorized,
            StatusCode::PAYMENT_REQUIRED => ProviderError::OutOfCredit,
            StatusCode::TOO_MANY_REQUESTS => ProviderError::RateLimited {
                retry_after: self.retry_after(),
            },
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                ProviderError::Unavailable {
                    problem: format!("it answered with status {}", status.as_u16()),
                }
            }
            status => ProviderError::Malformed {
                problem: format!("it answered with status {}", status.as_u16()),
            },
        }
    }
}

fn http_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text)
        .ok()
        .map(|date| date.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&'static str, &'static str)]) -> Answer {
        let headers = headers.iter().map(|(name, value)| {
            let name = name.parse().expect("it is a name");
            (name, value.parse().expect("it is a value"))
        });
        Answer {
            status: StatusCode::TOO_MANY_REQUESTS,
            headers: headers.collect(),
            body: Bytes::new(),
        }
    }

    #[test]
    fn a_wait_is_read_in_every_form_that_providers_use() {
        let date = ("date", "Mon, 23 Nov 2026 10:00:00 GMT");
        for (headers, seconds) in [
            (&[("retry-after", "7")][..], Some(7.0)),
            (&[("retry-after", "0.5")], Some(0.5)),
            (
                &[("retry-after-ms", "250"), ("retry-after", "9")],
                Some(0.25),
            ),
            (
                &[date, ("retry-after", "Mon, 23 Nov 2026 10:01:30 GMT")],
                Some(90.0),
            ),
            (
                &[date, ("retry-after", "Mon, 23 Nov 2026 09:00:00 GMT")],
                Some(0.0),
            ),
            (&[("retry-after", "999999999")], Some(86_400.0)),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "NaN")], Some(0.0)),
            (&[], None),
        ] {
            let wait = answer(headers).retry_after();
            assert_eq!(wait.map(|wait| wait.as_secs_f64()), seconds, "{headers:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_without_its_words() {
        let mut answer = answer(&[]);
        answer.body = Bytes::from_static(b"{\"secret\": \"octopus\"}");
        let error = answer.json::<Vec<u8>>().unwrap_err().to_string();
        assert!(
            !error.contains("octopus") && error.contains("line 1"),
            "{error}"
        );
    }
}
