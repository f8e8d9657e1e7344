//! Word times against an independent aligner that has only the sound and the words.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use offline_speech::{SpeechRequest, Voice, Word};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Ordinary narration; tokens with digits are told to the aligner in words.
const NARRATION: &str = "\
An octopus has three hearts, and it needs every one of them. Two of the hearts pump blood \
through the gills, where it takes in oxygen. The third heart sends that blood around the rest \
of the body. When the animal swims, this main heart stops beating, which is why an octopus \
would rather crawl along the bottom of the sea than swim. Its blood is blue, because it carries \
oxygen with copper instead of iron. There are about 300 kinds of octopus. The largest can weigh \
more than 100 pounds, and the smallest is lighter than a coin. In 1969 people landed on the moon, \
but even today we know less about the deep sea than about its surface. So the next time you \
look at the dark water, remember: something down there may be looking back at you, with three \
hearts and 9 brains. What would you ask it?";

const WRITTEN_OUT: &[(&str, &str)] = &[
    ("300", "three hundred"),
    ("100", "one hundred"),
    ("1969", "nineteen sixty nine"),
    ("9", "nine"),
];

/// A start within this of the aligner's is right: a third of a spoken word.
const TOLERANCE_MS: i64 = 120;

#[test]
fn nineteen_of_twenty_words_start_when_an_aligner_hears_them() {
    let voice = Voice::load().unwrap();
    for speed in [1.0, 0.8, 1.25] {
        let request = SpeechRequest {
            text: NARRATION,
            speed,
            seed: 11,
        };
        let speech = voice.speak(&request, &|| false, &mut |_, _| {}).unwrap();
        let heard = align(&speech.to_wav());
        assert_eq!(heard.len(), speech.words.len());
        assert!(heard.len() >= 100);
        let off: Vec<i64> = speech
            .words
            .iter()
            .zip(&heard)
            .map(|(word, start)| i64::from(word.start_ms) - start)
            .collect();
        let late = off.iter().sum::<i64>() as f64 / off.len() as f64;
        let mean = off.iter().map(|ms| ms.abs()).sum::<i64>() as f64 / off.len() as f64;
        let wrong = wrong_words(&speech.words, &off);
        println!(
            "speed {speed}: mean {mean:.0} ms off, {late:+.0} ms late; beyond {TOLERANCE_MS} ms: {wrong:?}"
        );
        assert!(
            wrong.len() * 20 <= off.len(),
            "{} of {} words are more than {TOLERANCE_MS} ms off: {wrong:?}",
            wrong.len(),
            off.len()
        );
    }
}

fn wrong_words<'a>(words: &'a [Word], off: &[i64]) -> Vec<(&'a str, i64)> {
    words
        .iter()
        .zip(off)
        .filter(|(_, ms)| ms.abs() > TOLERANCE_MS)
        .map(|(word, ms)| (word.text.as_str(), *ms))
        .collect()
}

/// When the aligner hears each token of the narration start.
fn align(wav: &[u8]) -> Vec<i64> {
    let tokens: Vec<Vec<String>> = NARRATION.split_whitespace().map(spoken).collect();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(wav).unwrap();
    let mut aligner = Command::new(python())
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/align.py"))
        .arg(file.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = aligner.stdin.take().unwrap();
    input
        .write_all(tokens.concat().join("\n").as_bytes())
        .unwrap();
    drop(input);
    let output = aligner.wait_with_output().unwrap();
    assert!(output.status.success(), "the aligner failed");
    let starts: Vec<i64> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| line.split(' ').nth(1).unwrap().parse().unwrap())
        .collect();
    let mut at = 0;
    tokens
        .iter()
        .map(|words| {
            let start = starts[at];
            at += words.len();
            start
        })
        .collect()
}

fn spoken(token: &str) -> Vec<String> {
    let bare = token.trim_matches(|c: char| !c.is_alphanumeric());
    let words = WRITTEN_OUT
        .iter()
        .find(|(digits, _)| *digits == bare)
        .map_or(bare, |(_, words)| words);
    words.split(' ').map(str::to_owned).collect()
}

fn python() -> PathBuf {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let python = std::env::var_os("NARRATE_ALIGNER_PYTHON").map_or_else(
        || PathBuf::from(root).join("target/aligner/bin/python"),
        PathBuf::from,
    );
    assert!(
        python.exists(),
        "the aligner is not installed: run scripts/setup test, and set NARRATE_ALIGNER_PYTHON to \
         aligner/bin/python in the tools folder, as `make test` does"
    );
    python
}
