//! Which providers are asked, as the command line and the environment say.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use secrecy::{ExposeSecret, SecretString};

use super::{Chain, Providers};
use crate::images::{
    Flux, GptImage, GptImageQuality, ImageMaker, ModelPainter, OfflineImages, StableImage,
};
use crate::script::{Claude, ModelWriter, OfflineScript, OpenAi, ScriptWriter};
use crate::speech::{ElevenLabs, ModelSpeaker, OfflineSpeech, OpenAiSpeech, SpeechMaker};
use crate::vendor::{Account, AccountError, Makes, PriceError, Prices};
use crate::{PromptError, Prompts, ProviderError, openai};

/// Empty values count as none: that is how compose files leave things out.
#[derive(Debug, Clone, Default, Args)]
pub struct ProviderArgs {
    /// Key of OpenAI
    #[arg(
        long,
        env = "OPENAI_API_KEY",
        hide_env_values = true,
        value_name = "KEY",
        global = true
    )]
    openai_api_key: Option<SecretString>,
    /// Address of a server that speaks like OpenAI, such as
    /// http://127.0.0.1:11434/v1; it is asked for scripts, may need no key, and
    /// costs nothing
    #[arg(long, env = "OPENAI_BASE_URL", value_name = "URL", global = true)]
    openai_base_url: Option<String>,
    /// Model that writes scripts there; by default of each provider and kind of
    /// work the first in the table of prices
    #[arg(long, env = "OPENAI_SCRIPT_MODEL", value_name = "MODEL", global = true)]
    openai_script_model: Option<String>,
    /// Model that speaks there
    #[arg(long, env = "OPENAI_SPEECH_MODEL", value_name = "MODEL", global = true)]
    openai_speech_model: Option<String>,
    /// Model that times there what was spoken
    #[arg(
        long,
        env = "OPENAI_TRANSCRIPTION_MODEL",
        value_name = "MODEL",
        global = true
    )]
    openai_transcription_model: Option<String>,
    /// Model that draws there
    #[arg(long, env = "OPENAI_IMAGE_MODEL", value_name = "MODEL", global = true)]
    openai_image_model: Option<String>,
    /// Key of Anthropic, for scripts
    #[arg(
        long,
        env = "ANTHROPIC_API_KEY",
        hide_env_values = true,
        value_name = "KEY",
        global = true
    )]
    anthropic_api_key: Option<SecretString>,
    /// Model that writes scripts there
    #[arg(
        long,
        env = "ANTHROPIC_SCRIPT_MODEL",
        value_name = "MODEL",
        global = true
    )]
    anthropic_script_model: Option<String>,
    /// Key of ElevenLabs, for speech
    #[arg(
        long,
        env = "ELEVENLABS_API_KEY",
        hide_env_values = true,
        value_name = "KEY",
        global = true
    )]
    elevenlabs_api_key: Option<SecretString>,
    /// Model that speaks there
    #[arg(long, env = "ELEVENLABS_MODEL", value_name = "MODEL", global = true)]
    elevenlabs_model: Option<String>,
    /// Key of fal, for pictures
    #[arg(
        long,
        env = "FAL_KEY",
        hide_env_values = true,
        value_name = "KEY",
        global = true
    )]
    fal_key: Option<SecretString>,
    /// Model that draws there
    #[arg(long, env = "FAL_MODEL", value_name = "MODEL", global = true)]
    fal_model: Option<String>,
    /// Key of Stability AI, for pictures
    #[arg(
        long,
        env = "STABILITY_API_KEY",
        hide_env_values = true,
        value_name = "KEY",
        global = true
    )]
    stability_api_key: Option<SecretString>,
    /// Model that draws there
    #[arg(long, env = "STABILITY_MODEL", value_name = "MODEL", global = true)]
    stability_model: Option<String>,
    /// Who is asked for scripts, in this order, with commas between; by default
    /// those whose keys are set, and without any the program itself
    #[arg(long, env = "SCRIPT_PROVIDERS", value_name = "NAMES", global = true)]
    script_providers: Option<String>,
    /// Who is asked to speak; the voice decides among those that know it
    #[arg(long, env = "SPEECH_PROVIDERS", value_name = "NAMES", global = true)]
    speech_providers: Option<String>,
    /// Who is asked for pictures, in this order
    #[arg(long, env = "IMAGE_PROVIDERS", value_name = "NAMES", global = true)]
    image_providers: Option<String>,
    /// Table of prices of your own, which has the first word: a file like
    /// integrations/prices.toml
    #[arg(long, env = "PRICE_TABLE", value_name = "FILE", global = true)]
    price_table: Option<PathBuf>,
    /// Where Anthropic is, if it is reached by another address
    #[arg(
        long,
        env = "ANTHROPIC_BASE_URL",
        value_name = "URL",
        global = true,
        hide = true
    )]
    anthropic_base_url: Option<String>,
    #[arg(
        long,
        env = "ELEVENLABS_BASE_URL",
        value_name = "URL",
        global = true,
        hide = true
    )]
    elevenlabs_base_url: Option<String>,
    #[arg(
        long,
        env = "FAL_BASE_URL",
        value_name = "URL",
        global = true,
        hide = true
    )]
    fal_base_url: Option<String>,
    #[arg(
        long,
        env = "STABILITY_BASE_URL",
        value_name = "URL",
        global = true,
        hide = true
    )]
    stability_base_url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ScriptProvider {
    Openai,
    Anthropic,
    Offline,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SpeechProvider {
    Elevenlabs,
    Openai,
    Offline,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ImageProvider {
    Fal,
    Openai,
    Stability,
    Offline,
}

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

    fn prices(&self) -> Result<Prices, ProvidersError> {
        let built_in = Prices::built_in();
        let given = self.price_table.as_ref();
        let Some(file) = given.filter(|file| !file.as_os_str().is_empty()) else {
            return Ok(built_in);
        };
        let text = fs::read_to_string(file).map_err(|source| ProvidersError::PriceTable {
            file: file.clone(),
            source,
        })?;
        Ok(Prices::try_parse(&text)?.over(built_in))
    }

    fn has_openai(&self) -> bool {
        key(self.openai_api_key.as_ref()).is_some()
    }

    /// A server that speaks like OpenAI may do no more than write.
    fn is_compatible(&self) -> bool {
        text(self.openai_base_url.as_ref()).is_some()
    }

    fn script_order(&self) -> Result<Vec<ScriptProvider>, ProvidersError> {
        use ScriptProvider as P;
        in_order(
            "SCRIPT_PROVIDERS",
            self.script_providers.as_ref(),
            [
                (P::Openai, self.has_openai() || self.is_compatible()),
                (P::Anthropic, key(self.anthropic_api_key.as_ref()).is_some()),
            ],
        )
    }

    /// The program's own voices stay, whatever keys are set.
    fn speech_order(&self) -> Result<Vec<SpeechProvider>, ProvidersError> {
        use SpeechProvider as P;
        in_order(
            "SPEECH_PROVIDERS",
            self.speech_providers.as_ref(),
            [
                (
                    P::Elevenlabs,
                    key(self.elevenlabs_api_key.as_ref()).is_some(),
                ),
                (P::Openai, self.has_openai() && !self.is_compatible()),
                (P::Offline, true),
            ],
        )
    }

    fn image_order(&self) -> Result<Vec<ImageProvider>, ProvidersError> {
        use ImageProvider as P;
        in_order(
            "IMAGE_PROVIDERS",
            self.image_providers.as_ref(),
            [
                (P::Fal, key(self.fal_key.as_ref()).is_some()),
                (P::Openai, self.has_openai() && !self.is_compatible()),
                (P::Stability, key(self.stability_api_key.as_ref()).is_some()),
            ],
        )
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
                let quality = GptImageQuality::Medium;
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

/// Those that are named, or those of whom it is known that they can be asked.
fn in_order<P: ValueEnum>(
    setting: &'static str,
    named: Option<&String>,
    known: impl IntoIterator<Item = (P, bool)>,
) -> Result<Vec<P>, ProvidersError> {
    let Some(named) = text(named) else {
        let can = known.into_iter().filter(|(_, can)| *can);
        return Ok(can.map(|(provider, _)| provider).collect());
    };
    let read = |name: &str| {
        let name = name.trim();
        P::from_str(name, true).map_err(|_| ProvidersError::Nobody {
            setting,
            given: name.to_owned(),
            known: P::value_variants()
                .iter()
                .filter_map(|one| Some(one.to_possible_value()?.get_name().to_owned()))
                .collect::<Vec<_>>()
                .join(", "),
        })
    };
    named.split(',').map(read).collect()
}

fn text(value: Option<&String>) -> Option<&str> {
    value
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
}

fn key(value: Option<&SecretString>) -> Option<&SecretString> {
    value.filter(|key| !key.expose_secret().trim().is_empty())
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use domain::settings::VoiceId;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        args: ProviderArgs,
    }

    fn outcome(arguments: &[&str]) -> Result<Providers, String> {
        let program = Program::try_parse_from([&["narrate"], arguments].concat());
        let program = program.map_err(|error| error.to_string())?;
        let providers = program.args.providers(Path::new("no-such-folder"));
        providers.map_err(|error| error.to_string())
    }

    fn writers(arguments: &[&str]) -> Result<Vec<String>, String> {
        let providers = outcome(arguments)?;
        let names = providers.script.iter();
        Ok(names.map(|writer| writer.name().to_owned()).collect())
    }

    #[test]
    fn keys_say_who_is_asked_and_without_any_the_program_itself_is() {
        for (arguments, names) in [
            (&[][..], &["offline"][..]),
            (
                &["--openai-api-key", "", "--script-providers", ""],
                &["offline"],
            ),
            (&["--openai-api-key", "k"], &["openai"]),
            (
                &["--anthropic-api-key", "k", "--openai-api-key", "k"],
                &["openai", "anthropic"],
            ),
            (
                &[
                    "--openai-api-key",
                    "k",
                    "--anthropic-api-key",
                    "k",
                    "--script-providers",
                    "anthropic,openai,offline",
                ],
                &["anthropic", "openai", "offline"],
            ),
            (
                &[
                    "--openai-base-url",
                    "http://127.0.0.1:11434/v1",
                    "--openai-script-model",
                    "llama",
                ],
                &["openai-compatible"],
            ),
        ] {
            let expected = names.iter().map(ToString::to_string).collect();
            assert_eq!(writers(arguments), Ok(expected), "{arguments:?}");
        }
    }

    #[test]
    fn a_setting_that_is_missing_or_wrong_is_named() {
        for (arguments, says) in [
            (
                &["--script-providers", "anthropic"][..],
                "ANTHROPIC_API_KEY",
            ),
            (&["--script-providers", "openai"], "OPENAI_API_KEY"),
            (
                &["--script-providers", "hal"],
                "SCRIPT_PROVIDERS: \"hal\" is nobody; choose of openai, anthropic, offline",
            ),
            (
                &["--openai-api-key", "k", "--openai-script-model", "gpt-99"],
                "no price for the model gpt-99",
            ),
            (
                &["--openai-base-url", "http://127.0.0.1:11434/v1"],
                "OPENAI_SCRIPT_MODEL is not set",
            ),
            (
                &[
                    "--openai-api-key",
                    "k",
                    "--openai-base-url",
                    "http://models.example",
                ],
                "OPENAI_BASE_URL: is not https",
            ),
            (
                &["--price-table", "no-such-file"],
                "PRICE_TABLE no-such-file",
            ),
        ] {
            let error = writers(arguments).unwrap_err();
            assert!(error.contains(says), "{error} does not say {says}");
        }
    }

    #[test]
    fn speech_and_pictures_are_made_by_whose_keys_are_set_and_own_voices_stay() {
        let all = outcome(&[
            "--openai-api-key",
            "k",
            "--elevenlabs-api-key",
            "k",
            "--fal-key",
            "k",
            "--stability-api-key",
            "k",
        ]);
        let all = all.unwrap();
        let speakers: Vec<_> = all.speech.iter().map(|maker| maker.name()).collect();
        assert_eq!(speakers, ["elevenlabs", "openai", "offline"]);
        let painters: Vec<_> = all.images.iter().map(|maker| maker.name()).collect();
        assert_eq!(painters, ["fal", "openai", "stability"]);

        let who = |voice: &str| {
            let voice = VoiceId::try_new(voice).unwrap();
            let knowing = all.speech.those(|maker| maker.may_know(&voice));
            let names = knowing.iter().map(|maker| maker.name().to_owned());
            names.collect::<Vec<_>>()
        };
        assert_eq!(who("alloy"), ["openai"]);
        assert_eq!(who("21m00Tcm4TlvDq8ikWAM"), ["elevenlabs"]);
        let own = VoiceId::default();
        assert_eq!(who(own.as_str()), ["offline"]);
        assert_eq!(who("nobodys").len(), 3, "then each says so");
    }
}
