//! Who is killed when. Follows from the seed alone.

use uuid::Uuid;

use crate::Store;
use crate::part::Part;

/// What is done to the running platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Blow {
    Kill(Part),
    KillPostgres,
    KillNats,
    /// Every connection of KurrentDB is cut, and nobody gets one for a moment.
    CutKurrentDb,
    /// All that JetStream holds is deleted, streams and consumers.
    WipeJetStream,
}

impl std::fmt::Display for Blow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Kill(part) => write!(f, "kill the {part}"),
            Self::KillPostgres => f.write_str("kill Postgres"),
            Self::KillNats => f.write_str("kill nats-server"),
            Self::CutKurrentDb => f.write_str("restart KurrentDB"),
            Self::WipeJetStream => f.write_str("wipe JetStream"),
        }
    }
}

/// A blow, and the number of finished videos at which it falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) at: u64,
    pub(crate) blow: Blow,
}

/// Every part and the servers, `rounds` times each in an order of its own, and
/// one wipe, spread over the making of `videos`.
pub(crate) fn schedule(seed: u64, rounds: u32, videos: u64, store: Store) -> Vec<Step> {
    let mut blows = Vec::new();
    for round in 0..rounds {
        let mut parts: Vec<Blow> = Part::ALL.iter().copied().map(Blow::Kill).collect();
        parts.extend([Blow::KillPostgres, Blow::KillNats]);
        if store == Store::Kurrentdb {
            parts.push(Blow::CutKurrentDb);
        }
        if round == rounds / 2 {
            parts.push(Blow::WipeJetStream);
        }
        let key = |blow: &Blow| chance(seed, &format!("{round} {blow}"));
        parts.sort_by_key(key);
        blows.extend(parts);
    }
    // Nothing falls before there is work, and the last with work left to do.
    let (from, to) = (videos / 20, videos * 9 / 10);
    let count = blows.len() as u64;
    (0..)
        .zip(blows)
        .map(|(nth, blow)| Step {
            at: from + (to - from) * nth / count,
            blow,
        })
        .collect()
}

/// A number that follows from the seed and what it is for.
pub(crate) fn chance(seed: u64, what: &str) -> u64 {
    let named = Uuid::new_v5(&Uuid::from_u64_pair(seed, 0), what.as_bytes());
    named.as_u64_pair().0
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn every_part_is_hit_in_each_round_and_jetstream_is_wiped_once() {
        let steps = schedule(7, 3, 1_000, Store::Postgres);
        let mut hits: HashMap<Blow, u32> = HashMap::new();
        for step in &steps {
            *hits.entry(step.blow).or_default() += 1;
        }
        assert_eq!(hits.remove(&Blow::WipeJetStream), Some(1));
        assert_eq!(hits.len(), Part::ALL.len() + 2);
        assert!(hits.values().all(|&count| count == 3), "{hits:?}");
        assert!(steps.is_sorted_by_key(|step| step.at));
        assert!(steps.iter().all(|step| (50..900).contains(&step.at)));
    }

    #[test]
    fn another_seed_is_another_order() {
        assert_eq!(
            schedule(7, 3, 1_000, Store::Postgres),
            schedule(7, 3, 1_000, Store::Postgres)
        );
        assert_ne!(
            schedule(7, 3, 1_000, Store::Postgres),
            schedule(8, 3, 1_000, Store::Postgres)
        );
    }
}
