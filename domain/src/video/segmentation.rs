//! Script scenes and word times to scenes of film: 4 to 7 seconds each where
//! the words allow it, never cutting a word, together exactly as long as the
//! speech.

use super::brought::ScenePicture;
use super::output::{Scene, ScriptScene, SpokenWord};

/// A scene shorter than this joins a neighbour.
pub const SHORTEST_MS: u32 = 4_000;
/// A scene longer than this is split.
pub const LONGEST_MS: u32 = 7_000;

/// Cuts the speech into scenes.
///
/// `words` are the script's own words in order: as many as the scenes' texts
/// hold between white space. A film without words is one scene.
pub fn segment(script: &[ScriptScene], words: &[SpokenWord], duration_ms: u32) -> Vec<Scene> {
    segment_with(script, &[], words, duration_ms)
}

/// [`segment`], where some scenes of the script have a picture of their user's
/// already. Each of these is seen for as long as its scene is spoken, be it
/// short, and perhaps while a short neighbour is.
pub fn segment_with(
    script: &[ScriptScene],
    pictures: &[ScenePicture],
    words: &[SpokenWord],
    duration_ms: u32,
) -> Vec<Scene> {
    let picture_of = |scene: usize| {
        let mut pictures = pictures.iter();
        pictures.find(|picture| usize::from(picture.scene) == scene)
    };
    let spans = by_scene(script, words.len());
    let is_taken = |span: &Span| picture_of(span.scene).is_some();
    let spans = merge_short(words, duration_ms, spans, is_taken);
    let spans = split_long(words, duration_ms, spans);
    spans
        .iter()
        .map(|span| Scene {
            start_ms: start_of(words, span.first, duration_ms),
            end_ms: cut_before(words, span.end, duration_ms),
            text: text_of(&words[span.first..span.end]),
            visual: script
                .get(span.scene)
                .map(|scene| scene.visual.clone())
                .unwrap_or_default(),
            own_picture: picture_of(span.scene).map(|picture| picture.picture.clone()),
        })
        .collect()
}

/// Words `first..end` under the picture of script scene `scene`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    first: usize,
    end: usize,
    scene: usize,
}

fn by_scene(script: &[ScriptScene], word_count: usize) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut first = 0;
    for (scene, part) in script.iter().enumerate() {
        let end = (first + part.text.split_whitespace().count()).min(word_count);
        if end > first {
            spans.push(Span { first, end, scene });
        }
        first = end;
    }
    match spans.last_mut() {
        Some(last) => last.end = word_count,
        None => spans.push(Span {
            first: 0,
            end: word_count,
            scene: 0,
        }),
    }
    spans
}

/// Joins each short span to the neighbour with which it makes the shorter
/// whole. The picture of the longer part stays, or the one that is taken; two
/// that are taken are not joined.
fn merge_short(
    words: &[SpokenWord],
    duration_ms: u32,
    mut spans: Vec<Span>,
    is_taken: impl Fn(&Span) -> bool,
) -> Vec<Span> {
    let length = |span: &Span| length_ms(words, span, duration_ms);
    // The span before the border at which the first short span is joined.
    let border = |spans: &[Span]| {
        let short = |span: &Span| length(span) < SHORTEST_MS;
        let shorts = (0..spans.len()).filter(|&number| short(&spans[number]));
        let mut borders = shorts.filter_map(|short| {
            let sides = [short.checked_sub(1), Some(short)].into_iter().flatten();
            let joinable = sides.filter(|&left| {
                let right = spans.get(left + 1);
                right.is_some_and(|right| !(is_taken(&spans[left]) && is_taken(right)))
            });
            joinable.min_by_key(|&left| length(&spans[left]) + length(&spans[left + 1]))
        });
        borders.next()
    };
    while let Some(left) = border(&spans) {
        let (a, b) = (spans[left], spans[left + 1]);
        let is_rights = match (is_taken(&a), is_taken(&b)) {
            (false, false) => length(&b) > length(&a),
            (_, right) => right,
        };
        let scene = if is_rights { b.scene } else { a.scene };
        spans[left] = Span {
            first: a.first,
            end: b.end,
            scene,
        };
        spans.remove(left + 1);
    }
    spans
}

