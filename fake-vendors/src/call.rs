use serde_json::Value;

/// What can be asked of the providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `POST /openai/v1/chat/completions`
    OpenAiChat,
    /// `POST /anthropic/v1/messages`
    AnthropicMessages,
}

/// A request that had the right key and the right form.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub operation: Operation,
    /// As it was sent, where it was JSON; the fields of a form otherwise.
    pub request: Value,
    /// It was answered in full, so it costs.
    pub is_answered: bool,
}
