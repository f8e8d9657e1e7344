//! Signing in beside bare argon2id, in the same run: how many a second, what
//! memory they take when many come at once, and whether the time of an answer
//! tells that an address has an account.
//!
//! `cargo bench -p accounts --bench sign_in`, with the server for tests named by
//! `NARRATE_TEST_DATABASE_URL`. `SIGN_IN_ROUNDS` is how often each address is
//! asked for when times are compared (400). Passwords are hashed as the program
//! hashes them, as many at once as there are cores.

#![allow(clippy::unwrap_used, reason = "a benchmark")]

mod crowd;
mod given;
mod machine;
mod throughput;
mod timing;

use std::sync::Arc;

use given::Given;

/// Each has an account of its own, so that no limit of one account is met.
const PEOPLE: usize = 64;

#[tokio::main]
async fn main() {
    let given = Arc::new(Given::open().await);
    let before = machine::resident();
    for number in 0..PEOPLE {
        given.register(&given::known(number)).await;
    }
    crowd::measure(&given, before).await;
    println!();
    throughput::measure(&given).await;
    println!();
    timing::measure(&given).await;
}
