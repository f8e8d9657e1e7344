//! Makes any topic safe to speak, to show and to put in the middle of a sentence.

use crate::material::SETTINGS;

/// A topic in each of the forms a template needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Topic {
    /// For the title: as given, on one line, at most 60 characters.
    pub(crate) title: String,
    /// A sentence of its own: `Black coffee.` or `Why is my cat sad?`
    pub(crate) sentence: String,
    /// The object of a sentence: `black coffee`, `this question` or `this subject`.
    pub(crate) inside: String,
    /// What to draw: up to three words of the topic, or a neutral hero.
    pub(crate) hero: String,
}

const TITLE_CHARS: usize = 60;
const SPOKEN_WORDS: usize = 12;
const SPOKEN_CHARS: usize = 72;
const WORD_CHARS: usize = 36;
const INSIDE_WORDS: usize = 5;
const HERO_WORDS: usize = 3;
const NEUTRAL_HERO: &str = "magnifying glass";

/// Whether there is nothing in it to see or say.
pub(crate) fn is_blank(raw: &str) -> bool {
    raw.chars().all(is_invisible)
}

impl Topic {
    pub(crate) fn parse(raw: &str) -> Self {
        let words = shorten(calm(speakable(raw)));
        let question = is_question(raw, &words);
        let sentence = match (words.is_empty(), question) {
            (true, _) => "Today's subject.".to_owned(),
            (false, true) => capitalised(&words.join(" ")) + "?",
            (false, false) => capitalised(words.join(" ").trim_end_matches(',')) + ".",
        };
        Self {
            title: title(raw, question),
            inside: inside(&words, question),
            hero: hero(&words),
            sentence,
        }
    }

    pub(crate) fn is_question(&self) -> bool {
        self.sentence.ends_with('?')
    }
}

fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Words a voice can read; one that ends a clause keeps a comma.
fn speakable(raw: &str) -> Vec<String> {
    let chars: Vec<char> = raw.chars().collect();
    let mut text = String::with_capacity(raw.len());
    for (at, &c) in chars.iter().enumerate() {
        let next_is_digit = chars.get(at + 1).is_some_and(char::is_ascii_digit);
        let previous_is_digit = at > 0 && chars[at - 1].is_ascii_digit();
        match c {
            '%' => text.push_str(" percent "),
            '&' => text.push_str(" and "),
            '+' => text.push_str(" plus "),
            '’' => text.push('\''),
            '$' if next_is_digit => text.push('$'),
            '.' | ',' | ':' if previous_is_digit && next_is_digit => text.push(c),
            ',' | ':' | ';' | '.' | '!' | '?' | '(' | ')' | '\u{2013}' | '\u{2014}' => {
                text.push_str(" , ");
            }
            '\'' | '-' => text.push(c),
            _ if is_letter_like(c) => text.push(c),
            '\u{200c}' | '\u{200d}' => {}
            _ => text.push(' '),
        }
    }
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = word.trim_matches(['\'', '-']);
        match words.last_mut() {
            Some(last) if word == "," && !last.ends_with(',') => last.push(','),
            _ if word == "," || word.is_empty() => {}
            _ => words.push(word.chars().take(WORD_CHARS).collect()),
        }
    }
    if let Some(last) = words.last_mut() {
        *last = last.trim_end_matches(',').to_owned();
    }
    words
}

/// Letters, digits and the marks that belong to them, in any script; no emoji.
fn is_letter_like(c: char) -> bool {
    c.is_alphanumeric()
        || (!c.is_ascii()
            && !is_invisible(c)
            && !matches!(c,
                '\u{80}'..='\u{bf}'
                | '\u{2000}'..='\u{2bff}'
                | '\u{3000}'..='\u{303f}'
                | '\u{e000}'..='\u{f8ff}'
                | '\u{fe00}'..='\u{fe6f}'
                | '\u{ff00}'..='\u{ff20}'
                | '\u{fff0}'..='\u{ffff}'
                | '\u{1f000}'..))
}

/// Lower-cases a shouted topic; acronyms, being short, stay.
fn calm(words: Vec<String>) -> Vec<String> {
    let has_lower_case = words
        .iter()
        .any(|word| word.chars().any(char::is_lowercase));
    if has_lower_case || words.len() < 2 {
        return words;
    }
    words.iter().map(|word| word.to_lowercase()).collect()
}

