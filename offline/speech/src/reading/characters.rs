//! Turns a token into characters the reader knows: signs to words, look-alike
//! letters to plain ones, everything else away.

use crate::text::WritingSystem;
use unicode_normalization::UnicodeNormalization;

/// Signs said as words wherever they stand; longer ones first.
const SIGNS: &[(&str, &str)] = &[
    ("°C", " degrees Celsius "),
    ("°F", " degrees Fahrenheit "),
    ("°", " degrees "),
    ("https://", ""),
    ("http://", ""),
    ("...", "…"),
    ("&", " and "),
    ("+", " plus "),
    ("=", " equals "),
    ("@", " at "),
    ("×", " times "),
    ("÷", " divided by "),
    ("±", " plus or minus "),
    ("∞", " infinity "),
    ("√", " square root of "),
    ("π", " pi "),
    ("№", " number "),
    ("½", " one half "),
    ("¼", " one quarter "),
    ("¾", " three quarters "),
    ("⅓", " one third "),
    ("⅔", " two thirds "),
    ("²", " squared "),
    ("³", " cubed "),
    ("→", " to "),
    ("#", " hashtag "),
    ("−", "-"),
    ("[", "("),
    ("]", ")"),
    ("{", "("),
    ("}", ")"),
    ("…", "… "),
    ("—", "— "),
    ("–", "–"),
];

/// Punctuation the reader understands.
const PUNCTUATION: &[char] = &[
    '.', ',', ';', ':', '!', '?', '…', '—', '–', '-', '\'', '’', '‘', '"', '“', '”', '(', ')', '/',
    '%', '$', '€', '£', '¥', '₹', '₩',
];

/// `token` in speakable characters, perhaps several words, perhaps none.
pub(super) fn speakable(token: &str) -> String {
    if token.is_ascii() && token.bytes().all(|b| b.is_ascii_alphabetic()) {
        return token.to_owned();
    }
    let mut text = token.replace(['\u{2122}', '\u{ae}', '\u{a9}'], "");
    if let Some(number) = text
        .strip_prefix('#')
        .filter(|rest| starts_with_digit(rest))
    {
        text = format!("number {number}");
    }
    for (sign, words) in SIGNS {
        if text.contains(sign) {
            text = text.replace(sign, words);
        }
    }
    text.nfkc()
        .filter_map(|c| match c {
            _ if c.is_alphabetic() && WritingSystem::of(c) == WritingSystem::Latin => Some(c),
            _ if c.is_ascii_digit() || c == ' ' || PUNCTUATION.contains(&c) => Some(c),
            _ if c.is_numeric() => c.to_digit(10).and_then(|d| char::from_digit(d, 10)),
            // Marks that divide words divide them in speech as well.
            '_' | '*' | '|' | '\\' | '~' | '^' | '<' | '>' | '•' => Some(' '),
            _ => None,
        })
        .collect()
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}
