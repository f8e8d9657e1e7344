use serde::{Deserialize, Serialize};

use crate::Asset;

/// What its user brought for a video, in place of what would be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// At most one of each scene; those of scenes that the script does not have
    /// are not used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<ScenePicture>,
}

impl Brought {
    pub fn is_nothing(&self) -> bool {
        self == &Self::default()
    }
}

/// The picture for one scene of the script. Its file may go once the video has a
/// copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenePicture {
    /// From 0.
    pub scene: u16,
    pub picture: Asset,
}
