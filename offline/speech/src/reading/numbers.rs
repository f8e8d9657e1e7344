//! Forms with digits that the pronouncing dictionary does not read by itself.

use super::{Around, vocabulary};

pub(super) enum Reading {
    Words(String),
    /// A sum whose magnitude is the next word; the unit is said after that one.
    MoneyOf {
        amount: String,
        unit: &'static str,
    },
}

const MAGNITUDES: &[&str] = &["hundred", "thousand", "million", "billion", "trillion"];

const MAGNITUDE_LETTERS: &[(&str, &str)] = &[
    ("k", "thousand"),
    ("K", "thousand"),
    ("m", "million"),
    ("M", "million"),
    ("bn", "billion"),
    ("B", "billion"),
    ("T", "trillion"),
];

const CURRENCIES: &[(char, &str)] = &[
    ('$', "dollars"),
    ('€', "euros"),
    ('£', "pounds"),
    ('¥', "yen"),
    ('₹', "rupees"),
    ('₩', "won"),
];

const DECADES: &[(&str, &str)] = &[
    ("20", "twenties"),
    ("30", "thirties"),
    ("40", "forties"),
    ("50", "fifties"),
    ("60", "sixties"),
    ("70", "seventies"),
    ("80", "eighties"),
    ("90", "nineties"),
];

const NUMERATORS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];
/// From halves on.
const DENOMINATORS: &[&str] = &[
    "half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
];

/// More digits than this are said one by one.
const MAX_CARDINAL_DIGITS: usize = 12;

/// How `word` is said, if it has digits and needs writing out.
pub(super) fn read(word: &str, around: &Around) -> Option<Reading> {
    if !word.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Some(reading) = money(word, around) {
        return Some(reading);
    }
    let rules = [
        percent, clock, half_day, decade, fraction, range, by, with_unit, digits, mixed,
    ];
    rules.iter().find_map(|rule| rule(word)).map(Reading::Words)
}

fn money(word: &str, around: &Around) -> Option<Reading> {
    let (sign, unit) = *CURRENCIES
        .iter()
        .find(|(sign, _)| word.starts_with(*sign))?;
    let rest = &word[sign.len_utf8()..];
    let (amount, letters) = split_amount(rest)?;
    if let Some((_, magnitude)) = MAGNITUDE_LETTERS.iter().find(|(m, _)| *m == letters) {
        return Some(Reading::Words(format!("{amount} {magnitude} {unit}")));
    }
    if !letters.is_empty() {
        return None;
    }
    if MAGNITUDES.contains(&around.next) && around.stop.is_empty() {
        let amount = amount.to_owned();
        return Some(Reading::MoneyOf { amount, unit });
    }
    // The dictionary reads these three itself, cents and pence included.
    (!matches!(sign, '$' | '€' | '£')).then(|| Reading::Words(format!("{amount} {unit}")))
}

fn percent(word: &str) -> Option<String> {
    Some(format!("{} percent", word.strip_suffix('%')?))
}

/// `7:30`, `10:05pm`.
fn clock(word: &str) -> Option<String> {
    let (hour, rest) = word.split_once(':')?;
    let (minute, half) = split_amount(rest)?;
    if !(is_digits(hour, 1..=2) && is_digits(minute, 2..=2)) {
        return None;
    }
    let half_said = half_of_day(half)?;
    Some(match (minute.strip_prefix('0'), half_said) {
        (Some("0"), "") => format!("{hour} o'clock"),
        (Some("0"), half) => format!("{hour} {half}"),
        (Some(ones), "") => format!("{hour} oh {ones}"),
        (Some(ones), half) => format!("{hour} oh {ones} {half}"),
        (None, "") => format!("{hour} {minute}"),
        (None, half) => format!("{hour} {minute} {half}"),
    })
}

/// `5pm`.
fn half_day(word: &str) -> Option<String> {
    let (hour, half) = split_amount(word)?;
    match half_of_day(half)? {
        "" => None,
        half => Some(format!("{hour} {half}")),
    }
}

fn half_of_day(letters: &str) -> Option<&'static str> {
    match letters.to_ascii_lowercase().as_str() {
        "" => Some(""),
        "am" | "a.m" => Some("a.m."),
        "pm" | "p.m" => Some("p.m."),
        _ => None,
    }
}

