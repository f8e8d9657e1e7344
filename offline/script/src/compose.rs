//! Puts a script together from an outline.

use crate::{
    fit,
    general::{self, Shared},
    library::Pack,
    material::{Line, NicheFile, Outline, Source},
    niche::{self, Niche},
    random::Random,
    script::{Basis, Scene, Script},
    slots,
    topic::Topic,
};

const MAX_HASHTAGS: usize = 8;

pub(crate) fn from_pack(pack: &Pack, target_words: f32, seed: u64) -> Script {
    let niche = niche::file(pack.niche);
    let file = &pack.file;
    let claim = if file.fiction {
        FICTION.to_owned()
    } else {
        cited(&file.sources)
    };
    Script {
        title: file.title.clone(),
        description: format!(
            "{}\n\n{claim}\n\nWritten offline by templates from a checked topic pack, \
             without a language model.",
            file.title,
        ),
        hashtags: hashtags(file.tags.iter().chain(&niche.tags)),
        scenes: scenes(
            &file.script,
            &niche,
            &Shared::with(&niche),
            target_words,
            seed,
        ),
        sources: file.sources.clone(),
        mood: file.mood,
        basis: Basis::Pack(pack.id.to_owned()),
    }
}

pub(crate) fn general(topic: &str, niche: &Niche, target_words: f32, seed: u64) -> Script {
    let topic = Topic::parse(topic);
    let file = niche::file(niche.slug);
    let shared = Shared::with(&file);
    let outline = general::outline(&file, &shared, &topic);
    let scenes = scenes(&outline, &file, &shared, target_words, seed);
    let claim = if file.fiction { FICTION } else { NO_CLAIM };
    let title = if topic.is_question() {
        topic.title
    } else {
        format!("{}: {}", topic.title, file.angle)
    };
    Script {
        description: format!(
            "{title}\n\n{claim}\n\nWritten offline by templates, without a language model.",
        ),
        title,
        hashtags: hashtags(&file.tags),
        scenes,
        sources: Vec::new(),
        mood: file.mood,
        basis: Basis::General,
    }
}

const FICTION: &str = "A work of fiction, made up for this video.";
const NO_CLAIM: &str =
    "Questions and ways of looking; nothing in it is a factual claim about the topic.";

fn cited(sources: &[Source]) -> String {
    let titles: Vec<&str> = sources.iter().map(|source| source.title.as_str()).collect();
    format!("Sources: {}.", titles.join("; "))
}

fn hashtags<'a>(tags: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for tag in tags {
        if !kept.contains(tag) {
            kept.push(tag.clone());
        }
    }
    kept.truncate(MAX_HASHTAGS);
    kept
}

fn scenes(
    outline: &Outline,
    niche: &NicheFile,
    shared: &Shared,
    target_words: f32,
    seed: u64,
) -> Vec<Scene> {
    let asides: Vec<&Line> = niche.asides.iter().chain(&shared.asides).collect();
    let slots = slots::of(outline, &asides, &mut Random::seeded(seed));
    let picks = fit::best(&slots, target_words);
    slots
        .iter()
        .zip(picks)
        .flat_map(|(slot, pick)| &slot[pick].lines)
        .map(|&(say, show)| Scene {
            text: say.to_owned(),
            visual: show.to_owned(),
        })
        .collect()
}
