//! Who makes what.

mod args;

use std::sync::Arc;

pub use args::{ProviderArgs, ProvidersError};

use crate::ProviderError;
use crate::images::{ImageMaker, OfflineImages};
use crate::music::{MusicMaker, OfflineMusic};
use crate::script::{OfflineScript, ScriptWriter};
use crate::speech::{OfflineSpeech, SpeechMaker, VoiceInfo};

/// The makers of each thing that a video is made of.
#[derive(Clone)]
pub struct Providers {
    pub script: Chain<dyn ScriptWriter>,
    pub speech: Chain<dyn SpeechMaker>,
    pub images: Chain<dyn ImageMaker>,
    pub music: Arc<dyn MusicMaker>,
}

/// Makers of one thing, one at least, in the order in which they are asked.
pub struct Chain<M: ?Sized>(Vec<Arc<M>>);

impl Providers {
    /// The makers inside the program: no key, no network, no cost.
    pub fn offline() -> Self {
        Self {
            script: Chain::of(Arc::new(OfflineScript)),
            speech: Chain::of(Arc::new(OfflineSpeech::default())),
            images: Chain::of(Arc::new(OfflineImages)),
            music: Arc::new(OfflineMusic),
        }
    }
}

impl<M: ?Sized> Chain<M> {
    pub fn of(first: Arc<M>) -> Self {
        Self(vec![first])
    }

    /// None of nobody.
    pub fn try_new(makers: Vec<Arc<M>>) -> Option<Self> {
        (!makers.is_empty()).then_some(Self(makers))
    }

    /// The same, with one more who is asked when the others fail.
    #[must_use]
    pub fn then(mut self, next: Arc<M>) -> Self {
        self.0.push(next);
        self
    }

    pub fn first(&self) -> &Arc<M> {
        &self.0[0]
    }

    /// Those of whom this is true; all, when it is of nobody.
    #[must_use]
    pub fn those(&self, is_one: impl Fn(&M) -> bool) -> Self {
        let wanted = self.0.iter().filter(|maker| is_one(maker));
        Self::try_new(wanted.cloned().collect()).unwrap_or_else(|| self.clone())
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Arc<M>> {
        self.0.iter()
    }
}

impl Chain<dyn SpeechMaker> {
    /// What any of them can speak with, by who is asked first.
    ///
    /// # Errors
    /// The first failure, when nobody says.
    pub async fn voices(&self) -> Result<Vec<VoiceInfo>, ProviderError> {
        let mut failure = None;
        let mut voices: Vec<VoiceInfo> = Vec::new();
        for maker in &self.0 {
            match maker.voices().await {
                Ok(theirs) => {
                    for voice in theirs {
                        if !voices.iter().any(|known| known.id == voice.id) {
                            voices.push(voice);
                        }
                    }
                }
                Err(error) => {
                    tracing::warn!(
                        provider = maker.name(),
                        error = &error as &dyn std::error::Error,
                        "the voices of a provider are not known now"
                    );
                    failure.get_or_insert(error);
                }
            }
        }
        match failure {
            Some(error) if voices.is_empty() => Err(error),
            _ => Ok(voices),
        }
    }
}

impl<M: ?Sized> Clone for Chain<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
