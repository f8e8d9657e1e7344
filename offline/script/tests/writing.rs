//! What holds for every script, whatever is asked for.

use std::collections::BTreeSet;

use offline_script::{
    Basis, DURATIONS_S, SETTINGS, Script, ScriptError, ScriptRequest, WORDS_PER_SECOND, niches,
    spoken_words, suggestions, write,
};
use proptest::prelude::*;

const DEFAULT_PACE: f32 = 3.1;

fn request<'a>(topic: &'a str, niche: &'a str, duration_s: u16, seed: u64) -> ScriptRequest<'a> {
    ScriptRequest {
        topic,
        niche,
        duration_s,
        words_per_second: DEFAULT_PACE,
        seed,
    }
}

/// How far the spoken length of a topic that makes sense may be from what was
/// asked, and that of any characters at all, whose reading aloud is a guess.
const OFF_AT_MOST: f32 = 0.06;
const OFF_AT_MOST_OF_ANYTHING: f32 = 0.10;

fn assert_sound(script: &Script, request: &ScriptRequest) {
    assert_sound_within(OFF_AT_MOST, script, request);
}

fn assert_sound_within(share: f32, script: &Script, request: &ScriptRequest) {
    let narration = script.narration();
    let words = spoken_words(&narration);
    let target = f32::from(request.duration_s) * request.words_per_second;
    assert!(
        (words - target).abs() <= share * target,
        "{words} words for {target}: {narration}"
    );

    let sentences: Vec<&str> = narration
        .split_inclusive(['.', '?', '!'])
        .map(str::trim)
        .collect();
    let distinct: BTreeSet<&str> = sentences.iter().copied().collect();
    assert_eq!(
        distinct.len(),
        sentences.len(),
        "a sentence twice: {narration}"
    );
    assert!(!narration.contains("  "), "double space: {narration}");
    assert!(!narration.contains(['{', '}']), "unresolved: {narration}");

    for scene in &script.scenes {
        let words = scene.text.split_whitespace().count();
        assert!((6..=26).contains(&words), "{words} words: {}", scene.text);
        let settings = scene
            .visual
            .split(", ")
            .filter(|part| SETTINGS.contains(part))
            .count();
        assert_eq!(settings, 1, "{}", scene.visual);
    }
    assert!(
        (1..=100).contains(&script.title.chars().count()),
        "{}",
        script.title
    );
    assert!(
        script.description.contains("without a language model"),
        "{}",
        script.description
    );
    assert!(!script.hashtags.is_empty());
    for tag in &script.hashtags {
        assert!(
            tag.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9')),
            "{tag}"
        );
    }
}

#[test]
fn every_pack_fills_every_duration_at_every_pace() {
    for suggestion in suggestions() {
        for duration_s in DURATIONS_S {
            for (seed, words_per_second) in
                [1.9, 2.3, 2.64, 2.8, 3.1, 3.8, 4.2].into_iter().enumerate()
            {
                let request = ScriptRequest {
                    topic: suggestion.title,
                    niche: suggestion.niche,
                    duration_s,
                    words_per_second,
                    seed: seed as u64,
                };
                let script = write(&request).unwrap();
                assert!(
                    matches!(script.basis, Basis::Pack(_)),
                    "{}",
                    suggestion.title
                );
                assert_sound(&script, &request);
            }
        }
    }
}

