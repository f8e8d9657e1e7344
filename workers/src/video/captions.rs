//! Word times to captions files, for players that draw captions themselves.

use std::fmt::Write;

use domain::video::output::SpokenWord;

/// As many characters as a player shows on one line without wrapping.
const LINE_CHARS: usize = 42;
/// A pause this long ends a line.
const PAUSE_MS: u32 = 400;

/// A line of captions and when it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cue {
    start_ms: u32,
    end_ms: u32,
    text: String,
}

/// Lines that end where a sentence, the speech or the width does.
pub(super) fn cues(words: &[SpokenWord]) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    let mut open = false;
    for word in words {
        let joins = |cue: &Cue| {
            let chars = cue.text.chars().count() + 1 + word.text.chars().count();
            chars <= LINE_CHARS && word.start_ms < cue.end_ms + PAUSE_MS
        };
        match cues.last_mut() {
            Some(cue) if open && joins(cue) => {
                cue.text.push(' ');
                cue.text.push_str(&word.text);
                cue.end_ms = word.end_ms;
            }
            _ => cues.push(Cue {
                start_ms: word.start_ms,
                end_ms: word.end_ms,
                text: word.text.clone(),
            }),
        }
        open = !word.text.ends_with(['.', '!', '?', '。', '！', '？', '؟']);
    }
    cues
}

/// SubRip.
pub(super) fn srt(cues: &[Cue]) -> String {
    let mut file = String::new();
    for (number, cue) in (1..).zip(cues) {
        let (start, end) = (clock(cue.start_ms, ','), clock(cue.end_ms, ','));
        let _ = write!(file, "{number}\n{start} --> {end}\n{}\n\n", cue.text);
    }
    file
}

/// WebVTT, in which `&` and `<` have a meaning.
pub(super) fn vtt(cues: &[Cue]) -> String {
    let mut file = "WEBVTT\n\n".to_owned();
    for cue in cues {
        let (start, end) = (clock(cue.start_ms, '.'), clock(cue.end_ms, '.'));
        let text = cue.text.replace('&', "&amp;").replace('<', "&lt;");
        let _ = write!(file, "{start} --> {end}\n{text}\n\n");
    }
    file
}

fn clock(ms: u32, separator: char) -> String {
    let (s, ms) = (ms / 1000, ms % 1000);
    format!(
        "{:02}:{:02}:{:02}{separator}{ms:03}",
        s / 3600,
        s / 60 % 60,
        s % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<SpokenWord> {
        let each = |(i, text): (u32, &str)| SpokenWord {
            text: text.to_owned(),
            start_ms: i * 500,
            end_ms: i * 500 + 400,
        };
        (0..).zip(text.split(' ')).map(each).collect()
    }

    #[test]
    fn a_line_ends_with_its_sentence() {
        let cues = cues(&words("It has three. Why so many?"));
        let texts: Vec<_> = cues.iter().map(|cue| cue.text.as_str()).collect();
        assert_eq!(texts, ["It has three.", "Why so many?"]);
    }

    #[test]
    fn a_line_ends_where_the_speech_pauses() {
        let mut words = words("one two three");
        words[2].start_ms += 1_000;
        words[2].end_ms += 1_000;
        assert_eq!(cues(&words).len(), 2);
    }

    #[test]
    fn subrip_numbers_its_lines_and_counts_in_hours() {
        let cue = Cue {
            start_ms: 3_723_004,
            end_ms: 3_724_500,
            text: "Hello".to_owned(),
        };
        assert_eq!(srt(&[cue]), "1\n01:02:03,004 --> 01:02:04,500\nHello\n\n");
    }

    #[test]
    fn webvtt_shows_angle_brackets_and_ampersands_as_they_are() {
        let cue = Cue {
            start_ms: 0,
            end_ms: 900,
            text: "a<b & c".to_owned(),
        };
        assert_eq!(
            vtt(&[cue]),
            "WEBVTT\n\n00:00:00.000 --> 00:00:00.900\na&lt;b &amp; c\n\n"
        );
    }
}
