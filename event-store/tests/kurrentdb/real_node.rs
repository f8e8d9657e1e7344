//! The same suite on a real node, named by `KURRENTDB_TEST_URL`. Without it the
//! test is ignored, and nothing was verified.
//!
//! The node keeps what it is given; each run uses streams of its own.
//! `KURRENTDB_TEST_MAX_APPEND_BYTES` is its `MaxAppendSize`, by default 1 MiB.
//! Cases that kill the server run on the double only.

use std::env;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use event_store::conformance::{Subject, run_all};
use event_store::{KurrentLog, MAX_EVENT_BYTES};
use uuid::Uuid;

use crate::support::ids;

const URL: &str = "KURRENTDB_TEST_URL";
const MAX_APPEND_BYTES: &str = "KURRENTDB_TEST_MAX_APPEND_BYTES";
/// Of an event's metadata and type, at most.
const OVERHEAD_BYTES: usize = 8 * 1024;

#[cfg_attr(
    not(kurrentdb_node),
    ignore = "KURRENTDB_TEST_URL is not set: nothing was verified on a real node"
)]
#[tokio::test(flavor = "multi_thread")]
async fn the_suite_passes_on_a_real_node() {
    // Seeded anew for each run by the standard library.
    let random = RandomState::new();
    let run = Uuid::from_u64_pair(random.hash_one(1), random.hash_one(2));
    let cases = std::sync::atomic::AtomicU64::new(0);
    eprintln!("on {URL}, as run {run}:");
    run_all(async || {
        let case = cases.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        open(Uuid::new_v5(&run, &case.to_be_bytes())).await
    })
    .await;
}

async fn open(seed: Uuid) -> Subject {
    let url = env::var(URL).unwrap_or_else(|_| panic!("{URL} is not set"));
    let max_append_bytes = match env::var(MAX_APPEND_BYTES) {
        Ok(bytes) => bytes.parse().unwrap(),
        Err(_) => 1024 * 1024,
    };
    let url = url.into();
    let connect = || KurrentLog::connect(&url, ids(seed.as_u64_pair().0));
    let [log, second] = [connect().await.unwrap(), connect().await.unwrap()];
    Subject::new(Arc::new(log), seed)
        .with_second(Arc::new(second))
        .with_largest_event_bytes(MAX_EVENT_BYTES.min(max_append_bytes - OVERHEAD_BYTES))
}
