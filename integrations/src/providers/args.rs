//! Which providers are asked, as the command line and the environment say.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use secrecy::{ExposeSecret, SecretString};

use super::{Chain, Providers};
use crate::openai;
use crate::script::{Claude, ModelWriter, OfflineScript, OpenAi, ScriptWriter};
use crate::vendor::{Account, AccountError, PriceError, Prices};
use crate::{PromptError, Prompts, ProviderError};

/// Empty values count as none: that is how compose files leave things out.
#[derive(Debug, Clone, Default, Args)]
pub struct ProviderArgs {
    /// Key of OpenAI, to have scripts written there
    #[arg(
        long,
        env = "OPENAI_API_KEY",
        hide_env_values = true,
        value_name = "KEY",
        global = true
    )]
    openai_api_key: Option<SecretString>,
    /// Address of a server that speaks like OpenAI, such as
    /// http://127.0.0.1:11434/v1; it may need no key, and asks for no money
    #[arg(long, env = "OPENAI_BASE_URL", value_name = "URL", global = true)]
    openai_base_url: Option<String>,
    /// Model that writes scripts there; by default the first of OpenAI's in the
    /// table of prices
    #[arg(long, env = "OPENAI_SCRIPT_MODEL", value_name = "MODEL", global = true)]
    openai_script_model: Option<String>,
    /// Key of Anthropic, to have scripts written there
    #[arg(
        long,
        env = "ANTHROPIC_API_KEY",
        hide_env_values = true,
        value_name = "KEY",
        global = true
    )]
    anthropic_api_key: Option<SecretString>,
    /// Address of Anthropic, if it is reached by another
    #[arg(long, env = "ANTHROPIC_BASE_URL", value_name = "URL", global = true)]
    anthropic_base_url: Option<String>,
    /// Model that writes scripts there; by default the first of Anthropic's in
    /// the table of prices
    #[arg(
        long,
        env = "ANTHROPIC_SCRIPT_MODEL",
        value_name = "MODEL",
        global = true
    )]
    anthropic_script_model: Option<String>,
    /// Who is asked for scripts, in this order, with commas between; by default
    /// those whose keys are set, and without any the program itself
    #[arg(
        long,
        env = "SCRIPT_PROVIDERS",
        value_enum,
        value_delimiter = ',',
        value_name = "NAMES",
        global = true
    )]
    script_providers: Vec<ScriptProvider>,
    /// Table of prices of your own, which has the first word: a file like
    /// integrations/prices.toml
    #[arg(long, env = "PRICE_TABLE", value_name = "FILE", global = true)]
    price_table: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ScriptProvider {
    Openai,
    Anthropic,
    Offline,
}

#[derive(Debug, thiserror::Error)]
pub enum ProvidersError {
    #[error(
        "{setting} is not set, and SCRIPT_PROVIDERS names who needs it; set it, or leave them out"
    )]
    Missing { setting: &'static str },
    #[error("{setting} is not set, and no model of theirs has a price; set it")]
    NoModel { setting: &'static str },
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

impl ProviderArgs {
    /// `prompts` is the folder of edited prompts, which need not exist.
    ///
    /// # Errors
    /// [`ProvidersError`] naming the setting that is missing or wrong.
    pub fn providers(&self, prompts: &Path) -> Result<Providers, ProvidersError> {
        let prices = self.prices()?;
        let prompts = Prompts::open(prompts)?;
        let mut writers = Vec::new();
        for provider in self.script_order() {
            writers.push(self.writer(provider, &prompts, &prices)?);
        }
        Ok(Providers {
            script: Chain::try_new(writers).unwrap_or_else(|| Providers::offline().script),
            ..Providers::offline()
        })
    }

    fn prices(&self) -> Result<Prices, ProvidersError> {
        let built_in = Prices::built_in();
        let Some(file) = self
            .price_table
            .as_ref()
            .filter(|file| file.as_os_str() != "")
        else {
            return Ok(built_in);
        };
        let text = fs::read_to_string(file).map_err(|source| ProvidersError::PriceTable {
            file: file.clone(),
            source,
        })?;
        Ok(Prices::try_parse(&text)?.over(built_in))
    }

    fn script_order(&self) -> Vec<ScriptProvider> {
        if !self.script_providers.is_empty() {
            return self.script_providers.clone();
        }
        let has_openai = key(self.openai_api_key.as_ref()).is_some()
            || text(self.openai_base_url.as_ref()).is_some();
        let has_anthropic = key(self.anthropic_api_key.as_ref()).is_some();
        let openai = has_openai.then_some(ScriptProvider::Openai);
        let anthropic = has_anthropic.then_some(ScriptProvider::Anthropic);
        openai.into_iter().chain(anthropic).collect()
    }

    fn writer(
        &self,
        provider: ScriptProvider,
        prompts: &Prompts,
        prices: &Prices,
    ) -> Result<Arc<dyn ScriptWriter>, ProvidersError> {
        let prompts = prompts.clone();
        match provider {
            ScriptProvider::Offline => Ok(Arc::new(OfflineScript)),
            ScriptProvider::Openai => {
                let base = text(self.openai_base_url.as_ref());
                let key = key(self.openai_api_key.as_ref());
                let name = match base {
                    None if key.is_none() => {
                        let setting = "OPENAI_API_KEY";
                        return Err(ProvidersError::Missing { setting });
                    }
                    None => openai::NAME,
                    Some(_) => openai::COMPATIBLE,
                };
                let account = Account::try_new(
                    "OPENAI_BASE_URL",
                    base.unwrap_or(openai::BASE),
                    key.cloned(),
                )?;
                let model = text(self.openai_script_model.as_ref());
                let model = model.or_else(|| prices.first_model(name));
                let setting = "OPENAI_SCRIPT_MODEL";
                let model = model.ok_or(ProvidersError::NoModel { setting })?;
                let model = OpenAi::try_new(name, model, account)?;
                Ok(Arc::new(ModelWriter::try_new(model, prompts, prices)?))
            }
            ScriptProvider::Anthropic => {
                let setting = "ANTHROPIC_API_KEY";
                let key = key(self.anthropic_api_key.as_ref());
                let key = key.ok_or(ProvidersError::Missing { setting })?;
                let base = text(self.anthropic_base_url.as_ref()).unwrap_or(Claude::BASE);
                let account = Account::try_new("ANTHROPIC_BASE_URL", base, Some(key.clone()))?;
                let model = text(self.anthropic_script_model.as_ref());
                let model = model.or_else(|| prices.first_model(Claude::NAME));
                let setting = "ANTHROPIC_SCRIPT_MODEL";
                let model = model.ok_or(ProvidersError::NoModel { setting })?;
                let model = Claude::try_new(model, account)?;
                Ok(Arc::new(ModelWriter::try_new(model, prompts, prices)?))
            }
        }
    }
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

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        args: ProviderArgs,
    }

    fn writers(arguments: &[&str]) -> Result<Vec<String>, String> {
        let program = Program::try_parse_from([&["narrate"], arguments].concat());
        let program = program.map_err(|error| error.to_string())?;
        let providers = program.args.providers(Path::new("no-such-folder"));
        let providers = providers.map_err(|error| error.to_string())?;
        let names = providers
            .script
            .iter()
            .map(|writer| writer.name().to_owned());
        Ok(names.collect())
    }

    #[test]
    fn keys_say_who_is_asked_and_without_any_the_program_itself_is() {
        for (arguments, names) in [
            (&[][..], &["offline"][..]),
            (&["--openai-api-key", ""], &["offline"]),
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
            (&["--script-providers", "hal"], "[possible values: "),
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
}
