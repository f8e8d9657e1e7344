//! Scripts by language models.
//!
//! What differs between providers is behind [`LanguageModel`]: one conversation
//! in, one answer out. What a script must be, and that a wrong answer is asked for
//! once more with what was wrong, is the same for all.

mod anthropic;
mod draft;
mod openai;
mod writer;

pub use anthropic::Claude;
pub use openai::OpenAi;
pub use writer::ModelWriter;

use async_trait::async_trait;
use domain::{Usage, UsageUnit};
use serde_json::{Value, json};

use crate::{Observer, ProviderError};

/// A model that answers with JSON of a schema.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// Short stable name of who runs it: `openai`, `anthropic`, ...
    fn name(&self) -> &str;

    /// As whoever runs it calls it.
    fn model(&self) -> &str;

    async fn answer(
        &self,
        conversation: &Conversation,
        observer: &Observer,
    ) -> Result<Said, ProviderError>;
}

pub struct Conversation {
    /// What the model is to do; nothing of it is from users.
    pub(crate) instructions: String,
    /// The user's turn first, then the model's, and so on.
    pub(crate) turns: Vec<String>,
    /// Of the answer.
    pub(crate) schema: Value,
}

impl Conversation {
    /// Each turn as the object that every provider knows.
    fn roles(&self) -> impl Iterator<Item = Value> {
        let turns = self.turns.iter().zip(["user", "assistant"].iter().cycle());
        turns.map(|(text, role)| json!({ "role": role, "content": text }))
    }
}

pub struct Said {
    pub(crate) text: String,
    /// The answer is longer than the model may write.
    pub(crate) is_cut: bool,
    pub(crate) usage: Vec<Usage>,
}

/// What a call is charged for that read and wrote so many tokens.
fn tokens(read: u64, written: u64) -> Vec<Usage> {
    let used = |unit, amount| Usage { unit, amount };
    vec![
        used(UsageUnit::InputTokens, read),
        used(UsageUnit::OutputTokens, written),
    ]
}

/// The same, before it is answered: no token is shorter than a byte.
fn at_most(asked: &str) -> Vec<Usage> {
    tokens(asked.len() as u64, ANSWER_TOKENS.into())
}

/// Tokens that an answer may have: a script has 500, thoughts about it more.
const ANSWER_TOKENS: u32 = 8_000;
/// Bytes that a whole answer may have.
const ANSWER_BYTES: usize = 1024 * 1024;
