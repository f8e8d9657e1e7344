use proptest::prelude::*;

use super::*;
use crate::slots::Choice;

fn choice(words: usize, worth: u32) -> Choice<'static> {
    Choice {
        lines: Vec::new(),
        halves: 2 * words,
        worth,
    }
}

fn picked_words(slots: &[Slot], target_words: f32) -> usize {
    let picks = best(slots, target_words);
    slots
        .iter()
        .zip(picks)
        .map(|(slot, pick)| slot[pick].halves / 2)
        .sum()
}

#[test]
fn of_two_ways_to_fill_the_time_the_worthier_is_taken() {
    let slots = [
        vec![choice(0, 0), choice(50, 10)],
        vec![choice(0, 0), choice(50, 90)],
    ];
    assert_eq!(best(&slots, 50.0), [0, 1]);
}

#[test]
fn worth_never_buys_a_script_that_is_too_long() {
    let slots = [vec![choice(50, 0)], vec![choice(0, 0), choice(10, 5_000)]];
    assert_eq!(picked_words(&slots, 50.0), 50);
}

#[test]
fn too_little_material_is_all_used() {
    let slots = [
        vec![choice(3, 0), choice(5, 0)],
        vec![choice(0, 0), choice(7, 1)],
    ];
    assert_eq!(picked_words(&slots, 100.0), 12);
}

#[test]
fn nothing_is_made_of_nothing() {
    assert!(best(&[], 10.0).is_empty());
}

proptest! {
    #[test]
    fn whatever_total_can_be_met_exactly_is_met_within_the_tolerance(
        lengths in prop::collection::vec(1_usize..30, 1..12),
        taken in prop::collection::vec(any::<bool>(), 12),
    ) {
        let slots: Vec<Slot> =
            lengths.iter().map(|&words| vec![choice(0, 0), choice(words, 1)]).collect();
        let target: usize =
            lengths.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(words, _)| words).sum();
        let words = picked_words(&slots, target as f32);
        prop_assert!((words as f32 - target as f32).abs() <= TOLERANCE * target as f32);
    }
}
