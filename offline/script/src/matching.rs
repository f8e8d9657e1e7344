//! Finds the pack a topic is truly about.

use std::{collections::BTreeSet, sync::OnceLock};

use crate::library::{Pack, packs};

/// How much of a topic a pack must know the words of. Below this the topic is
/// about something more, or else: "octopus hearts" is, "octopus salad" is not.
const COVERAGE: f32 = 0.75;

/// The pack to tell this topic from, if there is one; packs of the asked niche
/// come first, and stories are only told in their own.
pub(crate) fn find(topic: &str, niche: &str) -> Option<&'static Pack> {
    let asked = stems(topic);
    signatures()
        .iter()
        .filter(|signature| !signature.pack.file.fiction || signature.pack.niche == niche)
        .filter_map(|signature| Some((signature.closeness(&asked)?, signature.pack)))
        .max_by_key(|(closeness, pack)| (*closeness, pack.niche == niche))
        .map(|(_, pack)| pack)
}

/// The words a pack is recognised by.
struct Signature {
    pack: &'static Pack,
    phrases: Vec<BTreeSet<String>>,
    known: BTreeSet<String>,
}

fn signatures() -> &'static [Signature] {
    static SIGNATURES: OnceLock<Vec<Signature>> = OnceLock::new();
    SIGNATURES.get_or_init(|| packs().iter().map(Signature::of).collect())
}

impl Signature {
    fn of(pack: &'static Pack) -> Self {
        let file = &pack.file;
        let phrases: Vec<_> = file
            .keywords
            .iter()
            .chain([&file.title])
            .map(|text| stems(text))
            .collect();
        let also = file.also.iter().map(|text| stems(text));
        let known = phrases.iter().cloned().chain(also).flatten().collect();
        Self {
            pack,
            phrases,
            known,
        }
    }

    /// The number of stems in the longest phrase the topic holds whole.
    fn closeness(&self, asked: &BTreeSet<String>) -> Option<usize> {
        let held = self.phrases.iter().filter(|phrase| phrase.is_subset(asked));
        let longest = held.map(BTreeSet::len).max()?;
        let covered = asked.intersection(&self.known).count() as f32;
        (covered >= COVERAGE * asked.len() as f32).then_some(longest)
    }
}

/// The telling words of a text, without endings.
pub(crate) fn stems(text: &str) -> BTreeSet<String> {
    text.to_lowercase()
        .replace('’', "'")
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(|word| word.trim_end_matches("'s").replace('\'', ""))
        .filter(|word| !word.is_empty() && !SILENT.split(' ').any(|silent| silent == word))
        .map(|word| stem(&word))
        .collect()
}

fn stem(word: &str) -> String {
    let number = word
        .parse::<usize>()
        .ok()
        .and_then(|number| NUMBERS.get(number));
    let word = *number.unwrap_or(&word);
    let chars = word.chars().count();
    let cut = |ending: &str, put: &str, least: usize| {
        word.strip_suffix(ending)
            .filter(|_| chars >= least)
            .map(|start| start.to_owned() + put)
    };
    let sibilant = ["ses", "xes", "zes", "ches", "shes", "oes"]
        .iter()
        .any(|ending| word.ends_with(ending));
    let plain_s = !["ss", "us", "is"]
        .iter()
        .any(|ending| word.ends_with(ending));
    let shorter = cut("ies", "y", 5)
        .or_else(|| cut("es", "", 5).filter(|_| sibilant))
        .or_else(|| cut("s", "", 4).filter(|_| plain_s))
        .or_else(|| cut("ing", "", 6))
        .or_else(|| cut("ed", "", 5))
        .unwrap_or_else(|| word.to_owned());
    shorter
        .strip_suffix('e')
        .filter(|start| start.len() > 2)
        .unwrap_or(&shorter)
        .to_owned()
}

const NUMBERS: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
];

/// Words that say nothing about what a topic is about.
const SILENT: &str = "\
    a about actually all am amazing an and are as at be been behind by can cause caused \
    causes could crazy did do does dont ever explain explained explains fact facts famous \
    for from guide had happen happened happens has have how if in incredible interesting \
    into is it its known little me meaning more most my mysterious mystery of on one or our \
    really reason secret secrets short should so some story strange surprising tell than \
    that the their them there these they thing things this to true truth unknown us video \
    was we were what when where which who whole why work works you your";

#[cfg(test)]
mod tests;
