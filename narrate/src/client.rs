//! A client of the GraphQL API, over HTTP and web sockets.

mod events;
mod http;
mod socket;
mod types;

pub use events::EventLines;
pub use http::{ApiClient, ClientError, part_of};
pub use types::{
    MusicInput, ProductionSettingsInput, ProgressReport, RequestVideoInput, StageReport,
    VideoReport,
};
