//! The pipeline on real parts: a Postgres log, its followers and relay,
//! JetStream, ffmpeg and a media folder. Only the makers are fakes.

mod deletion;
mod failing;
mod interrupted;
mod making;
mod studio;
mod workshop;
