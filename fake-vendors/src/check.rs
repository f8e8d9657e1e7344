//! Whether a request is one that the provider takes.

use serde_json::Value;

use crate::Operation;

impl Operation {
    fn schema(self) -> &'static str {
        match self {
            Self::OpenAiChat => include_str!("../schemas/openai/chat.json"),
            Self::AnthropicMessages => include_str!("../schemas/anthropic/messages.json"),
            Self::ElevenLabsSpeech => include_str!("../schemas/elevenlabs/speech.json"),
            Self::ElevenLabsVoices => include_str!("../schemas/elevenlabs/voices.json"),
            Self::OpenAiSpeech => include_str!("../schemas/openai/speech.json"),
            Self::OpenAiTranscription => include_str!("../schemas/openai/transcription.json"),
        }
    }

    /// What is wrong with a request, if anything.
    pub(crate) fn check(self, request: &Value) -> Result<(), String> {
        let schema: Value = serde_json::from_str(self.schema()).expect("a test reads it");
        let validator = jsonschema::validator_for(&schema).expect("a test reads it");
        let problems: Vec<_> = validator
            .iter_errors(request)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        if problems.is_empty() {
            return Ok(());
        }
        Err(problems.join("; "))
    }
}