/// `1990s`, `80s`, `1900s`, `2000s`.
fn decade(word: &str) -> Option<String> {
    let years = word.strip_suffix('s')?;
    let years = years.strip_suffix(['\'', '’']).unwrap_or(years);
    if !(is_digits(years, 2..=2) || is_digits(years, 4..=4)) {
        return None;
    }
    let (century, tens) = years.split_at(years.len() - 2);
    let said = match (century, tens) {
        ("20", "00") => return Some("two thousands".to_owned()),
        (_, "00") => "hundreds",
        (_, "10") => "tens",
        _ => DECADES.iter().find(|(digits, _)| *digits == tens)?.1,
    };
    Some(format!("{century} {said}").trim_start().to_owned())
}

/// `1/2`, `24/7`.
fn fraction(word: &str) -> Option<String> {
    let (above, below) = word.split_once('/')?;
    if !(is_digits(above, 1..=4) && is_digits(below, 1..=4)) {
        return None;
    }
    let part = |above: usize, below: usize| {
        let numerator = NUMERATORS.get(above.checked_sub(1)?)?;
        let denominator = DENOMINATORS.get(below.checked_sub(2)?)?;
        let plural = if above == 1 { "" } else { "s" };
        (above < below).then(|| format!("{numerator} {denominator}{plural}"))
    };
    let said = above.parse().ok().zip(below.parse().ok());
    Some(
        said.and_then(|(above, below)| part(above, below))
            .unwrap_or_else(|| format!("{above} {below}")),
    )
}

/// `2-3`, `1914–1918`, and telephone numbers.
fn range(word: &str) -> Option<String> {
    let parts: Vec<&str> = word.split(['-', '–']).collect();
    let [from, .., to] = parts.as_slice() else {
        return None;
    };
    if !parts.iter().all(|part| is_digits(part, 1..=12)) {
        return None;
    }
    let is_telephone = parts.len() > 2 || (from.len() == 3 && to.len() == 4);
    Some(if is_telephone {
        spelled(&parts.concat())
    } else {
        format!("{from} to {to}")
    })
}

/// `4x4`, `10x`.
fn by(word: &str) -> Option<String> {
    let (width, height) = word.split_once('x')?;
    match height {
        "" if is_digits(width, 1..=6) => Some(format!("{width} times")),
        _ if is_digits(width, 1..=6) && is_digits(height, 1..=6) => {
            Some(format!("{width} by {height}"))
        }
        _ => None,
    }
}

/// `5km`.
fn with_unit(word: &str) -> Option<String> {
    let (amount, unit) = split_amount(word)?;
    let said = vocabulary::unit(unit, amount)?;
    Some(format!("{amount} {said}"))
}

fn digits(word: &str) -> Option<String> {
    (word.len() > MAX_CARDINAL_DIGITS && is_digits(word, 1..=usize::MAX)).then(|| spelled(word))
}

/// `COVID-19`, `H2O`, `B2B`: letters and digits apart.
fn mixed(word: &str) -> Option<String> {
    let is_ordinal =
        split_amount(word).is_some_and(|(_, end)| matches!(end, "" | "st" | "nd" | "rd" | "th"));
    if is_ordinal
        || word
            .trim_start_matches(['-', '$', '€', '£'])
            .parse::<f64>()
            .is_ok()
    {
        return None;
    }
    let mut runs: Vec<String> = Vec::new();
    let mut previous = None;
    for c in word.chars() {
        let kind = (c.is_ascii_digit(), c.is_alphabetic());
        let joins_number = matches!(c, '.' | ',') && previous == Some((true, false));
        match runs.last_mut() {
            _ if kind == (false, false) && !joins_number => {
                previous = None;
                continue;
            }
            Some(run) if previous == Some(kind) || joins_number => run.push(c),
            _ => runs.push(c.to_string()),
        }
        if !joins_number {
            previous = Some(kind);
        }
    }
    Some(
        runs.iter()
            .map(|run| run.trim_end_matches(['.', ',']))
            .collect::<Vec<_>>()
            .join(" "),
    )
}

/// A number, its separators included, and what follows it.
fn split_amount(word: &str) -> Option<(&str, &str)> {
    let end = word
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')))
        .unwrap_or(word.len());
    let (amount, rest) = word.split_at(end);
    amount
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some((amount, rest))
}

fn is_digits(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn spelled(digits: &str) -> String {
    let digits: Vec<String> = digits.chars().map(String::from).collect();
    digits.join(" ")
}
