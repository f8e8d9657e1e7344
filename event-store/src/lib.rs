//! The event store port, the Postgres log behind it, and the conformance suite every store passes.
