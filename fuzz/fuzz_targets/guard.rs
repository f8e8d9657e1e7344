//! What the guard lets through, the parser reads, and finds within every limit;
//! what the guard says is too much, is.

#![no_main]

use async_graphql::parser::parse_query;
use fuzz::counted::Counted;
use graphql::guard::{self, Refused};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (outcome, steps) = guard::check_counting(text);
    assert!(steps <= 2 * text.len() + 4, "{steps} steps");
    // The parser recurses: it sees only what the guard found to be flat.
    let told = [guard::BYTES, guard::TOKENS, guard::NESTING];
    if told.map(Refused::TooMuch).map(Err).contains(&outcome) {
        return;
    }
    let Ok(document) = parse_query(text) else {
        return;
    };
    let counted = Counted::of(&document);
    match outcome {
        Ok(seen) => {
            assert_eq!(counted.beyond(), Vec::new(), "was let through");
            assert!(!counted.is_cyclic, "a circle was let through");
            assert_eq!(seen.introspects, counted.introspects);
        }
        Err(Refused::TooMuch(limit)) => assert!(counted.beyond().contains(&limit), "{limit:?}"),
        Err(Refused::Cycle { .. }) => assert!(counted.is_cyclic, "there is no circle"),
        // The guard may refuse what it is not sure to read as the parser does.
        Err(Refused::Unreadable { .. }) => {}
    }
});
