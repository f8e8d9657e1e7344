use serde_json::Value;

/// What can be asked of the providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `POST /openai/v1/chat/completions`
    OpenAiChat,
    /// `POST /openai/v1/images/generations`
    OpenAiImages,
    /// `POST /stability/v2beta/stable-image/generate/core`
    StabilityCore,
    /// `POST /stability/v2beta/stable-image/generate/ultra`
    StabilityUltra,
    /// `POST /stability/v2beta/stable-image/generate/sd3`
    StabilitySd3,
    /// `POST /fal/<endpoint>`: a job for the queue.
    FalSubmit,
    /// `GET /fal/<app>/requests/<id>/status`
    FalStatus,
    /// `GET /fal/<app>/requests/<id>`
    FalResult,
    /// `PUT /fal/<app>/requests/<id>/cancel`
    FalCancel,
    /// `GET /fal-media/<name>`: a picture, for everybody.
    FalMedia,
    /// `POST /anthropic/v1/messages`
    AnthropicMessages,
    /// `POST /elevenlabs/v1/text-to-speech/{voice}/with-timestamps`
    ElevenLabsSpeech,
    /// `GET /elevenlabs/v2/voices`
    ElevenLabsVoices,
    /// `POST /openai/v1/audio/speech`
    OpenAiSpeech,
    /// `POST /openai/v1/audio/transcriptions`
    OpenAiTranscription,
}

/// A request that had the right key and the right form.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub operation: Operation,
    /// As it was sent, where it was JSON; the fields of a form or a query
    /// otherwise. What an address says besides JSON is beside it; of fal both
    /// stand in `endpoint` and `input`.
    pub request: Value,
    /// It was answered in full, so it costs.
    pub is_answered: bool,
}
