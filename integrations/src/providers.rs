//! Who makes what.

use std::sync::Arc;

use crate::images::{ImageMaker, OfflineImages};
use crate::music::{MusicMaker, OfflineMusic};
use crate::script::{OfflineScript, ScriptWriter};
use crate::speech::{OfflineSpeech, SpeechMaker};

/// One maker for each thing a video is made of.
#[derive(Clone)]
pub struct Providers {
    pub script: Arc<dyn ScriptWriter>,
    pub speech: Arc<dyn SpeechMaker>,
    pub images: Arc<dyn ImageMaker>,
    pub music: Arc<dyn MusicMaker>,
}

impl Providers {
    /// The makers inside the program: no key, no network, no cost.
    pub fn offline() -> Self {
        Self {
            script: Arc::new(OfflineScript),
            speech: Arc::new(OfflineSpeech::default()),
            images: Arc::new(OfflineImages),
            music: Arc::new(OfflineMusic),
        }
    }
}
