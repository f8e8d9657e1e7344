//! Who makes what.

use std::sync::Arc;

use crate::images::ImageMaker;
use crate::music::MusicMaker;
use crate::script::ScriptWriter;
use crate::speech::SpeechMaker;

/// One maker for each thing a video is made of.
#[derive(Clone)]
pub struct Providers {
    pub script: Arc<dyn ScriptWriter>,
    pub speech: Arc<dyn SpeechMaker>,
    pub images: Arc<dyn ImageMaker>,
    pub music: Arc<dyn MusicMaker>,
}
