//! Whether a request is one that the provider takes.

use serde_json::Value;

use crate::Operation;

impl Operation {
    /// None for what takes nothing but an address.
    fn schema(self) -> Option<&'static str> {
        Some(match self {
            Self::OpenAiChat => include_str!("../schemas/openai/chat.json"),
            Self::OpenAiImages => include_str!("../schemas/openai/images.json"),
            Self::AnthropicMessages => include_str!("../schemas/anthropic/messages.json"),
            Self::StabilityCore => include_str!("../schemas/stability/core.json"),
            Self::StabilityUltra => include_str!("../schemas/stability/ultra.json"),
            Self::StabilitySd3 => include_str!("../schemas/stability/sd3.json"),
            Self::FalSubmit => include_str!("../schemas/fal/submit.json"),
            Self::FalStatus | Self::FalResult | Self::FalCancel | Self::FalMedia => return None,
            Self::ElevenLabsSpeech => include_str!("../schemas/elevenlabs/speech.json"),
            Self::ElevenLabsVoices => include_str!("../schemas/elevenlabs/voices.json"),
            Self::OpenAiSpeech => include_str!("../schemas/openai/speech.json"),
            Self::OpenAiTranscription => include_str!("../schemas/openai/transcription.json"),
        })
    }

    /// What is wrong with a request, if anything.
    pub(crate) fn check(self, request: &Value) -> Result<(), String> {
        let Some(schema) = self.schema() else {
            return Ok(());
        };
        let schema: Value = serde_json::from_str(schema).expect("a test reads it");
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
