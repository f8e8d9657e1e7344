//! The inbox: what people were told of.

mod mutation;
mod preference;
mod query;
mod subscription;
mod types;

pub(crate) use mutation::NotificationMutation;
pub(crate) use preference::{NotificationPreferenceMutation, NotificationPreferenceQuery};
pub(crate) use query::NotificationQuery;
pub(crate) use subscription::NotificationSubscription;
pub(crate) use types::NotificationKind;
