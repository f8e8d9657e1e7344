//! What every speech must be, whatever its text.

use offline_speech::{SAMPLE_RATE, Speech, SpeechError, SpeechRequest, Voice, voices};
use proptest::prelude::*;
use std::cell::Cell;
use std::sync::LazyLock;

static VOICE: LazyLock<Voice> = LazyLock::new(|| Voice::load().unwrap());

fn request(text: &str) -> SpeechRequest<'_> {
    SpeechRequest {
        text,
        speed: 1.0,
        seed: 5,
    }
}

fn speak(request: &SpeechRequest) -> Result<Speech, SpeechError> {
    VOICE.speak(request, &|| false, &mut |_, _| {})
}

/// Fails unless the words are the tokens of `text`, in order, apart and inside.
fn assert_words_fit(text: &str, speech: &Speech) {
    let words: Vec<&str> = speech.words.iter().map(|word| word.text.as_str()).collect();
    let tokens: Vec<&str> = text.split_whitespace().collect();
    assert_eq!(words, tokens);
    let mut previous_end = 0;
    for word in &speech.words {
        assert!(word.start_ms >= previous_end, "{word:?} overlaps");
        assert!(
            word.end_ms >= word.start_ms,
            "{word:?} ends before it starts"
        );
        previous_end = word.end_ms;
    }
    assert!(previous_end <= speech.duration_ms());
    assert!(speech.samples.iter().all(|s| s.abs() <= 0.96));
}

#[test]
fn every_token_of_a_hard_text_has_its_own_time() {
    let text = "Dr. Smith's “well-known” ice-cream didn't cost $4.50 — or 3,000, in 1969! 🙂 \
                50% (that's half) at 7:30 p.m. & on https://example.com/a?b=c … the ‘90s, 日本, \
                H2O, 555-1234; café naïve Zxorbian #tag *bold* [x](y) \u{7}beep\u{0} ½ 99999999999999999999 end";
    let speech = speak(&request(text)).unwrap();
    assert_words_fit(text, &speech);
    for word in &speech.words {
        let is_silent = matches!(word.text.as_str(), "—" | "🙂" | "…" | "日本,");
        let length = word.end_ms - word.start_ms;
        assert_eq!(length == 0, is_silent, "{word:?}");
    }
}

#[test]
fn a_symbol_stands_where_it_is_written() {
    let speech = speak(&request("One 🙂 two.")).unwrap();
    let [one, smile, two] = speech.words.as_slice() else {
        panic!("three words")
    };
    assert_eq!((smile.start_ms, smile.end_ms), (one.end_ms, one.end_ms));
    assert!(two.start_ms >= smile.end_ms);
}

#[test]
fn the_same_request_gives_the_same_sound_and_another_seed_another() {
    let first = speak(&request("The sea is deep. The sky is high.")).unwrap();
    let again = speak(&request("The sea is deep. The sky is high.")).unwrap();
    let other = speak(&SpeechRequest {
        seed: 6,
        ..request("The sea is deep. The sky is high.")
    })
    .unwrap();
    assert!(first == again);
    assert_ne!(first.samples, other.samples);
    let lengths = (first.samples.len() as i64 - other.samples.len() as i64).abs();
    assert!(lengths < i64::from(SAMPLE_RATE / 10));
}

#[test]
fn a_higher_speed_takes_less_time() {
    let text = "Slowly or quickly, the same words are said.";
    let duration = |speed| {
        speak(&SpeechRequest {
            speed,
            ..request(text)
        })
        .unwrap()
        .duration_ms() as f64
    };
    let (slow, normal, fast) = (duration(0.7), duration(1.0), duration(1.3));
    assert!(slow > normal * 1.25, "{slow} {normal}");
    assert!(fast < normal * 0.87, "{fast} {normal}");
}

#[test]
fn sentences_are_apart_and_the_ends_are_short() {
    let speech = speak(&request("This is one. This is two.\n\nThis is three.")).unwrap();
    let gap = |at: usize| speech.words[at].start_ms - speech.words[at - 1].end_ms;
    assert!((150..700).contains(&gap(3)), "{}", gap(3));
    assert!(gap(6) > gap(3) + 150, "{} {}", gap(6), gap(3));
    assert!(speech.words[0].start_ms < 150);
    let tail = speech.duration_ms() - speech.words.last().unwrap().end_ms;
    assert!(tail < 400, "{tail}");
}

