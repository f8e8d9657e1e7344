//! What the targets share. Each target reads text, so that seeds can be written
//! and findings read.

pub mod counted;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Headers as lines of `name: value`; lines that are none are passed over.
pub fn headers(lines: &str) -> HeaderMap {
    let pairs = lines.lines().filter_map(|line| line.split_once(": "));
    pairs
        .filter_map(|(name, value)| {
            let name = HeaderName::try_from(name).ok()?;
            Some((name, HeaderValue::try_from(value).ok()?))
        })
        .collect()
}

/// The first line, and what follows it.
pub fn first_line(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}
