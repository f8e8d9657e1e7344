//! Writes a script for a topic with no network and no language model.
//!
//! A topic that one of the checked packs is truly about is told from that pack,
//! with its sources. Any other topic gets an honest general form: questions worth
//! asking about it, coloured by the niche, with no factual claim in it. Either
//! way the spoken words fill the asked duration, and one seed gives one script.
//!
//! It never reads a file, a clock or the network, and never makes up a fact.
//!
//! To add a topic, add `packs/<niche>/<id>.json`; the README beside this crate
//! describes the format, and the tests say what is wrong with a new file.

mod compose;
mod error;
mod fit;
mod general;
mod library;
mod matching;
mod material;
mod measure;
mod niche;
mod random;
mod request;
mod script;
mod slots;
mod topic;

pub use error::ScriptError;
pub use library::{Suggestion, suggestions};
pub use material::{Mood, SETTINGS, Source};
pub use measure::spoken_words;
pub use niche::{Niche, niches};
pub use request::{DURATIONS_S, ScriptRequest, WORDS_PER_SECOND};
pub use script::{Basis, Scene, Script};

/// Writes the script.
///
/// Its [`spoken_words`] number `duration_s * words_per_second`, give or take 6%.
///
/// # Errors
/// [`ScriptError`] names the field of the request that cannot be served.
pub fn write(request: &ScriptRequest) -> Result<Script, ScriptError> {
    let niche = request.check()?;
    let target_words = request.target_words();
    Ok(match matching::find(request.topic, niche.slug) {
        Some(pack) => compose::from_pack(pack, target_words, request.seed),
        None => compose::general(request.topic, niche, target_words, request.seed),
    })
}
