//! Chooses what to say so that the words fill the time.

use crate::slots::{HIGHEST_WORTH_OF_A_WORD, Slot};

/// How far the word count may be from the target, as a part of it.
pub(crate) const TOLERANCE: f32 = 0.06;

/// What being a word off the target costs: more than any word is worth, so that
/// the target is missed only for want of a better fit.
const PRICE_PER_WORD_OFF: f32 = HIGHEST_WORTH_OF_A_WORD as f32 + 10.0;

/// Picks one choice a slot, by index, so that the picks together are worth most
/// while their words stay within [`TOLERANCE`] of the target.
///
/// If that cannot be met, the picks come as near to the target as the slots allow.
pub(crate) fn best(slots: &[Slot], target_words: f32) -> Vec<usize> {
    let reached = reach(slots);
    let Some(totals) = reached.last() else {
        return Vec::new();
    };
    let distance = |words: usize| (words as f32 - target_words).abs();
    let score = |words: usize, best: &Best| {
        let inside = distance(words) <= TOLERANCE * target_words;
        let inside_score = best.worth as f32 - PRICE_PER_WORD_OFF * distance(words);
        if inside {
            (true, inside_score)
        } else {
            (false, -distance(words))
        }
    };
    totals
        .iter()
        .enumerate()
        .filter_map(|(words, best)| Some((score(words, best.as_ref()?), words)))
        .max_by(|((a_inside, a), _), ((b_inside, b), _)| {
            a_inside.cmp(b_inside).then(a.total_cmp(b))
        })
        .map(|(_, words)| trace(slots, &reached, words))
        .unwrap_or_default()
}

/// The best way to have said exactly so many words up to some slot.
#[derive(Debug, Clone, Copy)]
struct Best {
    worth: u32,
    choice: usize,
}

/// For every slot, the best way to reach each word count: a grouped knapsack.
fn reach(slots: &[Slot]) -> Vec<Vec<Option<Best>>> {
    let longest = |slot: &Slot| slot.iter().map(|choice| choice.words).max();
    let most: usize = slots.iter().filter_map(longest).sum();
    let mut reached: Vec<Vec<Option<Best>>> = Vec::with_capacity(slots.len());
    for slot in slots {
        let mut now: Vec<Option<Best>> = vec![None; most + 1];
        for (index, choice) in slot.iter().enumerate() {
            for before in 0..=most - choice.words {
                let worth_before = match reached.last() {
                    Some(row) => row[before].map(|best| best.worth),
                    None => (before == 0).then_some(0),
                };
                let Some(worth_before) = worth_before else {
                    continue;
                };
                let worth = worth_before + choice.worth;
                let cell = &mut now[before + choice.words];
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
    let mut words = total;
    let mut picks: Vec<usize> = slots
        .iter()
        .zip(reached)
        .rev()
        .map(|(slot, row)| {
            let choice = row[words].expect("only reached counts are traced").choice;
            words -= slot[choice].words;
            choice
        })
        .collect();
    picks.reverse();
    picks
}

#[cfg(test)]
mod tests;
