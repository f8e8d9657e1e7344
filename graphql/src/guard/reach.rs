//! What each operation comes to with all that it spreads. Fragments that nest
//! can come to exponentially much: each is added up once, and is a number then.

use std::collections::HashMap;

use super::document::{Definition, Document, Totals};
use super::{ALIASES, DIRECTIVES, NESTING, ROOT_FIELDS, Refused, SELECTIONS};

/// How far a definition has been added up.
#[derive(Clone, Copy)]
enum Sum {
    Unbegun,
    /// Its spreads are being followed; who spreads it now is within it.
    Begun,
    Done(Totals),
}

pub(super) fn hold(document: &Document<'_>, steps: &mut usize) -> Result<(), Refused> {
    let mut sums = Sums::new(&document.definitions, steps);
    for (index, definition) in document.definitions.iter().enumerate() {
        let totals = sums.of(index)?;
        if definition.fragment.is_none() {
            SELECTIONS.hold(totals.selections)?;
            ALIASES.hold(totals.aliases)?;
            ROOT_FIELDS.hold(totals.root_fields)?;
            DIRECTIVES.hold(totals.directives)?;
            NESTING.hold(totals.nesting)?;
        }
    }
    Ok(())
}

struct Sums<'a, 'steps> {
    definitions: &'a [Definition<'a>],
    by_name: HashMap<&'a str, usize>,
    sums: Vec<Sum>,
    steps: &'steps mut usize,
}

impl<'a, 'steps> Sums<'a, 'steps> {
    fn new(definitions: &'a [Definition<'a>], steps: &'steps mut usize) -> Self {
        let named = definitions.iter().enumerate();
        Self {
            definitions,
            by_name: named
                .filter_map(|(index, definition)| Some((definition.fragment?, index)))
                .collect(),
            sums: vec![Sum::Unbegun; definitions.len()],
            steps,
        }
    }

    /// Depth first, by a stack of our own; each spread is followed once.
    fn of(&mut self, wanted: usize) -> Result<Totals, Refused> {
        let mut path = vec![(wanted, 0)];
        while let Some((index, followed)) = path.last_mut() {
            *self.steps += 1;
            let index = *index;
            if let Sum::Done(totals) = self.sums[index] {
                path.pop();
                if path.is_empty() {
                    return Ok(totals);
                }
                continue;
            }
            self.sums[index] = Sum::Begun;
            let Some(spread) = self.definitions[index].spreads.get(*followed) else {
                self.sums[index] = Sum::Done(self.added_up(index));
                continue;
            };
            *followed += 1;
            let Some(&next) = self.by_name.get(spread.fragment) else {
                continue;
            };
            if matches!(self.sums[next], Sum::Begun) {
                return Err(Refused::Cycle {
                    fragment: spread.fragment.to_owned(),
                });
            }
            path.push((next, 0));
        }
        Ok(Totals::default())
    }

    /// Its own and what is known of all that it spreads.
    fn added_up(&mut self, index: usize) -> Totals {
        let Definition { own, spreads, .. } = &self.definitions[index];
        let mut totals = *own;
        for spread in spreads {
            *self.steps += 1;
            let fragment = self.by_name.get(spread.fragment);
            let Some(Sum::Done(more)) = fragment.map(|&it| self.sums[it]) else {
                continue;
            };
            let add = |to: &mut usize, more: usize| *to = to.saturating_add(more);
            add(&mut totals.selections, more.selections);
            add(&mut totals.aliases, more.aliases);
            add(&mut totals.directives, more.directives);
            if spread.is_at_root {
                add(&mut totals.root_fields, more.root_fields);
            }
            totals.nesting = totals
                .nesting
                .max(spread.nesting.saturating_add(more.nesting));
        }
        totals
    }
}
