//! Chooses what to say so that the words fill the time.

use crate::slots::{HIGHEST_WORTH_OF_A_HALF, Slot};

/// How far the length may be from the target, as a part of it.
const TOLERANCE: f32 = 0.04;

/// How far it may be at no cost, so that there is a choice among good fits.
const SLACK: f32 = 0.015;

/// What being half a word further off costs: more than any half is worth, so that
/// the target is missed only for want of a better fit.
const PRICE_PER_HALF_OFF: f32 = HIGHEST_WORTH_OF_A_HALF as f32 + 10.0;

/// Picks one choice a slot, by index, so that the picks together are worth most
/// while their length stays within [`TOLERANCE`] of the target.
///
/// If that cannot be met, the picks come as near to the target as the slots allow.
pub(crate) fn best(slots: &[Slot], target_words: f32) -> Vec<usize> {
    let reached = reach(slots);
    let Some(totals) = reached.last() else {
        return Vec::new();
    };
    let target = 2.0 * target_words;
    let distance = |halves: usize| (halves as f32 - target).abs();
    let score = |halves: usize, best: &Best| {
        let inside = distance(halves) <= TOLERANCE * target;
        let inside_score =
            best.worth as f32 - PRICE_PER_HALF_OFF * (distance(halves) - SLACK * target).max(0.0);
        if inside {
            (true, inside_score)
        } else {
            (false, -distance(halves))
        }
    };
    totals
        .iter()
        .enumerate()
        .filter_map(|(halves, best)| Some((score(halves, best.as_ref()?), halves)))
        .max_by(|((a_inside, a), _), ((b_inside, b), _)| {
            a_inside.cmp(b_inside).then(a.total_cmp(b))
        })
        .map(|(_, halves)| trace(slots, &reached, halves))
        .unwrap_or_default()
}

/// The best way to have said exactly so much up to some slot.
#[derive(Debug, Clone, Copy)]
struct Best {
    worth: u32,
    choice: usize,
}

/// For every slot, the best way to reach each length: a grouped knapsack.
fn reach(slots: &[Slot]) -> Vec<Vec<Option<Best>>> {
    let longest = |slot: &Slot| slot.iter().map(|choice| choice.halves).max();
    let most: usize = slots.iter().filter_map(longest).sum();
    let mut reached: Vec<Vec<Option<Best>>> = Vec::with_capacity(slots.len());
    for slot in slots {
        let mut now: Vec<Option<Best>> = vec![None; most + 1];
        for (index, choice) in slot.iter().enumerate() {
            for before in 0..=most - choice.halves {
                let worth_before = match reached.last() {
                    Some(row) => row[before].map(|best| best.worth),
                    None => (before == 0).then_some(0),
                };
                let Some(worth_before) = worth_before else {
                    continue;
                };
                let worth = worth_before + choice.worth;
                let cell = &mut now[before + choice.halves];
                if cell.is_none_or(|best| worth > best.worth) {
                    *cell = Some(Best {
                        worth,
                        choice: index,
                    });
                }
            }
        }
        reached.push(now);
    }
    reached
}

fn trace(slots: &[Slot], reached: &[Vec<Option<Best>>], total: usize) -> Vec<usize> {
    let mut halves = total;
    let mut picks: Vec<usize> = slots
        .iter()
        .zip(reached)
        .rev()
        .map(|(slot, row)| {
            let choice = row[halves].expect("only reached lengths are traced").choice;
            halves -= slot[choice].halves;
            choice
        })
        .collect();
    picks.reverse();
    picks
}

#[cfg(test)]
mod tests;
