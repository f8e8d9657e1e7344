//! Reads a plain-English description into what the picture must show.
//!
//! Words come from `assets/lexicon.tsv` first, then from the drawings' own names
//! and keywords. It never fails: what it does not know it leaves open, and the
//! seed decides. Teach it a word by adding a line to the lexicon.

mod lexicon;
#[cfg(test)]
mod tests;

use lexicon::Effect;

use crate::art::Art;
use crate::rng::Rng;

/// A group is still countable at a glance up to this many.
const MAX_COUNT: usize = 9;
const MAX_PROPS: usize = 4;
/// Text beyond this adds nothing to one picture; it bounds the work.
const MAX_CHARS: usize = 4000;
/// "three big glowing hearts": how far a number reaches for its noun.
const NUMBER_REACH: usize = 4;

/// Where the scene is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    Space,
    Underwater,
    Desert,
    Forest,
    Mountain,
    Night,
    Graveyard,
    Interior,
    City,
    Meadow,
    Arctic,
    Beach,
    Laboratory,
    Library,
    Temple,
    Sky,
}

/// What time it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Light {
    Day,
    Golden,
    Night,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Weather {
    #[default]
    Clear,
    Rain,
    Snow,
    Fog,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Plain,
    Calm,
    Tense,
    Joyful,
    Mystery,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scale {
    Tiny,
    #[default]
    Usual,
    Giant,
}

/// Something to draw, and how many of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) art: &'static Art,
    /// `1..=9`.
    pub(crate) count: usize,
}

/// Everything the painter needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Brief {
    pub(crate) setting: Setting,
    pub(crate) light: Option<Light>,
    pub(crate) weather: Weather,
    pub(crate) mood: Mood,
    pub(crate) hero: Subject,
    pub(crate) props: Vec<Subject>,
    pub(crate) scale: Scale,
    pub(crate) glowing: bool,
    pub(crate) floating: bool,
    pub(crate) rays: bool,
}

/// What the words said, before the seed fills the gaps.
#[derive(Debug, Default)]
struct Notes {
    setting: Option<Setting>,
    /// The setting had a clause of its own ("…, space, …").
    stated: bool,
    home: Option<Setting>,
    light: Option<Light>,
    weather: Weather,
    mood: Mood,
    hero: Option<Subject>,
    stand_in: Option<Subject>,
    props: Vec<Subject>,
    scale: Scale,
    glowing: bool,
    floating: bool,
    rays: bool,
}

impl Brief {
    pub(crate) fn read(description: &str, rng: &mut Rng) -> Self {
        let notes = Notes::take(description);
        let setting = notes
            .setting
            .or(notes.home)
            .unwrap_or_else(|| *rng.pick(&lexicon::OPEN_SETTINGS));
        let hero = notes.hero.or(notes.stand_in).unwrap_or_else(|| {
            let names: &[&'static str] = if notes.setting.is_some() {
                lexicon::natives(setting)
            } else {
                &lexicon::SYMBOLS
            };
            let name: &&str = rng.pick(names);
            lexicon::drawing(name)
        });
        let mut props = notes.props;
        props.retain(|prop| prop.art.name != hero.art.name);
        props.truncate(MAX_PROPS);
        Self {
            setting,
            light: notes.light,
            weather: notes.weather,
            mood: notes.mood,
            hero,
            props,
            scale: notes.scale,
            glowing: notes.glowing,
            floating: notes.floating,
            rays: notes.rays,
        }
    }
}

impl Notes {
    fn take(description: &str) -> Self {
        let mut notes = Self::default();
        let text: String = description.chars().take(MAX_CHARS).collect();
        for clause in text.split([',', ';', '.', ':', '\n', '!', '?', '(', ')']) {
            notes.read_clause(&words_of(clause));
        }
        notes
    }

    fn read_clause(&mut self, words: &[String]) {
        let mut number: Option<(usize, usize)> = None;
        let mut at = 0;
        while at < words.len() {
            let (length, plural, effects) = lexicon::meaning(&words[at..]);
            let told = number.filter(|&(_, place)| at - place <= NUMBER_REACH);
            let before_hero = self.hero.is_none();
            let mut subject = None;
            let mut weak = false;
            let mut count = None;
            for effect in effects {
                match *effect {
                    Effect::Set(setting) => self.placed(setting, length == words.len()),
                    Effect::Light(light) => {
                        self.light.get_or_insert(light);
                    }
                    Effect::Weather(weather) => self.weather = weather,
                    Effect::Mood(mood) => self.mood = mood,
                    Effect::Home(setting) if before_hero => self.home = Some(setting),
                    Effect::Home(_) => {}
                    Effect::Art(art) => subject = Some(art),
                    Effect::Prop(art) => self.props.push(Subject { art, count: 1 }),
                    Effect::Count(n) => count = Some(n),
                    Effect::Scale(scale) if before_hero => self.scale = scale,
                    Effect::Scale(_) => {}
                    Effect::Glow => self.glowing |= before_hero || self.setting.is_none(),
                    Effect::Float => self.floating = true,
                    Effect::Rays => self.rays = true,
                    Effect::Weak => weak = true,
                }
            }
            if let Some(art) = subject {
                let default = if plural { 3 } else { 1 };
                let count = count.or(told.map(|(n, _)| n)).unwrap_or(default);
                self.found(art, count.clamp(1, MAX_COUNT), weak);
                number = None;
            } else if let Some(n) = count {
                number = Some((n, at + length - 1));
            }
            at += length;
        }
    }

    /// A place on its own in a clause counts for more than one in passing, and
    /// the night for less than any place.
    fn placed(&mut self, setting: Setting, stated: bool) {
        let vague = matches!(self.setting, None | Some(Setting::Night));
        if vague || (stated && !self.stated && setting != Setting::Night) {
            self.setting = Some(setting);
            self.stated = stated && setting != Setting::Night;
        }
    }

    fn found(&mut self, art: &'static Art, count: usize, weak: bool) {
        let subject = Subject { art, count };
        if weak {
            self.stand_in.get_or_insert(subject);
        } else if let Some(hero) = &self.hero {
            let known = self.props.iter().any(|prop| prop.art.name == art.name);
            if !known && hero.art.name != art.name {
                self.props.push(subject);
            }
        } else {
            self.hero = Some(subject);
        }
    }
}

/// Lower-case words; apostrophes joined, digits kept.
fn words_of(clause: &str) -> Vec<String> {
    clause
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .filter(|word| !word.is_empty())
        .map(|word| {
            let lower = word.to_lowercase().replace('’', "'");
            lower.trim_end_matches("'s").replace('\'', "")
        })
        .collect()
}
