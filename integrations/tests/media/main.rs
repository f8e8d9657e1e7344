//! Every media store does the same: one suite, run on a folder and on a real
//! S3 server.

mod conformance;
mod directory;
mod s3;
mod seaweed;
