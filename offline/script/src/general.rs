//! The general form: a niche's way of looking, put around any topic.

use serde::Deserialize;

use crate::{
    material::{Beat, Line, NicheFile, OneOf, Outline},
    topic::Topic,
};

/// The niche's outline with the topic put in, and with the beats every niche but
/// fiction shares.
pub(crate) fn outline(niche: &NicheFile, shared: &Shared, topic: &Topic) -> Outline {
    let put = |text: &String| {
        text.replace("{topic}", &topic.sentence)
            .replace("{it}", &topic.inside)
            .replace("{hero}", &topic.hero)
    };
    let line = |line: &Line| Line {
        say: put(&line.say),
        show: put(&line.show),
    };
    let one_of = |one: &OneOf| OneOf {
        say: one.say.iter().map(put).collect(),
        show: put(&one.show),
    };
    let beat = |beat: &Beat| Beat {
        weight: beat.weight,
        at_least: beat.at_least,
        lines: beat.lines.iter().map(line).collect(),
    };

    Outline {
        hook: one_of(&niche.script.hook),
        intro: line(&niche.script.intro),
        beats: niche
            .script
            .beats
            .iter()
            .chain(&shared.beats)
            .map(beat)
            .collect(),
        twist: line(&niche.script.twist),
        call: one_of(&niche.script.call),
    }
}

/// What every niche but fiction can say of anything.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shared {
    pub(crate) beats: Vec<Beat>,
    pub(crate) asides: Vec<Line>,
}

impl Shared {
    pub(crate) fn with(niche: &NicheFile) -> Self {
        if niche.fiction {
            return Self::default();
        }
        serde_json::from_str(include_str!("../general/shared.json"))
            .expect("the shared lines are parsed by the tests")
    }
}
