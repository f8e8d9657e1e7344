use super::{Heard, Span};

/// A part of a word, as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<T> {
    pub(super) text: String,
    /// In a script, the place of its word; of what was heard, its time.
    pub(super) of: T,
}

/// Longer tokens are compared as wholes only.
const COMPARED_LETTERS: usize = 40;

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

pub(super) fn of_script(words: &[&str]) -> Vec<Token<usize>> {
    let tokens = words.iter().enumerate().flat_map(|(of, word)| {
        let texts = tokens(word).into_iter();
        texts.map(move |text| Token { text, of })
    });
    tokens.collect()
}

/// Each with its share of its word's time, by its letters.
pub(super) fn of_heard(heard: &[Heard]) -> Vec<Token<Span>> {
    let mut all = Vec::new();
    for word in heard {
        let texts = tokens(&word.text);
        let letters: usize = texts.iter().map(String::len).sum();
        let length = (word.end_ms - word.start_ms) as usize;
        let mut spoken = 0;
        for text in texts {
            let start = word.start_ms + (length * spoken / letters) as u32;
            spoken += text.len();
            let end = word.start_ms + (length * spoken / letters) as u32;
            let of = (start, end);
            all.push(Token { text, of });
        }
    }
    all
}

/// Letters and digits of a word; none of an emoji or a lone dash.
pub(super) fn speakable(word: &str) -> u32 {
    let count = word.chars().filter(|c| c.is_alphanumeric()).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// How alike two tokens are, from 500 for half to 1,000 for the same; nothing
/// for less than half.
pub(super) fn likeness(ours: &str, theirs: &str) -> Option<u32> {
    if ours == theirs {
        return Some(1_000);
    }
    let (ours, theirs): (Vec<_>, Vec<_>) = (ours.chars().collect(), theirs.chars().collect());
    let (short, long) = (ours.len().min(theirs.len()), ours.len().max(theirs.len()));
    if short * 2 < long || long > COMPARED_LETTERS {
        return None;
    }
    let same = long - distance(&ours, &theirs);
    (same * 2 >= long).then(|| (same * 1_000 / long) as u32)
}

/// Letters to change, add or take away: Levenshtein's distance.
fn distance(ours: &[char], theirs: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=theirs.len()).collect();
    for (place, letter) in ours.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = place + 1;
        for (column, other) in theirs.iter().enumerate() {
            let changed = diagonal + usize::from(letter != other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[theirs.len()]
}

fn tokens(word: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for letter in word.chars().flat_map(char::to_lowercase) {
        let part = parts.last_mut().expect("there is always one");
        let was_digit = part.chars().next_back().map(|last| last.is_ascii_digit());
        if is_word_alone(letter) {
            parts.extend([letter.to_string(), String::new()]);
        } else if letter.is_alphanumeric() {
            if was_digit.is_some_and(|was_digit| was_digit != letter.is_ascii_digit()) {
                parts.push(letter.to_string());
            } else {
                part.push(letter);
            }
        } else if !is_within_words(letter, was_digit == Some(true)) {
            parts.push(String::new());
        }
    }
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.flat_map(|part| spelled(&part)).collect()
}

/// Han and kana are written without spaces, and heard one by one.
fn is_word_alone(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Left out without a trace: `don’t`, `1,200`, `U.S.`; but `3.5` are two.
fn is_within_words(letter: char, is_after_digit: bool) -> bool {
    matches!(letter, '\'' | '’' | ',') || (letter == '.' && !is_after_digit)
}

fn spelled(part: &str) -> Vec<String> {
    let number = part.parse::<u32>().ok().filter(|n| *n < 1_000_000_000);
    let Some(number) = number else {
        return vec![part.to_owned()];
    };
    let mut words = Vec::new();
    spell(number, &mut words);
    words.into_iter().map(str::to_owned).collect()
}

fn spell(number: u32, words: &mut Vec<&'static str>) {
    let groups = [
        (1_000_000, "million"),
        (1_000, "thousand"),
        (100, "hundred"),
    ];
    match groups.into_iter().find(|(size, _)| number >= *size) {
        Some((size, name)) => {
            spell(number / size, words);
            words.push(name);
            if !number.is_multiple_of(size) {
                spell(number % size, words);
            }
        }
        None if number >= 20 => {
            words.push(TENS[(number / 10) as usize]);
            if !number.is_multiple_of(10) {
                words.push(ONES[(number % 10) as usize]);
            }
        }
        None => words.push(ONES[number as usize]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_case_punctuation_or_figures() {
        for (word, wanted) in [
            ("“Octopuses!”", "octopuses"),
            ("Don’t", "dont"),
            ("U.S.", "us"),
            ("state-of-the-art", "state of the art"),
            ("twenty-five", "twenty five"),
            ("25", "twenty five"),
            ("1,200,040", "one million two hundred thousand forty"),
            ("3.5km", "three five km"),
            ("心脏。", "心 脏"),
            ("—", ""),
            ("12345678901234567890", "12345678901234567890"),
        ] {
            assert_eq!(tokens(word).join(" "), wanted, "{word}");
        }
    }

    #[test]
    fn likeness_is_the_share_of_letters_that_stay() {
        assert_eq!(likeness("hearts", "hearts"), Some(1_000));
        assert_eq!(likeness("hearts", "arts"), Some(666));
        assert_eq!(likeness("sea", "see"), Some(666));
        assert_eq!(likeness("hearts", "moon"), None);
        assert_eq!(likeness("a", "octopus"), None);
    }
}
