//! The Postgres log beside what Postgres can do.
//!
//! `cargo bench -p event-store --bench append`, with the server for tests named
//! by `NARRATE_TEST_DATABASE_URL`; `make bench` starts a durable one.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

mod laps;
mod latency;
mod raw;
mod throughput;

#[tokio::main]
async fn main() {
    throughput::measure().await;
    println!();
    latency::measure().await;
}
