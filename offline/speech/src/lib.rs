//! Speaks a text with no network and says when each word was spoken.
//!
//! The way of a text: `text` finds its words and sentences, `reading`
//! writes out what the words of a page leave unsaid (`50%`, `7:30`), `phonemes`
//! turns words into the voice's alphabet, `acoustic` runs the model, `vocoder`
//! makes sound of its spectra, `timing` and `joining` put the sentences and the
//! times of their words together.
//!
//! It never opens a file or a socket, never looks at the clock, and gives the
//! same sound for the same request. The model lies in `assets/`, inside the
//! program.
//!
//! To add a voice: put its model beside the first one in `assets/`, name its
//! licence in `THIRD_PARTY.md`, and list it in [`voices`].

mod acoustic;
mod catalogue;
mod chunks;
mod error;
mod joining;
mod noise;
mod phonemes;
mod reading;
mod speech;
mod text;
mod timing;
mod unknown_words;
mod vocoder;
mod voice;

pub use catalogue::{VoiceInfo, voices};
pub use error::SpeechError;
pub use speech::{SAMPLE_RATE, Speech, Word};
pub use voice::{MAX_CHARACTERS, SPEEDS, SpeechRequest, Voice};
