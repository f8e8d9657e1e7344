//! What a request may ask for, told from its text alone: before the parser,
//! which recurses, and the validation, which follows every spread, see it.
//!
//! The text is read once, from left to right, by a machine without recursion.
//! What the parser would accept is counted in full; a text that this reader
//! could take for something else than the parser does is refused
//! ([`Refused::Unreadable`]), and other nonsense is left to the parser, which
//! explains it better. Nothing here knows the schema.
//!
//! To add a limit: a constant here, and a count in [`document::Totals`].

mod document;
mod json;
mod lexer;
mod reach;

use async_graphql::{ErrorExtensions, Pos, ServerError};

use crate::error::{coded, of_request};

/// So much of something, and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// As `extensions.limit` of the error tells it.
    pub name: &'static str,
    pub allowed: usize,
    /// What is counted, for people.
    what: &'static str,
}

impl Limit {
    const fn new(name: &'static str, allowed: usize, what: &'static str) -> Self {
        Self {
            name,
            allowed,
            what,
        }
    }

    fn hold(self, count: usize) -> Result<(), Refused> {
        if count > self.allowed {
            return Err(Refused::TooMuch(self));
        }
        Ok(())
    }
}

const KIB: usize = 1024;

pub const BYTES: Limit = Limit::new("bytes", 64 * KIB, "bytes of query text");
pub const TOKENS: Limit = Limit::new("tokens", 5_000, "tokens");
/// Brackets within brackets, those of fragments counted where they are spread.
/// GraphiQL's introspection has 17.
pub const NESTING: Limit = Limit::new("nesting", 32, "levels of brackets");
pub const OPERATIONS: Limit = Limit::new("operations", 20, "operations");
pub const FRAGMENTS: Limit = Limit::new("fragments", 50, "fragments");
pub const SPREADS: Limit = Limit::new("spreads", 200, "fragment spreads");
// These are counted for one operation, with every fragment as often as it is
// spread.
pub const ALIASES: Limit = Limit::new("aliases", 50, "aliases");
pub const ROOT_FIELDS: Limit = Limit::new("rootFields", 20, "fields at its root");
pub const DIRECTIVES: Limit = Limit::new("directives", 50, "directives");
pub const SELECTIONS: Limit = Limit::new("selections", 5_000, "selections");
/// Of a request's JSON as a whole: variables begin at the second level.
pub const JSON_NESTING: Limit = Limit::new("jsonNesting", 24, "levels of nested JSON");

/// Why a request is not looked at any further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the request has more than {} {}; ask for less at once", .0.allowed, .0.what)]
    TooMuch(Limit),
    #[error("the fragment {fragment:?} spreads itself; take one of the spreads out")]
    Cycle { fragment: String },
    #[error("the query cannot be read: expected {expected}")]
    Unreadable { at: Pos, expected: &'static str },
}

impl From<Refused> for ServerError {
    fn from(refused: Refused) -> Self {
        let message = refused.to_string();
        match refused {
            Refused::TooMuch(limit) => {
                of_request(coded("TOO_COMPLEX", &message).extend_with(|_, extensions| {
                    extensions.set("limit", limit.name);
                    extensions.set("allowed", limit.allowed);
                }))
            }
            Refused::Cycle { .. } => of_request(coded("BAD_REQUEST", &message)),
            Refused::Unreadable { at, .. } => Self {
                locations: vec![at],
                ..of_request(coded("BAD_REQUEST", &message))
            },
        }
    }
}

/// What was seen of a query that is within the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Whether it asks what the schema is.
    pub introspects: bool,
}

/// Whether the query `text` keeps to every limit.
pub fn check(text: &str) -> Result<Seen, Refused> {
    check_counting(text).0
}

/// As [`check`], with how many steps it took.
pub fn check_counting(text: &str) -> (Result<Seen, Refused>, usize) {
    if let Err(refused) = BYTES.hold(text.len()) {
        return (Err(refused), 0);
    }
    let mut steps = 0;
    let seen = document::read(text, &mut steps).and_then(|document| {
        reach::hold(&document, &mut steps)?;
        Ok(Seen {
            introspects: document.introspects,
        })
    });
    (seen, steps)
}

/// Whether `json`, a request or its variables, is nested no deeper than
/// allowed. What is no JSON is left to its parser.
pub fn check_json(json: &[u8]) -> Result<(), Refused> {
    JSON_NESTING.hold(json::nesting(json))
}

#[cfg(test)]
mod tests;
