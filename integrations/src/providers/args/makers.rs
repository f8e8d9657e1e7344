//! From settings to makers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;

use super::{ImageProvider, ProviderArgs, ScriptProvider, SpeechProvider, key, text};
use crate::images::{Flux, GptImage, ImageMaker, ModelPainter, OfflineImages, StableImage};
use crate::providers::{Chain, Providers};
use crate::script::{Claude, ModelWriter, OfflineScript, OpenAi, ScriptWriter};
use crate::speech::{ElevenLabs, ModelSpeaker, OfflineSpeech, OpenAiSpeech, SpeechMaker};
use crate::vendor::{Account, AccountError, Makes, PriceError, Prices};
use crate::{PromptError, Prompts, ProviderError, openai};

#[derive(Debug, thiserror::Error)]
pub enum ProvidersError {
    #[error(
        "{setting} is not set, and a list of providers names who needs it; set it, or leave them out"
    )]
    Missing { setting: &'static str },
    #[error("{setting} is not set, and no model of theirs has a price; set it")]
    NoModel { setting: &'static str },
    #[error("{setting}: {given:?} is nobody; choose of {known}, with commas between")]
    Nobody {
        setting: &'static str,
        given: String,
        known: String,
    },
    #[error(transparent)]
    Address(#[from] AccountError),
    #[error(transparent)]
    Price(#[from] PriceError),
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error("PRICE_TABLE {} cannot be read", file.display())]
    PriceTable {
        file: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Client(#[from] ProviderError),
}

/// A provider of which there is one address and one key.
struct Vendor<'a> {
    name: &'static str,
    key: (&'static str, Option<&'a SecretString>),
    base: (&'static str, Option<&'a String>, &'static str),
}

/// What the makers are made of.
struct Means {
    prompts: Prompts,
    prices: Prices,
}

impl ProviderArgs {
    /// `prompts` is the folder of edited prompts, which need not exist.
    ///
    /// # Errors
    /// [`ProvidersError`] naming the setting that is missing or wrong.
    pub fn providers(&self, prompts: &Path) -> Result<Providers, ProvidersError> {
        let means = Means {
            prices: self.prices()?,
            prompts: Prompts::open(prompts)?,
        };
        let scripts = self.script_order()?.into_iter();
        let speech = self.speech_order()?.into_iter();
        let images = self.image_order()?.into_iter();
        let scripts: Vec<_> = scripts
            .map(|provider| self.writer(provider, &means))
            .collect::<Result<_, _>>()?;
        let speech: Vec<_> = speech
            .map(|provider| self.speaker(provider, &means))
            .collect::<Result<_, _>>()?;
        let images: Vec<_> = images
            .map(|provider| self.painter(provider, &means))
            .collect::<Result<_, _>>()?;
        let offline = Providers::offline();
        Ok(Providers {
            script: Chain::try_new(scripts).unwrap_or(offline.script),
            speech: Chain::try_new(speech).unwrap_or(offline.speech),
            images: Chain::try_new(images).unwrap_or(offline.images),
            music: offline.music,
        })
    }

    fn writer(
        &self,
        provider: ScriptProvider,
        means: &Means,
    ) -> Result<Arc<dyn ScriptWriter>, ProvidersError> {
        let (prompts, prices) = (means.prompts.clone(), &means.prices);
        Ok(match provider {
            ScriptProvider::Offline => Arc::new(OfflineScript),
            ScriptProvider::Openai => {
                let name = match self.is_compatible() {
                    true => openai::COMPATIBLE,
                    false => openai::NAME,
                };
                let account = self.openai()?;
                let given = ("OPENAI_SCRIPT_MODEL", self.openai_script_model.as_ref());
                let model = means.model(given, name, Makes::Scripts)?;
                let model = OpenAi::try_new(name, model, account)?;
                Arc::new(ModelWriter::try_new(model, prompts, prices)?)
            }
            ScriptProvider::Anthropic => {
                let vendor = Vendor {
                    name: Claude::NAME,
                    key: ("ANTHROPIC_API_KEY", self.anthropic_api_key.as_ref()),
                    base: (
                        "ANTHROPIC_BASE_URL",
                        self.anthropic_base_url.as_ref(),
                        Claude::BASE,
                    ),
                };
                let given = (
                    "ANTHROPIC_SCRIPT_MODEL",
                    self.anthropic_script_model.as_ref(),
                );
                let model = means.model(given, vendor.name, Makes::Scripts)?;
                let model = Claude::try_new(model, vendor.account()?)?;
                Arc::new(ModelWriter::try_new(model, prompts, prices)?)
            }
        })
    }

    fn speaker(
        &self,
        provider: SpeechProvider,
        means: &Means,
    ) -> Result<Arc<dyn SpeechMaker>, ProvidersError> {
        let prices = &means.prices;
        Ok(match provider {
            SpeechProvider::Offline => Arc::new(OfflineSpeech::default()),
            SpeechProvider::Openai => {
                let given = ("OPENAI_SPEECH_MODEL", self.openai_speech_model.as_ref());
                let voice = means.model(given, openai::NAME, Makes::Speech)?;
                let given = (
                    "OPENAI_TRANSCRIPTION_MODEL",
                    self.openai_transcription_model.as_ref(),
                );
                let ear = means.model(given, openai::NAME, Makes::Transcripts)?;
                let model = OpenAiSpeech::try_new(voice, ear, self.openai()?)?;
                Arc::new(ModelSpeaker::try_new(model, prices)?)
            }
            SpeechProvider::Elevenlabs => {
                let vendor = Vendor {
                    name: ElevenLabs::NAME,
                    key: ("ELEVENLABS_API_KEY", self.elevenlabs_api_key.as_ref()),
                    base: (
                        "ELEVENLABS_BASE_URL",
                        self.elevenlabs_base_url.as_ref(),
                        ElevenLabs::BASE,
                    ),
                };
                let given = ("ELEVENLABS_MODEL", self.elevenlabs_model.as_ref());
                let model = means.model(given, vendor.name, Makes::Speech)?;
                let model = ElevenLabs::try_new(model, vendor.account()?)?;
                Arc::new(ModelSpeaker::try_new(model, prices)?)
            }
        })
    }

    fn painter(
        &self,
        provider: ImageProvider,
        means: &Means,
    ) -> Result<Arc<dyn ImageMaker>, ProvidersError> {
        let (prompts, prices) = (means.prompts.clone(), &means.prices);
        Ok(match provider {
            ImageProvider::Offline => Arc::new(OfflineImages),
            ImageProvider::Openai => {
                let given = ("OPENAI_IMAGE_MODEL", self.openai_image_model.as_ref());
                let model = means.model(given, openai::NAME, Makes::Images)?;
                let quality = self.openai_image_quality;
                let model = GptImage::try_new(model, quality, self.openai()?)?;
                Arc::new(ModelPainter::try_new(model, prompts, prices)?)
            }
            ImageProvider::Fal => {
                let vendor = Vendor {
                    name: Flux::NAME,
                    key: ("FAL_KEY", self.fal_key.as_ref()),
                    base: ("FAL_BASE_URL", self.fal_base_url.as_ref(), Flux::BASE),
                };
                let given = ("FAL_MODEL", self.fal_model.as_ref());
                let model = means.model(given, vendor.name, Makes::Images)?;
                let model = Flux::try_new(model, vendor.account()?)?;
                Arc::new(ModelPainter::try_new(model, prompts, prices)?)
            }
            ImageProvider::Stability => {
                let vendor = Vendor {
                    name: StableImage::NAME,
                    key: ("STABILITY_API_KEY", self.stability_api_key.as_ref()),
                    base: (
                        "STABILITY_BASE_URL",
                        self.stability_base_url.as_ref(),
                        StableImage::BASE,
                    ),
                };
                let given = ("STABILITY_MODEL", self.stability_model.as_ref());
                let model = means.model(given, vendor.name, Makes::Images)?;
                let model = StableImage::try_new(model, vendor.account()?)?;
                Arc::new(ModelPainter::try_new(model, prompts, prices)?)
            }
        })
    }

    fn openai(&self) -> Result<Account, ProvidersError> {
        let key = key(self.openai_api_key.as_ref());
        let base = text(self.openai_base_url.as_ref());
        if key.is_none() && base.is_none() {
            let setting = "OPENAI_API_KEY";
            return Err(ProvidersError::Missing { setting });
        }
        let base = base.unwrap_or(openai::BASE);
        Ok(Account::try_new("OPENAI_BASE_URL", base, key.cloned())?)
    }
}

impl Vendor<'_> {
    fn account(&self) -> Result<Account, ProvidersError> {
        let (setting, given) = self.key;
        let key = key(given).ok_or(ProvidersError::Missing { setting })?;
        let (setting, given, usual) = self.base;
        let base = text(given).unwrap_or(usual);
        Ok(Account::try_new(setting, base, Some(key.clone()))?)
    }
}

impl Means {
    /// The one that is set, or the first that has a price.
    fn model<'a>(
        &'a self,
        given: (&'static str, Option<&'a String>),
        provider: &str,
        makes: Makes,
    ) -> Result<&'a str, ProvidersError> {
        let (setting, given) = given;
        text(given)
            .or_else(|| self.prices.first_model(provider, makes))
            .ok_or(ProvidersError::NoModel { setting })
    }
}
