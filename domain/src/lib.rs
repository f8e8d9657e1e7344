//! What a video, a series, a person and a read model are, and the rules they
//! obey.
//!
//! Value objects, commands, events, `decide` and `evolve`. Nothing here does
//! I/O, reads a clock or makes a random id: time, ids and seeds arrive inside
//! the command, so every rule is a pure function with a given/when/then test.
//!
//! To add an aggregate: a file with its state and `impl Aggregate`, a folder
//! beside it with `command.rs`, `event.rs`, `error.rs` and `tests.rs`, its
//! events' stored names in `impl DomainEvent` (see [`catalogue`]), and its place
//! in [`CATEGORIES`].

pub mod access_token;
pub mod aggregate;
pub mod catalogue;
mod categories;
pub mod clock;
pub mod delivery;
pub mod email;
pub mod failure;
pub mod id;
pub mod inbox;
pub mod invalid;
pub mod material;
pub mod media;
pub mod money;
pub mod notification;
pub mod personal;
pub mod projection;
pub mod provider;
pub mod series;
pub mod session;
pub mod settings;
mod slug;
pub mod stage;
#[cfg(test)]
mod testing;
pub mod topic;
pub mod user;
pub mod video;

pub use aggregate::Aggregate;
pub use catalogue::{DecodeError, DomainEvent, StoredEvent};
pub use categories::{CATEGORIES, Category};
pub use clock::{Clock, IdSource};
pub use email::EmailAddress;
pub use failure::{Failure, FailureClass};
pub use id::{AccessTokenId, NotificationId, SeriesId, SessionId, UserId, VideoId};
pub use invalid::InvalidField;
pub use material::MaterialKind;
pub use media::{Asset, MediaKey};
pub use money::Microusd;
pub use notification::{Notice, NotificationChannel, NotificationKind};
pub use personal::Personal;
pub use provider::{PriceSource, Provider, Usage, UsageUnit};
pub use settings::ProductionSettings;
pub use stage::Stage;
pub use topic::Topic;
pub use user::Role;
