//! The program as its users have it: the real binary on a data folder of its
//! own, what it makes, and what it leaves when it is refused, killed or stopped.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod captions;
mod film;
mod home;
mod input;
mod looks;
mod neighbours;
mod resume;
mod run;
mod server;
mod stop;
mod up;
