//! The words the reader knows and what each asks for.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Light, Mood, Scale, Setting, Subject, Weather};
use crate::art::{self, Art};

static TEXT: &str = include_str!("../../assets/lexicon.tsv");
const LONGEST_PHRASE: usize = 5;
/// A keyword shared by more drawings than this is too vague to choose one.
const KEYWORD_SHARED_BY: usize = 2;

static KNOWN: LazyLock<HashMap<String, Vec<Effect>>> = LazyLock::new(known_phrases);

/// Where a description that names no place may be set.
pub(super) const OPEN_SETTINGS: [Setting; 5] = [
    Setting::Meadow,
    Setting::Mountain,
    Setting::Sky,
    Setting::Night,
    Setting::Beach,
];

/// What stands for a description that names nothing drawable.
pub(super) const SYMBOLS: [&str; 8] = [
    "light-bulb",
    "compass",
    "hourglass-not-done",
    "open-book",
    "glowing-star",
    "telescope",
    "hot-air-balloon",
    "key",
];

#[derive(Clone, Copy, Debug)]
pub(super) enum Effect {
    Set(Setting),
    Home(Setting),
    Light(Light),
    Weather(Weather),
    Mood(Mood),
    Art(&'static Art),
    Prop(&'static Art),
    Count(usize),
    Scale(Scale),
    Glow,
    Float,
    Rays,
    Weak,
}

/// The longest known phrase at the start of `words`: its length (at least one),
/// whether it was in the plural, and what it means (nothing, if unknown).
pub(super) fn meaning(words: &[String]) -> (usize, bool, &'static [Effect]) {
    for length in (1..=LONGEST_PHRASE.min(words.len())).rev() {
        let phrase = words[..length].join(" ");
        if let Some(effects) = KNOWN.get(&phrase) {
            return (length, false, effects);
        }
        for singular in singulars(&phrase) {
            if let Some(effects) = KNOWN.get(&singular) {
                return (length, true, effects);
            }
        }
    }
    let number = words[0].parse::<usize>().ok();
    let effects = match number {
        Some(n @ 1..=9) => &DIGITS[n - 1..n],
        _ => &[],
    };
    (1, false, effects)
}

/// Who is at home in a place, for a scene without a hero of its own.
pub(super) fn natives(setting: Setting) -> &'static [&'static str] {
    match setting {
        Setting::Space => &["ringed-planet", "astronaut", "satellite", "galaxy"],
        Setting::Underwater => &["turtle", "tropical-fish", "jellyfish", "whale"],
        Setting::Desert => &["camel", "cactus", "pyramid"],
        Setting::Forest => &["deer", "owl", "mushroom", "rabbit"],
        Setting::Mountain => &["goat", "eagle", "person-climbing", "tent"],
        Setting::Night => &["owl", "tent", "telescope", "lantern"],
        Setting::Graveyard => &["ghost", "derelict-house", "skull", "lantern"],
        Setting::Interior => &["candle", "couch-and-lamp", "mantelpiece-clock", "open-book"],
        Setting::City => &["taxi", "tram", "bicycle", "motor-scooter"],
        Setting::Meadow => &["sunflower", "butterfly", "deciduous-tree", "horse"],
        Setting::Arctic => &["penguin", "seal", "polar-bear", "mammoth"],
        Setting::Beach => &["sailboat", "spiral-shell", "crab", "lighthouse"],
        Setting::Laboratory => &["microscope", "alembic", "dna", "atom"],
        Setting::Library => &["open-book", "books", "scroll", "candle"],
        Setting::Temple => &["amphora", "classical-building", "scroll", "roman-helmet"],
        Setting::Sky => &["hot-air-balloon", "dove", "airplane", "kite"],
    }
}

pub(super) fn drawing(name: &str) -> Subject {
    Subject {
        art: art::find(name).unwrap_or(&art::all()[0]),
        count: 1,
    }
}

static DIGITS: [Effect; 9] = {
    let mut digits = [Effect::Weak; 9];
    let mut n = 0;
    while n < 9 {
        digits[n] = Effect::Count(n + 1);
        n += 1;
    }
    digits
};

/// Lexicon first, then names, then keywords that point at few drawings: a guess,
/// so they never outrank a known word.
fn known_phrases() -> HashMap<String, Vec<Effect>> {
    let mut known: HashMap<String, Vec<Effect>> = HashMap::new();
    for line in TEXT.lines().filter(|line| !line.starts_with('#')) {
        let Some((phrases, effects)) = line.split_once('\t') else {
            continue;
        };
        let effects: Vec<Effect> = effects.split(' ').filter_map(effect).collect();
        for phrase in phrases.split('|') {
            known.entry(phrase.to_owned()).or_insert(effects.clone());
        }
    }
    for art in art::all() {
        known
            .entry(art.name.replace('-', " "))
            .or_insert_with(|| vec![Effect::Art(art)]);
    }
    let mut sharing: HashMap<&str, Vec<&'static Art>> = HashMap::new();
    for art in art::all() {
        for &word in &art.keywords {
            sharing.entry(word).or_default().push(art);
        }
    }
    for (word, arts) in sharing {
        let covered = singulars(word).iter().any(|word| known.contains_key(word));
        if word.len() > 3 && arts.len() <= KEYWORD_SHARED_BY && !covered {
            known
                .entry(word.to_owned())
                .or_insert_with(|| vec![Effect::Art(arts[0]), Effect::Weak]);
        }
    }
    known
}

fn effect(text: &str) -> Option<Effect> {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    Some(match key {
        "set" => Effect::Set(setting(value)?),
        "home" => Effect::Home(setting(value)?),
        "light" => Effect::Light(match value {
            "day" => Light::Day,
            "golden" => Light::Golden,
            "night" => Light::Night,
            _ => return None,
        }),
        "weather" => Effect::Weather(match value {
            "rain" => Weather::Rain,
            "snow" => Weather::Snow,
            "fog" => Weather::Fog,
            _ => return None,
        }),
        "mood" => Effect::Mood(match value {
            "calm" => Mood::Calm,
            "tense" => Mood::Tense,
            "joyful" => Mood::Joyful,
            "mystery" => Mood::Mystery,
            _ => return None,
        }),
        "art" => Effect::Art(art::find(value)?),
        "prop" => Effect::Prop(art::find(value)?),
        "n" => Effect::Count(value.parse().ok()?),
        "size" if value == "giant" => Effect::Scale(Scale::Giant),
        "size" if value == "tiny" => Effect::Scale(Scale::Tiny),
        "glow" => Effect::Glow,
        "float" => Effect::Float,
        "rays" => Effect::Rays,
        "weak" => Effect::Weak,
        _ => return None,
    })
}

fn setting(name: &str) -> Option<Setting> {
    Some(match name {
        "space" => Setting::Space,
        "underwater" => Setting::Underwater,
        "desert" => Setting::Desert,
        "forest" => Setting::Forest,
        "mountain" => Setting::Mountain,
        "night" => Setting::Night,
        "graveyard" => Setting::Graveyard,
        "interior" => Setting::Interior,
        "city" => Setting::City,
        "meadow" => Setting::Meadow,
        "arctic" => Setting::Arctic,
        "beach" => Setting::Beach,
        "laboratory" => Setting::Laboratory,
        "library" => Setting::Library,
        "temple" => Setting::Temple,
        "sky" => Setting::Sky,
        _ => return None,
    })
}

/// What an English plural may be the plural of.
fn singulars(phrase: &str) -> Vec<String> {
    let mut found = Vec::new();
    if phrase.len() > 3
        && let Some(stem) = phrase.strip_suffix('s')
        && !stem.ends_with('s')
    {
        found.push(stem.to_owned());
        if let Some(short) = stem.strip_suffix("ie") {
            found.push(format!("{short}y"));
        }
        if let Some(short) = stem.strip_suffix("ve") {
            found.push(format!("{short}f"));
        }
        if let Some(short) = stem.strip_suffix('e') {
            found.push(short.to_owned());
        }
    }
    if let Some(stem) = phrase.strip_suffix("sses") {
        found.push(format!("{stem}ss"));
    }
    found
}

/// Effects of the lexicon that mean nothing, each a mistake in the file.
#[cfg(test)]
pub(super) fn misspelt() -> Vec<String> {
    TEXT.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .flat_map(|(_, effects)| effects.split(' '))
        .filter(|&text| text != "-" && effect(text).is_none())
        .map(str::to_owned)
        .collect()
}
