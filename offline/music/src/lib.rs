//! Plays a quiet bed of music of its own making, of any length.
//!
//! A request becomes a score (`composition`) whose bars fill the length asked
//! for, so nothing is looped or cut; `instruments` play it, `effects` give it
//! room, `mix` brings it to its level and fades its ends.
//!
//! It never reads a file, a recording or a clock: every sound is computed, the
//! same for the same request, and belongs to whoever makes it.
//!
//! To add a mood: a variant of [`Mood`] and its row in `character`.

mod character;
mod composition;
mod effects;
mod instruments;
mod mix;
mod mood;
mod music;
mod random;
mod rotor;

pub use mood::{Mood, UnknownMood};
pub use music::{Music, SAMPLE_RATE};

/// What to play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MusicRequest {
    pub mood: Mood,
    /// Length of the music, to the millisecond. A minute takes 23 MB.
    pub duration_ms: u64,
    /// Another seed is another piece of the same mood.
    pub seed: u64,
}

/// Composes and plays `request`.
pub fn play(request: &MusicRequest) -> Music {
    let character = character::of(request.mood);
    let score = composition::compose(request, character);
    let mut track = effects::Stereo::silent(score.samples);
    instruments::play_plucks(&score, &mut track);
    effects::echo(&mut track, score.beat_samples * 3 / 4, character.echo);
    instruments::play_pads(&score, character, &mut track);
    effects::reverberate(&mut track, character.room);
    instruments::play_bass(&score, &mut track);
    instruments::play_pulse(&score, &mut track);
    mix::finish(track)
}