/// Halves each long span at the word boundary that balances the halves best,
/// a boundary where the speech pauses counting as nearer the middle.
fn split_long(words: &[SpokenWord], duration_ms: u32, spans: Vec<Span>) -> Vec<Span> {
    spans
        .into_iter()
        .flat_map(|span| halve_while_long(words, duration_ms, span))
        .collect()
}

fn halve_while_long(words: &[SpokenWord], duration_ms: u32, span: Span) -> Vec<Span> {
    if length_ms(words, &span, duration_ms) <= LONGEST_MS || span.end - span.first < 2 {
        return vec![span];
    }
    let start = start_of(words, span.first, duration_ms);
    let middle = start + length_ms(words, &span, duration_ms) / 2;
    let best = (span.first + 1..span.end)
        .min_by_key(|&word| {
            let pause = words[word].start_ms.saturating_sub(words[word - 1].end_ms);
            let distance = cut_before(words, word, duration_ms).abs_diff(middle);
            distance.saturating_sub(2 * pause)
        })
        .unwrap_or(span.first + 1);
    let halves = [
        Span { end: best, ..span },
        Span {
            first: best,
            ..span
        },
    ];
    halves
        .into_iter()
        .flat_map(|half| halve_while_long(words, duration_ms, half))
        .collect()
}

fn length_ms(words: &[SpokenWord], span: &Span, duration_ms: u32) -> u32 {
    cut_before(words, span.end, duration_ms) - start_of(words, span.first, duration_ms)
}

/// Where a scene whose first word is `word` begins: the film's start, or a cut.
fn start_of(words: &[SpokenWord], word: usize, duration_ms: u32) -> u32 {
    match word {
        0 => 0,
        word => cut_before(words, word, duration_ms),
    }
}

/// The instant of a cut before word `word`, or the film's end: amid the pause, so no word is cut.
fn cut_before(words: &[SpokenWord], word: usize, duration_ms: u32) -> u32 {
    if word >= words.len() {
        duration_ms
    } else {
        let (before, after) = (words[word - 1].end_ms, words[word].start_ms);
        before.midpoint(after.max(before)).min(duration_ms)
    }
}

