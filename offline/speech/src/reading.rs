//! Writes out what a page leaves unsaid: `50%`, `7:30`, `$3.2 billion`, `1990s`.
//!
//! Plain numbers, ordinals, years and simple sums of money are read by the
//! pronouncing dictionary itself and pass through. To teach a new form, add a
//! rule to `numbers` (it has digits) or a row to `vocabulary` (it has none).

mod characters;
mod numbers;
mod vocabulary;

use numbers::Reading;

/// A word as it is said, and the token of the text it is said for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) token: usize,
}

const OPENING: &[char] = &['(', '"', '\'', '“', '‘', '«', '¿', '¡'];
const CLOSING: &[char] = &[
    ')', '"', '\'', '”', '’', '»', '.', ',', ';', ':', '!', '?', '…',
];

/// What is said for the tokens of one sentence, numbered from `first`. A token
/// that can't be said has no piece.
pub(crate) fn pieces(tokens: &[&str], first: usize) -> Vec<Piece> {
    let words: Vec<Piece> = tokens
        .iter()
        .zip(first..)
        .flat_map(|(token, number)| {
            characters::speakable(token)
                .split_whitespace()
                .map(|word| Piece {
                    text: word.to_owned(),
                    token: number,
                })
                .collect::<Vec<_>>()
        })
        .collect();
    let mut pieces = Vec::new();
    let mut unit_after_magnitude = None;
    for (at, word) in words.iter().enumerate() {
        let (before, core, after) = affixes(&word.text);
        let around = Around {
            previous: at
                .checked_sub(1)
                .map_or("", |at| affixes(&words[at].text).1),
            next: words.get(at + 1).map_or("", |next| affixes(&next.text).1),
            stop: after,
        };
        let mut said = match unit_after_magnitude.take() {
            Some(unit) => format!("{core} {unit}"),
            None => match numbers::read(core, &around) {
                Some(Reading::Words(words)) => words,
                Some(Reading::MoneyOf { amount, unit }) => {
                    unit_after_magnitude = Some(unit);
                    amount
                }
                None => match vocabulary::read(core, &around) {
                    Some(words) => words,
                    None => {
                        pieces.push(word.clone());
                        continue;
                    }
                },
            },
        };
        said.insert_str(0, before);
        // The period of "approx." belongs to the short form, unless it ends the sentence.
        if !(after == "." && at + 1 < words.len()) {
            said.push_str(after);
        }
        pieces.extend(said.split(' ').map(|text| Piece {
            text: text.to_owned(),
            token: word.token,
        }));
    }
    pieces
}

/// What stands beside a word.
struct Around<'a> {
    previous: &'a str,
    next: &'a str,
    /// The punctuation that closes the word.
    stop: &'a str,
}

fn affixes(word: &str) -> (&str, &str, &str) {
    let rest = word.trim_start_matches(OPENING);
    let core = rest.trim_end_matches(CLOSING);
    (&word[..word.len() - rest.len()], core, &rest[core.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let tokens: Vec<&str> = text.split_whitespace().collect();
        let words: Vec<String> = pieces(&tokens, 0).into_iter().map(|p| p.text).collect();
        words.join(" ")
    }

    #[test]
    fn plain_words_and_numbers_pass_through() {
        for text in [
            "Don't stop, Dr. Who!",
            "3,000 men in 1969 paid $4.50.",
            "“Yes,” she said.",
        ] {
            assert_eq!(said(text), text);
        }
    }

    #[test]
    fn numbers_with_signs_are_written_out() {
        for (text, expected) in [
            ("50%.", "50 percent."),
            ("(7:30)", "(7 30)"),
            ("10:05 p.m.", "10 oh 5 p.m."),
            ("12:00", "12 o'clock"),
            ("5pm", "5 p.m."),
            ("1990s", "19 nineties"),
            ("'80s", "'eighties"),
            ("2000s", "two thousands"),
            ("1/2", "one half"),
            ("3/4", "three quarters"),
            ("24/7", "24 7"),
            ("2-3", "2 to 3"),
            ("555-1234", "5 5 5 1 2 3 4"),
            ("20°C", "20 degrees Celsius"),
            ("5km,", "5 kilometers,"),
            ("1 kg", "1 kilogram"),
            ("60 mph", "60 miles per hour"),
            ("4x4", "4 by 4"),
            ("COVID-19", "COVID 19"),
            ("H2O", "H 2 O"),
            ("¥100", "100 yen"),
            ("$5M", "5 million dollars"),
            ("$3.2 billion,", "3.2 billion dollars,"),
            ("1234567890123", "1 2 3 4 5 6 7 8 9 0 1 2 3"),
            ("#1", "number 1"),
            ("−40", "-40"),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn signs_and_short_forms_are_said() {
        for (text, expected) in [
            ("R&B = fun", "R and B equals fun"),
            ("World War II", "World War two"),
            ("Henry VIII.", "Henry the eighth."),
            ("Jan. 5th", "January 5th"),
            ("example.com", "example dot com"),
            ("#wow *so* [nice]", "hashtag wow so (nice)"),
            ("wait—what", "wait— what"),
            ("𝗕𝗼𝗹𝗱 ｆｕｌｌ", "Bold full"),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_said_leaves_no_piece_but_keeps_the_numbering() {
        let pieces = pieces(&["Hi", "🙂", "日本", "\u{7}\u{0}", "you"], 10);
        let tokens: Vec<usize> = pieces.iter().map(|piece| piece.token).collect();
        assert_eq!(tokens, [10, 14]);
    }
}
