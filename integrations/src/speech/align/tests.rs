use proptest::prelude::*;

use super::*;

fn heard(words: &[(&str, u32, u32)]) -> Vec<Heard> {
    let heard = words.iter().map(|(text, start_ms, end_ms)| Heard {
        text: (*text).to_owned(),
        start_ms: *start_ms,
        end_ms: *end_ms,
    });
    heard.collect()
}

fn spans(text: &str, heard: &[Heard], duration_ms: u32) -> Vec<(String, u32, u32)> {
    let words: Vec<_> = text.split_whitespace().collect();
    let spoken = align(&words, heard, duration_ms).unwrap();
    let spans = spoken.into_iter();
    spans.map(|w| (w.text, w.start_ms, w.end_ms)).collect()
}

fn problem(text: &str, heard: &[Heard], duration_ms: u32) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    align(&words, heard, duration_ms).unwrap_err().to_string()
}

#[test]
fn a_mis_hearing_lends_its_time_and_never_its_letters() {
    let heard = heard(&[
        ("An", 0, 100),
        ("octopus", 100, 500),
        ("has", 500, 700),
        ("free", 700, 900),
        ("arts", 900, 1_300),
    ]);
    let wanted = [
        ("An", 0, 100),
        ("octopus", 100, 500),
        ("has", 500, 700),
        ("three", 700, 900),
        ("hearts.", 900, 1_300),
    ];
    let wanted = wanted.map(|(text, start, end)| (text.to_owned(), start, end));
    assert_eq!(spans("An octopus has three hearts.", &heard, 1_400), wanted);
}

#[test]
fn numbers_are_the_same_in_words_and_in_figures() {
    let figures = heard(&[("They", 0, 200), ("have", 200, 400), ("25", 400, 800)]);
    let found = spans("They have twenty five.", &figures, 900);
    assert_eq!(found[2], ("twenty".to_owned(), 400, 640));
    assert_eq!(found[3], ("five.".to_owned(), 640, 800));
    let words = heard(&[
        ("They", 0, 200),
        ("have", 200, 400),
        ("twenty", 400, 600),
        ("five", 600, 800),
    ]);
    let found = spans("They have 25.", &words, 900);
    assert_eq!(found[2], ("25.".to_owned(), 400, 800));
}

#[test]
fn what_nobody_heard_is_between_its_neighbours_by_its_letters() {
    let heard = heard(&[("one", 100, 200), ("four", 500, 600), ("five", 600, 700)]);
    let found = spans("one — two threes four five six", &heard, 5_000);
    assert_eq!(found[1], ("—".to_owned(), 200, 200));
    assert_eq!(found[2], ("two".to_owned(), 200, 300));
    assert_eq!(found[3], ("threes".to_owned(), 300, 500));
    // The silence after the last word is not its.
    assert_eq!(found[6], ("six".to_owned(), 700, 970));
}

#[test]
fn a_word_that_comes_often_is_taken_where_it_belongs() {
    let heard = heard(&[("the", 800, 900), ("end", 900, 1_000)]);
    let found = spans("the sea the end", &heard, 1_000);
    assert_eq!(found[2], ("the".to_owned(), 800, 900));
}

#[test]
fn another_text_another_sound_or_a_part_left_out_is_told() {
    let other = heard(&[("nothing", 0, 400), ("else", 400, 900)]);
    let said = problem("an octopus has three hearts", &other, 1_000);
    assert!(said.contains("is not the text"), "{said}");
    let said = problem("an octopus has three hearts", &[], 1_000);
    assert!(said.contains("is not the text"), "{said}");
    let said = problem("else", &other, 300);
    assert!(said.contains("ends before its last word"), "{said}");
    let half = heard(&[
        ("one", 0, 200),
        ("two", 200, 400),
        ("three", 400, 600),
        ("four", 600, 800),
    ]);
    let said = problem("one two three four five six seven eight", &half, 810);
    assert!(said.contains("a part of the text"), "{said}");
    let chatter = heard(&[("octopus", 0, 1); 200]);
    let said = problem("octopus", &chatter, 1_000);
    assert!(said.contains("far more was heard"), "{said}");
}

const WORDS: &str = "(an|octopus|has|three|hearts,|25|blue-green|sea|the|—|don’t|心脏){1}";

fn assert_sound(words: &[&str], spoken: &[SpokenWord], duration_ms: u32) {
    let texts: Vec<_> = spoken.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(texts, words);
    let times: Vec<_> = spoken.iter().flat_map(|w| [w.start_ms, w.end_ms]).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(times.last().is_none_or(|last| *last <= duration_ms));
}

proptest! {
    #[test]
    fn whatever_was_heard_every_word_is_there_once_in_order_and_in_time(
        words in prop::collection::vec(WORDS, 1..60),
        theirs in prop::collection::vec((WORDS, 0u32..2_000, 0u32..2_000), 0..90),
        duration_ms in 1u32..30_000,
    ) {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        // About where they should be, but out of order, over one another, backwards.
        let every_ms = duration_ms / (theirs.len() as u32 + 1);
        let heard = (0..).zip(theirs).map(|(place, (text, start, end))| Heard {
            text,
            start_ms: (every_ms * place + start).min(duration_ms + ROUNDING_MS),
            end_ms: (every_ms * place + end).min(duration_ms + ROUNDING_MS),
        });
        let heard: Vec<_> = heard.collect();
        if let Ok(spoken) = align(&words, &heard, duration_ms) {
            assert_sound(&words, &spoken, duration_ms);
        }
    }

    #[test]
    fn what_was_heard_rightly_keeps_its_times(
        words in prop::collection::vec((WORDS, 50u32..600, 0u8..8), 1..80),
    ) {
        let mut now = 0;
        let mut right = Vec::new();
        let mut theirs = Vec::new();
        for (text, length, fate) in &words {
            let (start_ms, end_ms) = (now, now + length);
            now = end_ms;
            let said = Heard { text: text.to_uppercase(), start_ms, end_ms };
            right.push((*fate > 1).then_some((start_ms, end_ms)));
            match fate {
                0 => {}
                1 => theirs.push(Heard { text: "qqq".to_owned(), ..said }),
                _ => theirs.push(said),
            }
        }
        let words: Vec<_> = words.iter().map(|(text, ..)| text.as_str()).collect();
        if let Ok(spoken) = align(&words, &theirs, now) {
            assert_sound(&words, &spoken, now);
            if right.iter().all(Option::is_some) {
                for (word, right) in spoken.iter().zip(right).filter(|(w, _)| speakable(&w.text) > 0) {
                    prop_assert_eq!(Some((word.start_ms, word.end_ms)), right);
                }
            }
        } else {
            // Only what was left out can be missed.
            prop_assert!(right.iter().any(Option::is_none));
        }
    }
}