/// Cuts a long topic at the end of a clause or, failing that, before words that
/// would be left dangling.
fn shorten(words: Vec<String>) -> Vec<String> {
    let mut chars = 0;
    let fitting = words
        .iter()
        .take(SPOKEN_WORDS)
        .take_while(|word| {
            chars += word.chars().count() + 1;
            chars <= SPOKEN_CHARS
        })
        .count();
    if fitting == words.len() {
        return words;
    }
    let mut kept = words[..fitting].to_vec();
    let clause_end = kept.iter().rposition(|word| word.ends_with(','));
    if let Some(end) = clause_end.filter(|&end| end >= 2) {
        kept.truncate(end + 1);
    }
    while kept.len() > 1
        && kept
            .last()
            .is_some_and(|word| DANGLING.contains(&lower(word).as_str()))
    {
        kept.pop();
    }
    if let Some(last) = kept.last_mut() {
        *last = last.trim_end_matches(',').to_owned();
    }
    kept
}

fn is_question(raw: &str, words: &[String]) -> bool {
    let typed = raw.trim_end_matches(|c: char| {
        is_invisible(c) || !is_letter_like(c) && !matches!(c, '?' | '？')
    });
    let auxiliary = |at: usize| {
        words
            .get(at)
            .is_some_and(|word| AUXILIARIES.contains(&lower(word).as_str()))
    };
    let asking = words
        .first()
        .is_some_and(|word| ASKING.contains(&lower(word).as_str()));
    words.len() > 1 && (typed.ends_with(['?', '？']) || auxiliary(0) || asking && auxiliary(1))
}

fn inside(words: &[String], question: bool) -> String {
    let first = words.first().map(|word| lower(word)).unwrap_or_default();
    if question || ASKING.contains(&first.as_str()) {
        return "this question".to_owned();
    }
    let noun_like = (1..=INSIDE_WORDS).contains(&words.len())
        && !IMPERATIVES.contains(&first.as_str())
        && !words.iter().any(|word| word.ends_with(','));
    if !noun_like {
        return "this subject".to_owned();
    }
    let start = if DANGLING.contains(&first.as_str()) {
        first
    } else {
        words[0].clone()
    };
    [&[start], &words[1..]].concat().join(" ")
}

fn hero(words: &[String]) -> String {
    let drawable = |word: &&str| {
        word.len() > 2
            && word.chars().all(|c| c.is_ascii_lowercase())
            && !DANGLING.contains(word)
            && !ASKING.contains(word)
            && !AUXILIARIES.contains(word)
            && !SETTINGS
                .iter()
                .any(|setting| setting.split(' ').any(|part| word.starts_with(part)))
    };
    let lowered: Vec<String> = words.iter().map(|word| lower(word)).collect();
    let kept: Vec<&str> = lowered
        .iter()
        .map(String::as_str)
        .filter(drawable)
        .take(HERO_WORDS)
        .collect();
    if kept.is_empty() {
        NEUTRAL_HERO.to_owned()
    } else {
        kept.join(" ")
    }
}

fn title(raw: &str, question: bool) -> String {
    let one_line: String = raw
        .chars()
        .map(|c| if is_invisible(c) { ' ' } else { c })
        .collect();
    let words = calm(one_line.split_whitespace().map(str::to_owned).collect());
    let whole = words.join(" ");
    let trimmed = whole.trim_end_matches(['.', ',', ';', ':', '!', '?', ' ']);
    let kept = if trimmed.is_empty() {
        whole.as_str()
    } else {
        trimmed
    };
    if kept.chars().count() > TITLE_CHARS {
        let cut: String = kept.chars().take(TITLE_CHARS - 1).collect();
        let at_word = cut
            .rsplit_once(' ')
            .map_or(cut.as_str(), |(start, _)| start);
        return capitalised(at_word.trim_end_matches([',', ';', ':', '.'])) + "…";
    }
    capitalised(kept) + if question { "?" } else { "" }
}

fn lower(word: &str) -> String {
    word.trim_end_matches(',').to_lowercase()
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

const ASKING: [&str; 9] = [
    "why", "how", "what", "who", "when", "where", "which", "whose", "whether",
];

const AUXILIARIES: [&str; 19] = [
    "is", "are", "was", "were", "do", "does", "did", "can", "could", "should", "will", "would",
    "has", "have", "had", "may", "might", "must", "am",
];

/// Words a shortened topic must not end with; none of them is a name, either.
const DANGLING: [&str; 36] = [
    "a", "an", "the", "of", "in", "on", "at", "to", "for", "from", "with", "without", "by", "and",
    "or", "but", "nor", "so", "as", "than", "that", "which", "who", "my", "your", "our", "their",
    "his", "her", "its", "this", "these", "those", "is", "are", "if",
];

/// First words that tell a topic is a thing to do, not a thing.
const IMPERATIVES: [&str; 28] = [
    "learn", "make", "build", "stop", "start", "get", "be", "find", "use", "try", "think", "tell",
    "explain", "give", "write", "talk", "keep", "let", "never", "always", "don't", "avoid", "save",
    "become", "quit", "grow", "create", "show",
];

#[cfg(test)]
mod tests;
