//! The API as its clients meet it: real routes, a real Postgres and NATS, the
//! projections following in this process. What workers would do is dispatched.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accounts;
mod browsers;
mod doors;
mod doubles;
mod edge;
mod event_queries;
mod events;
mod harness;
mod identities;
mod limits;
mod live;
mod mails;
mod media;
mod music;
mod notifications;
mod owners;
mod paging;
mod pictures;
mod production;
mod projections;
mod reading;
mod resuming;
mod series;
mod socket;
mod spending;
mod uploading;
mod videos;
mod walk;
mod webhooks;
