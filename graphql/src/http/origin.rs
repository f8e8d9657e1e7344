//! Origins of web pages: scheme, host and port, as browsers write them.

use std::str::FromStr;

use axum::http::HeaderValue;
use url::{Origin, Url};

/// Origins, as `Origin` headers name them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(Vec<HeaderValue>);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no origin of web pages; write https://host or https://host:port and no more")]
pub struct NoOrigin(String);

impl Origins {
    /// Never holds `null`, by which sandboxed pages of anyone go.
    pub(super) fn contains(&self, origin: &HeaderValue) -> bool {
        self.0.contains(origin)
    }

    pub(super) fn with(mut self, url: Option<&Url>) -> Self {
        let origin = url.and_then(|url| header(&url.origin()));
        self.0.extend(origin);
        self
    }
}

/// With commas between; none in an empty text.
impl FromStr for Origins {
    type Err = NoOrigin;

    fn from_str(text: &str) -> Result<Self, NoOrigin> {
        let parts = text.split(',').map(str::trim);
        let parts = parts.filter(|part| !part.is_empty());
        parts.map(origin).collect::<Result<_, _>>().map(Self)
    }
}

fn origin(text: &str) -> Result<HeaderValue, NoOrigin> {
    let refused = || NoOrigin(text.to_owned());
    let (scheme, rest) = text.split_once("://").ok_or_else(refused)?;
    let is_web = ["http", "https"]
        .iter()
        .any(|it| it.eq_ignore_ascii_case(scheme));
    if !is_web || rest.contains(['/', '\\', '?', '#', '@', '*']) {
        return Err(refused());
    }
    let url = Url::parse(text).map_err(|_| refused())?;
    header(&url.origin()).ok_or_else(refused)
}

/// In lower case, international names in their ASCII form, without the port
/// that goes without saying.
fn header(origin: &Origin) -> Option<HeaderValue> {
    match origin {
        Origin::Opaque(_) => None,
        Origin::Tuple(..) => HeaderValue::try_from(origin.ascii_serialization()).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_kept_as_browsers_write_them() {
        let origins = "HTTPS://Studio.Example:443, http://[::1]:80,https://bücher.example:8443,";
        let written = [
            "https://studio.example",
            "http://[::1]",
            "https://xn--bcher-kva.example:8443",
        ];
        let written = written.map(HeaderValue::from_static);
        assert_eq!(origins.parse(), Ok(Origins(written.to_vec())));
    }

    #[test]
    fn whatever_is_more_or_less_than_an_origin_is_refused_by_name() {
        for text in [
            "null",
            "*",
            "https://*",
            "studio.example",
            "https://",
            "https://studio.example/",
            "https://studio.example/app",
            "https://studio.example?a",
            "https://studio.example#a",
            "https://user@studio.example",
            "https://studio.example:port",
            "file://studio.example",
        ] {
            assert_eq!(text.parse::<Origins>(), Err(NoOrigin(text.to_owned())));
        }
    }
}
