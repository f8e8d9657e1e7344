//! The general form: a niche's way of looking, put around any topic.

use crate::{
    material::{Beat, Line, NicheFile, OneOf, Outline},
    topic::Topic,
};

/// The niche's outline with the topic put in, and with the beats every niche but
/// fiction shares.
pub(crate) fn outline(niche: &NicheFile, topic: &Topic) -> Outline {
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

    let shared = if niche.fiction {
        Vec::new()
    } else {
        shared_beats()
    };
    Outline {
        hook: one_of(&niche.script.hook),
        intro: line(&niche.script.intro),
        beats: niche.script.beats.iter().chain(&shared).map(beat).collect(),
        twist: line(&niche.script.twist),
        call: one_of(&niche.script.call),
    }
}

pub(crate) fn shared_beats() -> Vec<Beat> {
    serde_json::from_str(include_str!("../general/shared.json"))
        .expect("the shared beats are parsed by the tests")
}
