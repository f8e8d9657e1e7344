//! Checks every file under `packs` and `general`, so that adding one is safe.

use std::collections::BTreeSet;

use super::*;
use crate::{
    general::{self, Shared},
    material::{Beat, Line, NicheFile, Outline, SETTINGS},
    measure::spoken_words,
    niche::{self, niches},
    slots::HEART,
    topic::Topic,
};

const HOOK_WORDS: std::ops::RangeInclusive<usize> = 6..=12;
const CALL_WORDS: std::ops::RangeInclusive<usize> = 6..=16;
const SCENE_WORDS: std::ops::RangeInclusive<usize> = 6..=26;

#[test]
fn every_niche_has_at_least_four_packs() {
    for niche in niches() {
        let count = packs()
            .iter()
            .filter(|pack| pack.niche == niche.slug)
            .count();
        assert!(count >= 4, "{} has {count}", niche.slug);
    }
}

#[test]
fn every_pack_belongs_to_a_niche_and_has_an_id_of_its_own() {
    let mut ids = BTreeSet::new();
    for pack in packs() {
        assert!(
            niches().iter().any(|niche| niche.slug == pack.niche),
            "{}",
            pack.niche
        );
        assert!(ids.insert(pack.id), "{} is there twice", pack.id);
    }
}

#[test]
fn every_pack_has_keywords_valid_tags_a_short_title_and_sources() {
    for Pack { id, file, .. } in packs() {
        assert!(!file.keywords.is_empty(), "{id}: keywords");
        assert!(
            (10..=100).contains(&file.title.chars().count()),
            "{id}: {}",
            file.title
        );
        assert_tags(id, &file.tags);
        assert!(file.fiction || !file.sources.is_empty(), "{id}: no source");
        for source in &file.sources {
            assert!(
                !source.title.trim().is_empty(),
                "{id}: a source without a title"
            );
            assert!(
                source
                    .url
                    .as_ref()
                    .is_none_or(|url| url.starts_with("https://")),
                "{id}"
            );
        }
    }
}

#[test]
fn every_outline_is_well_formed() {
    for Pack { id, file, .. } in packs() {
        assert_outline(id, &file.script);
    }
    for (slug, file) in niche_files() {
        for topic in [
            "Tea",
            "The history of black coffee",
            "Why is my cat sad all day long",
        ] {
            let outline = general::outline(&file, &Shared::with(&file), &Topic::parse(topic));
            assert_outline(slug, &outline);
        }
        assert_tags(slug, &file.tags);
        assert!(file.angle.chars().count() <= 36, "{slug}: {}", file.angle);
        file.asides
            .iter()
            .for_each(|aside| assert_line(slug, aside));
    }
}

/// 90 s at the fastest pace is the most that is ever asked for.
#[test]
fn every_outline_holds_enough_words_for_the_longest_script() {
    let most = crate::request::WORDS_PER_SECOND.end() * 90.0 * 0.96;
    for Pack { id, niche, file } in packs() {
        let held = outline_words(&file.script) + aside_words(&niche::file(niche));
        assert!(held >= most, "{id} holds {held} spoken words of {most}");
    }
    for (slug, file) in niche_files() {
        let outline = general::outline(&file, &Shared::with(&file), &Topic::parse("Tea"));
        let held = outline_words(&outline) + aside_words(&file);
        assert!(held >= most, "{slug} holds {held} spoken words of {most}");
    }
}

#[test]
fn every_pack_is_told_when_its_title_is_asked_for() {
    for pack in packs() {
        let found = crate::matching::find(&pack.file.title, pack.niche).map(|found| found.id);
        assert_eq!(found, Some(pack.id), "{}", pack.file.title);
    }
}

fn niche_files() -> Vec<(&'static str, NicheFile)> {
    niches()
        .iter()
        .map(|niche| (niche.slug, niche::file(niche.slug)))
        .collect()
}

