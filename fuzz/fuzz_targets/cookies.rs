//! Cookies are read as RFC 6265 has them, by their whole names; the second proof
//! holds for its own token alone.
//!
//! The first line is the session's proof, the others are headers.

#![no_main]

use axum::http::{HeaderMap, header};
use fuzz::{first_line, headers};
use graphql::fuzzing::{cookies, is_proved};
use libfuzzer_sys::fuzz_target;
use secrecy::ExposeSecret;

/// In the order of [`cookies`].
const NAMES: [&str; 4] = [
    "narrate",
    "narrate-refresh",
    "narrate-csrf",
    "narrate-attempt",
];
const SECURE_NAMES: [&str; 4] = [
    "__Host-narrate",
    "__Secure-narrate-refresh",
    "__Host-narrate-csrf",
    "__Secure-narrate-attempt",
];

fuzz_target!(|text: &str| {
    let (token, lines) = first_line(text);
    let headers = headers(lines);
    for (is_secure, names) in [(false, NAMES), (true, SECURE_NAMES)] {
        let found = cookies(&headers, is_secure);
        for (name, found) in names.into_iter().zip(&found) {
            let found = found.as_ref().map(ExposeSecret::expose_secret);
            assert_eq!(found, first(&headers, name), "{name}");
        }
        let shown = headers.get("x-csrf-token");
        let is_shown = shown.is_some_and(|shown| shown == token);
        let is_kept = first(&headers, names[2]) == Some(token);
        assert_eq!(is_proved(&headers, is_secure, token), is_shown && is_kept);
    }
});

/// The value of the first cookie of this name, told without the library.
fn first<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(found, _)| found.trim() == name)
        .map(|(_, value)| value.trim())
}
