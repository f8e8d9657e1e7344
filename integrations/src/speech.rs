//! Script to speech, with the time of each word.

mod align;
mod elevenlabs;
mod model;
mod narration;
mod offline;
mod openai;
mod pieces;
mod port;
mod speaker;

pub use elevenlabs::ElevenLabs;
pub use model::{Piece, Said, SpeechModel};
pub use offline::OfflineSpeech;
pub use openai::OpenAiSpeech;
pub use port::*;
pub use speaker::ModelSpeaker;