fn lines(outline: &Outline) -> impl Iterator<Item = &Line> {
    let beats = outline.beats.iter().flat_map(|beat| &beat.lines);
    [&outline.intro]
        .into_iter()
        .chain(beats)
        .chain([&outline.twist])
}

fn outline_words(outline: &Outline) -> f32 {
    let shortest = |says: &[String]| {
        says.iter()
            .map(|say| spoken_words(say))
            .fold(f32::MAX, f32::min)
    };
    let told: f32 = lines(outline).map(|line| spoken_words(&line.say)).sum();
    told + shortest(&outline.hook.say) + shortest(&outline.call.say)
}

fn aside_words(niche: &NicheFile) -> f32 {
    let shared = Shared::with(niche);
    niche
        .asides
        .iter()
        .chain(&shared.asides)
        .map(|line| spoken_words(&line.say))
        .sum()
}

/// Words between white space, as a caption shows them.
fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn assert_outline(id: &str, outline: &Outline) {
    assert!(outline.hook.say.len() >= 2, "{id}: needs two hooks");
    assert!(outline.call.say.len() >= 2, "{id}: needs two calls");
    let is_general = niches().iter().any(|niche| niche.slug == id);
    let hook_words = if is_general { SCENE_WORDS } else { HOOK_WORDS };
    for (one_of, range) in [(&outline.hook, hook_words), (&outline.call, CALL_WORDS)] {
        assert_visual(id, &one_of.show);
        one_of
            .say
            .iter()
            .for_each(|say| assert_spoken(id, say, range.clone()));
    }
    lines(outline).for_each(|line| assert_line(id, line));
    for Beat {
        weight,
        at_least,
        lines,
    } in &outline.beats
    {
        assert!((1..=HEART).contains(weight), "{id}: weight {weight}");
        assert!(
            (1..=lines.len()).contains(at_least),
            "{id}: at_least {at_least}"
        );
    }
    assert!(
        outline.beats.iter().any(|beat| beat.weight >= 4),
        "{id}: nothing that matters"
    );
}

fn assert_line(id: &str, line: &Line) {
    assert_spoken(id, &line.say, SCENE_WORDS);
    assert_visual(id, &line.show);
}

/// What the voice can read and the captions can show.
fn assert_spoken(id: &str, say: &str, range: std::ops::RangeInclusive<usize>) {
    assert!(
        range.contains(&words(say)),
        "{id}: {} words: {say}",
        words(say)
    );
    assert!(say.ends_with(['.', '?', '!']), "{id}: no end mark: {say}");
    assert!(
        !say.contains("  ") && say.trim() == say,
        "{id}: stray spaces: {say}"
    );
    assert!(
        !say.contains(['{', '}', '%', '&', '(', ')', '/', ';', '—']),
        "{id}: {say}"
    );
    for number in say
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
    {
        let is_year = number.len() == 4 && ("1000".."2100").contains(&number);
        assert!(is_year, "{id}: write {number} in words: {say}");
    }
}

fn assert_visual(id: &str, show: &str) {
    let parts: Vec<&str> = show.split(", ").collect();
    assert_eq!(
        parts.len(),
        5,
        "{id}: hero, setting, light, props, mood: {show}"
    );
    let settings = parts.iter().filter(|part| SETTINGS.contains(part)).count();
    assert_eq!(settings, 1, "{id}: one setting: {show}");
    let setting_words: BTreeSet<&str> = SETTINGS.iter().flat_map(|name| name.split(' ')).collect();
    for part in parts.iter().filter(|part| !SETTINGS.contains(part)) {
        let stray = part.split(' ').find(|word| setting_words.contains(word));
        assert_eq!(stray, None, "{id}: a second setting: {show}");
    }
}

fn assert_tags(id: &str, tags: &[String]) {
    assert!(!tags.is_empty(), "{id}: tags");
    let plain =
        |tag: &String| !tag.is_empty() && tag.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9'));
    assert!(tags.iter().all(plain), "{id}: {tags:?}");
}
