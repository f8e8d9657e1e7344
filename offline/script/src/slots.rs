//! The places in a script, and the runs of lines that could stand in each.

use crate::{
    material::{Line, OneOf, Outline},
    measure::spoken_words,
    random::Random,
};

/// The options for one place; exactly one of them is used.
pub(crate) type Slot<'a> = Vec<Choice<'a>>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice<'a> {
    /// What is said and what is shown, scene by scene.
    pub(crate) lines: Vec<(&'a str, &'a str)>,
    /// Length in halves of a spoken word.
    pub(crate) halves: usize,
    pub(crate) worth: u32,
}

/// The weight of what the script is about; see [`crate::material::Beat`].
pub(crate) const HEART: u8 = 5;
const INTRO: u8 = 4;
const ASIDE: u8 = 0;

/// Half a word is worth its line's weight times something in this range, by the seed,
/// so that seeds differ in what they leave out but never prefer much lesser things.
const WORTH_OF_WEIGHT: std::ops::Range<u32> = 8..13;
pub(crate) const HIGHEST_WORTH_OF_A_HALF: u32 = HEART as u32 * WORTH_OF_WEIGHT.end;

/// Keeps the heart of the matter in when it is long and lesser things would fit better.
const WORTH_OF_HEART: u32 = 4_000;

/// Hook, introduction, beats with asides spread between them, twist, call.
pub(crate) fn of<'a>(
    outline: &'a Outline,
    asides: &[&'a Line],
    random: &mut Random,
) -> Vec<Slot<'a>> {
    let mut slots = vec![
        one_of(&outline.hook, random),
        some_of([&outline.intro], 1, INTRO, random),
    ];
    let mut waiting = asides.iter();
    for (at, beat) in outline.beats.iter().enumerate() {
        slots.push(some_of(&beat.lines, beat.at_least, beat.weight, random));
        let due = (at + 1) * asides.len() / outline.beats.len();
        while asides.len() - waiting.len() < due {
            slots.extend(
                waiting
                    .next()
                    .map(|&aside| some_of([aside], 1, ASIDE, random)),
            );
        }
    }
    slots.push(some_of([&outline.twist], 1, HEART, random));
    slots.push(one_of(&outline.call, random));
    slots
}

fn one_of<'a>(one: &'a OneOf, random: &mut Random) -> Slot<'a> {
    let choice = |say: &'a String| Choice {
        lines: vec![(say, &one.show)],
        halves: halves(say),
        worth: random.below(u64::from(4 * HIGHEST_WORTH_OF_A_HALF)) as u32,
    };
    one.say.iter().map(choice).collect()
}

/// None of the lines, or the first few, `at_least` so many.
fn some_of<'a>(
    lines: impl IntoIterator<Item = &'a Line>,
    at_least: usize,
    weight: u8,
    random: &mut Random,
) -> Slot<'a> {
    let spread = u64::from(WORTH_OF_WEIGHT.end - WORTH_OF_WEIGHT.start);
    let luck = WORTH_OF_WEIGHT.start + random.below(spread) as u32;
    let nothing = Choice {
        lines: Vec::new(),
        halves: 0,
        worth: 0,
    };
    let mut slot = vec![nothing.clone()];
    let mut so_far = nothing;
    for (at, line) in lines.into_iter().enumerate() {
        let needed = at < at_least;
        let weight_here = if needed {
            weight
        } else {
            weight.saturating_sub(1)
        };
        let heart = if needed && weight == HEART {
            WORTH_OF_HEART
        } else {
            0
        };
        so_far.lines.push((&line.say, &line.show));
        so_far.halves += halves(&line.say);
        so_far.worth += u32::from(weight_here) * luck * halves(&line.say) as u32 + heart;
        if at + 1 >= at_least {
            slot.push(so_far.clone());
        }
    }
    slot
}

fn halves(text: &str) -> usize {
    (spoken_words(text) * 2.0).round() as usize
}
