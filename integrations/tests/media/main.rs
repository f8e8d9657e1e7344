//! Every media store does the same: one suite, run on a folder and on a real
//! S3 server.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod conformance;
mod directory;
mod meter;
mod outages;
mod s3;
mod seaweed;
