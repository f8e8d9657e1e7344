//! What HTTP clients of outside systems share: answers bounded in time and size,
//! and errors that hold no address, key or body.

use std::error::Error;

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use url::{Host, Url};

/// Why an outside system gave no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    #[error("it did not answer in time")]
    TimedOut,
    #[error("there is no connection to it: {problem}")]
    NoConnection { problem: String },
    #[error("it answered with status {status}")]
    Status { status: u16 },
    #[error("it answered with more than {limit_bytes} bytes")]
    TooLarge { limit_bytes: usize },
    #[error("{what} cannot be read")]
    Unreadable { what: &'static str },
}

/// The whole body, which may have so many bytes.
pub(crate) async fn bounded(
    response: &mut Response,
    limit_bytes: usize,
) -> Result<Bytes, Unreachable> {
    let mut body = BytesMut::new();
    while let Some(piece) = response.chunk().await? {
        if body.len() + piece.len() > limit_bytes {
            return Err(Unreachable::TooLarge { limit_bytes });
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

impl From<reqwest::Error> for Unreachable {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::TimedOut;
        }
        Self::NoConnection {
            problem: root(&error),
        }
    }
}

/// What began it. The errors above it hold the address that was asked.
pub(crate) fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if std::ptr::addr_eq(cause, error) {
        return "the request could not be made".to_owned();
    }
    cause.to_string()
}

/// Whether what is sent there stays on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