#[test]
fn silence_joins_the_parts_without_a_click() {
    let speech = speak(&request("Stop! Why? “Yes.” Go, now.")).unwrap();
    let start_and_end = [speech.samples[0], *speech.samples.last().unwrap()];
    assert_eq!(start_and_end, [0.0, 0.0]);
    // A step out of digital silence larger than this is heard as a click.
    for pair in speech.samples.windows(2) {
        if pair[0] == 0.0 || pair[1] == 0.0 {
            assert!((pair[1] - pair[0]).abs() < 0.01, "{pair:?}");
        }
    }
}

#[test]
fn a_sentence_of_three_hundred_words_is_spoken_in_parts() {
    let text = "and then, we walked on ".repeat(60);
    let speech = speak(&request(&text)).unwrap();
    assert_words_fit(&text, &speech);
    let per_word = speech.duration_ms() as usize / speech.words.len();
    assert!((120..600).contains(&per_word), "{per_word}");
}

#[test]
fn a_token_longer_than_the_model_takes_is_still_one_word() {
    let text = format!("so {} end", "na-".repeat(400));
    assert_words_fit(&text, &speak(&request(&text)).unwrap());
}

#[test]
fn a_text_that_cannot_be_spoken_is_refused_with_the_reason() {
    for text in ["", " \n ", "🙂 … —", "\u{0}\u{7}"] {
        let refused = speak(&request(text)).unwrap_err();
        assert!(matches!(refused, SpeechError::NothingToSpeak), "{text:?}");
    }
    let refused = speak(&request("مرحبا بالعالم العربي")).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "text is mostly in Arabic, from \"مرحبا\" on, and the offline voice speaks English only; \
         write it in English or choose an online voice"
    );
    let refused = speak(&request(&"a ".repeat(10_001))).unwrap_err();
    assert!(matches!(
        refused,
        SpeechError::TextTooLong {
            characters: 20_002,
            ..
        }
    ));
}

#[test]
fn a_speed_out_of_range_is_refused() {
    for speed in [0.0, 0.69, 1.31, f32::NAN, f32::INFINITY] {
        let refused = speak(&SpeechRequest {
            speed,
            ..request("Hello.")
        });
        assert!(matches!(refused, Err(SpeechError::Speed { .. })), "{speed}");
    }
}

#[test]
fn progress_counts_words_and_cancelling_stops() {
    let mut heard = Vec::new();
    VOICE
        .speak(
            &request("One two. Three. 🙂"),
            &|| false,
            &mut |done, total| {
                heard.push((done, total));
            },
        )
        .unwrap();
    assert_eq!(heard.first(), Some(&(2, 4)));
    assert_eq!(heard.last(), Some(&(4, 4)));

    let asked = Cell::new(0);
    let cancel = || {
        asked.set(asked.get() + 1);
        asked.get() > 1
    };
    let mut done = 0;
    let stopped = VOICE.speak(&request("One two. Three."), &cancel, &mut |words, _| {
        done = words;
    });
    assert!(matches!(stopped, Err(SpeechError::Cancelled)));
    assert_eq!(done, 2);
}

#[test]
fn a_wav_file_holds_every_sample() {
    let speech = speak(&request("Hello.")).unwrap();
    let wav = speech.to_wav();
    let reader = hound::WavReader::new(wav.as_slice()).unwrap();
    assert_eq!(reader.spec().sample_rate, SAMPLE_RATE);
    assert_eq!(reader.duration() as usize, speech.samples.len());
}

#[test]
fn the_voice_says_what_it_speaks() {
    assert_eq!(voices()[0].language, "en-US");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_spoken_word_for_word_or_refused(
        text in "(([a-zA-Z'’]{1,8}|[0-9$%.,:/-]{1,9}|[A-Z]{1,4}[0-9]{0,3}|\\PC{1,5}|\\[a\\]\\(b\\)|[\u{0}-\u{7f}]{1,4})[ \n]{0,2}){0,10}"
    ) {
        match speak(&request(&text)) {
            Ok(speech) => assert_words_fit(&text, &speech),
            Err(SpeechError::NothingToSpeak | SpeechError::UnsupportedScript { .. }) => {}
            Err(other) => prop_assert!(false, "{other}: {other:?}"),
        }
    }
}
