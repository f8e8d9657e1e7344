//! The stage workers: each takes due work from JetStream, does it, and records what happened.
