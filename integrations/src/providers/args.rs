//! Which providers are asked, as the command line and the environment say.

mod makers;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use secrecy::{ExposeSecret, SecretString};

pub use makers::ProvidersError;

use crate::images::GptImageQuality;
use crate::vendor::Prices;

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
    /// How well it draws; high costs about four times as much as medium, low a
    /// quarter
    #[arg(
        long,
        env = "OPENAI_IMAGE_QUALITY",
        value_enum,
        default_value_t,
        global = true
    )]
    openai_image_quality: GptImageQuality,
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

impl ProviderArgs {
    /// The built-in table under one's own.
    ///
    /// # Errors
    /// [`ProvidersError`] when one's own cannot be read.
    pub fn prices(&self) -> Result<Prices, ProvidersError> {
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