proptest! {
    #[test]
    fn any_topic_in_any_niche_gets_a_sound_script(
        topic in "(\\PC{1,300}|[A-Za-z ,.?!'\"%{}]{1,120}|[a-z]{1,12}( [a-z]{1,12}){0,3})",
        niche in 0..niches().len(),
        duration_s in prop::sample::select(DURATIONS_S.to_vec()),
        words_per_second in WORDS_PER_SECOND,
        seed in any::<u64>(),
    ) {
        let niche = niches()[niche].slug;
        let request = ScriptRequest { topic: &topic, niche, duration_s, words_per_second, seed };
        match write(&request) {
            Ok(script) => {
                assert_sound_within(OFF_AT_MOST_OF_ANYTHING, &script, &request);
                prop_assert_eq!(script, write(&request).unwrap());
            }
            Err(error) => prop_assert_eq!(error, ScriptError::EmptyTopic),
        }
    }

    #[test]
    fn any_pack_at_any_pace_and_seed_gives_a_sound_script(
        pick in any::<prop::sample::Index>(),
        duration_s in prop::sample::select(DURATIONS_S.to_vec()),
        words_per_second in WORDS_PER_SECOND,
        seed in any::<u64>(),
    ) {
        let all: Vec<_> = suggestions().collect();
        let suggestion = pick.get(&all);
        let (topic, niche) = (suggestion.title, suggestion.niche);
        let request = ScriptRequest { topic, niche, duration_s, words_per_second, seed };
        assert_sound(&write(&request).unwrap(), &request);
    }
}

#[test]
fn seeds_differ_in_what_they_tell() {
    for topic in ["Why octopuses have three hearts", "black coffee"] {
        for duration_s in DURATIONS_S {
            let narrations: BTreeSet<String> = (0..12)
                .map(|seed| {
                    write(&request(topic, "science", duration_s, seed))
                        .unwrap()
                        .narration()
                })
                .collect();
            assert!(
                narrations.len() >= 4,
                "{topic}, {duration_s} s: {}",
                narrations.len()
            );
        }
    }
}

#[test]
fn a_topic_with_a_pack_is_told_with_its_sources() {
    let script = write(&request("octopus hearts", "science", 60, 1)).unwrap();
    assert_eq!(script.basis, Basis::Pack("octopus-hearts".to_owned()));
    assert!(!script.sources.is_empty());
    assert!(script.description.contains(&script.sources[0].title));
    assert!(script.narration().contains("gills"));
}

#[test]
fn a_topic_without_a_pack_is_told_openly_as_questions() {
    let script = write(&request("why is my cat sad", "psychology", 60, 1)).unwrap();
    assert_eq!((script.basis, script.sources), (Basis::General, Vec::new()));
    assert_eq!(script.title, "Why is my cat sad?");
    assert!(
        script
            .description
            .contains("nothing in it is a factual claim")
    );
    assert!(script.scenes[0].text.contains("Why is my cat sad?"));
}

#[test]
fn a_scary_story_says_that_it_is_made_up() {
    for topic in ["lighthouse", "the doll in my attic"] {
        let script = write(&request(topic, "scary-stories", 60, 1)).unwrap();
        assert!(script.description.contains("A work of fiction"), "{topic}");
    }
}

#[test]
fn an_unknown_niche_is_refused_with_the_known_ones() {
    let error = write(&request("tea", "cooking", 60, 1))
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("niche `cooking` is not known"), "{error}");
    assert!(
        niches().iter().all(|niche| error.contains(niche.slug)),
        "{error}"
    );
}

#[test]
fn an_empty_topic_is_refused() {
    for topic in ["", " \n\t", "\u{200b}\u{0}"] {
        assert_eq!(
            write(&request(topic, "food", 60, 1)),
            Err(ScriptError::EmptyTopic)
        );
    }
}

#[test]
fn durations_and_paces_that_are_not_offered_are_refused() {
    let error = write(&request("tea", "food", 45, 1)).unwrap_err();
    assert_eq!(error, ScriptError::UnsupportedDuration { given_s: 45 });
    for words_per_second in [0.0, -1.0, 1.8, 4.3, f32::NAN, f32::INFINITY] {
        let request = ScriptRequest {
            words_per_second,
            ..request("tea", "food", 60, 1)
        };
        let error = write(&request).unwrap_err();
        assert!(
            matches!(error, ScriptError::UnsupportedPace { .. }),
            "{words_per_second}"
        );
    }
}
