//! The pipeline on real parts: a Postgres log, its followers and relay,
//! JetStream, ffmpeg and a media folder. Only the makers are fakes.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod deletion;
mod failing;
mod failover;
mod faults;
mod gate;
mod interrupted;
mod kept;
mod lost;
mod making;
mod own;
mod paid;
mod recording;
mod studio;
mod workshop;