fn text_of(words: &[SpokenWord]) -> String {
    let texts: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
    texts.join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Asset, MediaKey};

    fn scene(text: &str) -> ScriptScene {
        ScriptScene {
            text: text.to_owned(),
            visual: format!("picture of {text}"),
        }
    }

    /// Words of `length_ms` with `pause_ms` after each, and the film's length.
    fn spoken(lengths: &[(u32, u32)]) -> (Vec<SpokenWord>, u32) {
        let mut at = 0;
        let words = lengths
            .iter()
            .enumerate()
            .map(|(i, (length_ms, pause_ms))| {
                let word = SpokenWord {
                    text: format!("w{i}"),
                    start_ms: at,
                    end_ms: at + length_ms,
                };
                at = word.end_ms + pause_ms;
                word
            })
            .collect();
        (words, at)
    }

    fn script_of(counts: &[usize]) -> Vec<ScriptScene> {
        counts
            .iter()
            .map(|count| scene(&vec!["word"; *count].join(" ")))
            .collect()
    }

    #[test]
    fn scenes_of_a_good_length_stay_as_the_script_has_them() {
        let (words, duration) = spoken(&[(400, 100); 30]);
        let scenes = segment(&script_of(&[10, 10, 10]), &words, duration);
        let ends: Vec<_> = scenes.iter().map(|scene| scene.end_ms).collect();
        assert_eq!(ends, [4_950, 9_950, 15_000]);
    }

    #[test]
    fn a_short_scene_joins_its_shorter_neighbour() {
        let (words, duration) = spoken(&[(400, 100); 24]);
        let scenes = segment(&script_of(&[12, 3, 9]), &words, duration);
        assert_eq!(scenes.len(), 2);
        assert_eq!(scenes[1].text.split(' ').count(), 12);
    }

    #[test]
    fn a_long_scene_is_split_where_the_speech_pauses() {
        let mut lengths = vec![(400, 50); 20];
        lengths[8].1 = 700;
        let (words, duration) = spoken(&lengths);
        let scenes = segment(&script_of(&[20]), &words, duration);
        assert_eq!(scenes.len(), 2);
        assert_eq!(scenes[0].text.split(' ').count(), 9);
        assert_eq!(scenes[0].visual, scenes[1].visual);
    }

    fn picture(scene: u16) -> ScenePicture {
        let picture = Asset {
            key: MediaKey::try_new(format!("pictures/{scene}")).unwrap(),
            content_type: "image/jpeg".to_owned(),
            bytes: 1,
            sha256: String::new(),
        };
        ScenePicture { scene, picture }
    }

    #[test]
    fn a_picture_of_ones_own_is_seen_while_its_scene_is_spoken() {
        let (words, duration) = spoken(&[(400, 100); 24]);
        let script = script_of(&[3, 3, 3, 15]);
        let own = [picture(1), picture(2), picture(3)];
        let scenes = segment_with(&script, &own, &words, duration);
        let seen: Vec<_> = scenes
            .iter()
            .map(|scene| {
                let picture = scene.own_picture.as_ref();
                let name = picture.map(|picture| picture.key.file_name());
                (name, scene.text.split(' ').count())
            })
            .collect();
        let (one, two, three) = (Some("1"), Some("2"), Some("3"));
        // The first scene has none and is short; the last is long.
        assert_eq!(seen[..2], [(one, 6), (two, 3)]);
        assert!(seen[2..].iter().all(|(name, _)| *name == three), "{seen:?}");
        assert_eq!(seen.len(), 4);
    }

    #[test]
    fn a_film_without_words_is_one_scene() {
        let scenes = segment(&[scene("")], &[], 5_000);
        assert_eq!(scenes.len(), 1);
        assert_eq!((scenes[0].start_ms, scenes[0].end_ms), (0, 5_000));
    }

    proptest! {
        #[test]
        fn scenes_cover_the_speech_exactly_and_cut_no_word(
            lengths in prop::collection::vec((60u32..900, 0u32..600), 1..260),
            counts in prop::collection::vec(1usize..26, 1..20),
        ) {
            let (words, duration) = spoken(&lengths);
            let scenes = segment(&script_of(&counts), &words, duration);

            prop_assert_eq!(scenes[0].start_ms, 0);
            prop_assert_eq!(scenes[scenes.len() - 1].end_ms, duration);
            for pair in scenes.windows(2) {
                prop_assert_eq!(pair[0].end_ms, pair[1].start_ms);
                let cut = pair[0].end_ms;
                let through = words.iter().find(|w| w.start_ms < cut && cut < w.end_ms);
                prop_assert!(through.is_none(), "{cut} cuts {through:?}");
            }
            let said: Vec<_> = scenes.iter().flat_map(|s| s.text.split(' ')).collect();
            let words: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
            prop_assert_eq!(said, words);
        }

        #[test]
        fn every_picture_of_ones_own_is_seen_whose_scene_is_spoken(
            lengths in prop::collection::vec((60u32..900, 0u32..600), 60..200),
            counts in prop::collection::vec(1usize..9, 1..12),
            own in prop::collection::btree_set(0u16..12, 0..12),
        ) {
            let (words, duration) = spoken(&lengths);
            let own: Vec<_> = own.into_iter().map(picture).collect();
            let scenes = segment_with(&script_of(&counts), &own, &words, duration);
            prop_assert_eq!(scenes[scenes.len() - 1].end_ms, duration);
            let mut begins = 0;
            for (number, count) in (0u16..).zip(&counts) {
                if begins < words.len() && own.iter().any(|own| own.scene == number) {
                    let wanted = Some(picture(number).picture);
                    let is_seen = scenes.iter().any(|scene| scene.own_picture == wanted);
                    prop_assert!(is_seen, "picture {number} of {scenes:?}");
                }
                begins += count;
            }
        }

        #[test]
        fn ordinary_speech_is_cut_into_scenes_of_about_four_to_seven_seconds(
            lengths in prop::collection::vec((150u32..550, 0u32..150), 40..260),
            counts in prop::collection::vec(6usize..26, 1..30),
        ) {
            let (words, duration) = spoken(&lengths);
            for scene in segment(&script_of(&counts), &words, duration) {
                let length = scene.end_ms - scene.start_ms;
                prop_assert!((2_800..=LONGEST_MS).contains(&length), "{length} ms: {scene:?}");
            }
        }
    }
}
