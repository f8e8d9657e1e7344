use std::sync::Arc;

use async_trait::async_trait;
use domain::settings::Language;
use domain::video::output::Script;
use domain::{Provider, Usage};
use serde_json::json;

use super::draft::{self, Draft, wanted_seconds};
use super::{Conversation, LanguageModel, Said};
use crate::journal::PriceList;
use crate::script::{ScriptRequest, ScriptWriter};
use crate::vendor::{Price, PriceError, Prices};
use crate::{Observer, Prompts, ProviderError};

/// A first answer that cannot be used is asked for once more.
const ANSWERS: usize = 2;

/// Writes scripts with a language model.
pub struct ModelWriter<M> {
    model: M,
    prompts: Prompts,
    price: Price,
    prices: Arc<PriceList>,
}

impl<M: LanguageModel> ModelWriter<M> {
    /// # Errors
    /// [`PriceError::Unknown`] for a model whose costs could not be told.
    pub fn try_new(model: M, prompts: Prompts, prices: &Prices) -> Result<Self, PriceError> {
        let price = if model.name() == crate::openai::COMPATIBLE {
            prices
                .of(model.name(), model.model())
                .unwrap_or_else(|_| Price::nothing())
        } else {
            prices.of(model.name(), model.model())?
        };
        let prices = Arc::new(vec![(model.model().to_owned(), price.clone())]);
        Ok(Self {
            model,
            prompts,
            price,
            prices,
        })
    }

    /// The topic is data: it stands in a value of its own, in the user's turn.
    fn conversation(&self, request: &ScriptRequest) -> Conversation {
        let seconds = wanted_seconds(request);
        let length = length(request.language, seconds);
        let asked = json!({
            "topic": request.topic.as_str(),
            "seconds": request.duration.seconds(),
            "length": length,
        });
        Conversation {
            instructions: self.prompts.instructions(request, &length),
            turns: vec![asked.to_string()],
            schema: draft::schema(),
        }
    }

    fn provider(&self, request: &ScriptRequest, usage: &[Usage]) -> Provider {
        Provider {
            name: self.model.name().to_owned(),
            model: self.model.model().to_owned(),
            cost: self.price.cost(usage),
            usage: usage.to_vec(),
            prompt: Some(self.prompts.script_version(request.niche)),
        }
    }

    fn read(
        &self,
        said: &Said,
        request: &ScriptRequest,
        usage: &[Usage],
    ) -> Result<Script, String> {
        if said.is_cut {
            return Err("the answer was cut off; write a shorter one".to_owned());
        }
        let draft: Draft = serde_json::from_str(&said.text)
            .map_err(|error| format!("the answer is not JSON of the schema: {error}"))?;
        draft
            .check(request, self.provider(request, usage))
            .map_err(|error| error.to_string())
    }
}

#[async_trait]
impl<M: LanguageModel> ScriptWriter for ModelWriter<M> {
    fn name(&self) -> &str {
        self.model.name()
    }

    async fn write(
        &self,
        request: &ScriptRequest,
        observer: &Observer,
    ) -> Result<Script, ProviderError> {
        let paying = observer.priced(&self.prices);
        let mut conversation = self.conversation(request);
        let mut usage = Vec::new();
        let mut answers = 0;
        loop {
            let said = self.model.answer(&conversation, &paying).await?;
            add(&mut usage, &said.usage);
            answers += 1;
            match self.read(&said, request, &usage) {
                Ok(script) => {
                    observer.progress(1, 1);
                    return Ok(script);
                }
                Err(_) if answers == ANSWERS => {
                    return Err(ProviderError::Malformed {
                        problem: "it is no script, and asking again did not mend it".to_owned(),
                    });
                }
                Err(problem) => {
                    conversation.turns.push(spoken(said.text));
                    conversation.turns.push(format!(
                        "That cannot be used: {problem}. Answer again, whole and corrected."
                    ));
                }
            }
        }
    }
}

/// How long a narration is, in the words of its language.
fn length(language: Language, seconds: f64) -> String {
    let (rate, unit) = draft::rate(language);
    format!("{:.0} {unit}", seconds * rate)
}

fn add(usage: &mut Vec<Usage>, more: &[Usage]) {
    for used in more {
        match usage.iter_mut().find(|known| known.unit == used.unit) {
            Some(known) => known.amount += used.amount,
            None => usage.push(*used),
        }
    }
}

/// Providers take no empty turn.
fn spoken(text: String) -> String {
    if text.trim().is_empty() {
        return "(no answer)".to_owned();
    }
    text
}
