//! Positions, cursors, ids and names out of addresses, headers and arguments:
//! what is accepted is written and read again as the same, and stays within
//! what it is about.
//!
//! The text is each of them by itself; as lines it is the query of `/events`
//! and headers.

#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use domain::{CATEGORIES, EmailAddress, SessionId, UserId, VideoId};
use event_store::{Position, StreamName};
use fuzz::{first_line, headers};
use graphql::fuzzing::{events_asked, media, page, part};
use libfuzzer_sys::fuzz_target;
use projections::Cursor;

fuzz_target!(|text: &str| {
    reads_what_it_wrote::<Position>(text);
    reads_what_it_wrote::<Cursor>(text);
    reads_what_it_wrote::<StreamName>(text);
    reads_what_it_wrote::<UserId>(text);
    reads_what_it_wrote::<SessionId>(text);
    reads_what_it_wrote::<VideoId>(text);
    pages(text);
    events(text);
    ranges(text);
    files(text);
    mail(text);
});

fn reads_what_it_wrote<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(read) = text.parse::<T>() {
        assert_eq!(read.to_string().parse().ok(), Some(read));
    }
}

fn pages(text: &str) {
    if let Some(page) = page(text.parse().ok(), Some(text)) {
        assert!((1..=100).contains(&page.limit));
        assert_eq!(page.after, text.parse().ok());
    }
}

fn events(text: &str) {
    let (query, lines) = first_line(text);
    let Some((_, filter, _)) = events_asked(query, &headers(lines)) else {
        return;
    };
    let is_category = |name: &str| CATEGORIES.iter().any(|category| category.name == name);
    assert!(filter.categories.iter().all(|name| is_category(name)));
    assert!(
        filter
            .streams
            .iter()
            .all(|stream| is_category(&stream.category))
    );
    let is_type = |name: &str| {
        let mut known = CATEGORIES.iter().flat_map(|category| category.events);
        known.any(|(known, _)| *known == name)
    };
    assert!(filter.type_names.iter().all(|name| is_type(name)));
}

fn ranges(text: &str) {
    for length in [0, 1, text.len() as u64, u64::MAX] {
        if let Some(part) = part(text, length) {
            assert!(part.start < part.end && part.end <= length, "{part:?}");
        }
    }
}

fn files(text: &str) {
    if let Some((key, _)) = media(text) {
        assert_eq!(key.as_str(), text);
        assert!(key.as_str().starts_with("videos/"));
        assert!(!key.as_str().contains(['\\', '%', '\0']));
        let mut parts = key.as_str().split('/');
        assert!(parts.all(|part| !part.is_empty() && !part.starts_with('.')));
    }
}

/// An address becomes a line of a mail's head.
fn mail(text: &str) {
    if let Ok(address) = EmailAddress::try_new(text) {
        assert!(address.as_str().is_ascii());
        assert!(
            !address
                .as_str()
                .contains(|c: char| c.is_control() || c == ' ')
        );
        let again = EmailAddress::try_new(address.as_str()).map(|it| it.as_str().to_owned());
        assert_eq!(again, Ok(address.as_str().to_owned()));
    }
}
