//! Ids are newtypes, so a series never stands where a video belongs.

use serde::{Deserialize, Serialize};
use uuid::{Uuid, uuid};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(
    /// One video, from its topic to its film.
    VideoId
);
id!(
    /// A series: what its videos have in common.
    SeriesId
);
id!(
    /// A person with an account.
    UserId
);
id!(
    /// Somebody signed in on some device.
    SessionId
);
id!(
    /// A personal access token.
    AccessTokenId
);
id!(
    /// Something a person was told of: the id of the event that it tells of.
    NotificationId
);

impl UserId {
    /// Who uses the program on their own machine without an account. The account
    /// of the server's owner has this id too, so what was made before stays theirs.
    pub const LOCAL_OWNER: Self = Self(uuid!("00000000-0000-7000-8000-000000000001"));
}
