//! Whatever the order of writes, reads, failures and lag.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use futures::FutureExt;
use projections::Subjects;
use proptest::prelude::*;
use tokio::sync::broadcast;
use uuid::Uuid;

use super::*;

/// Few, so that a slow reader lags often.
const BUFFERED: usize = 4;
const THINGS: u8 = 5;

/// Things and the positions of their last changes.
#[derive(Clone, Default)]
struct Rows(Arc<Mutex<BTreeMap<u64, u8>>>);

impl Rows {
    fn write(&self, thing: u8, position: u64) {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rows.retain(|_, known| *known != thing);
        rows.insert(position, thing);
    }

    fn after(&self, after: u64) -> Vec<Change<()>> {
        let rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let change = |(position, thing): (&u64, &u8)| Change {
            id: Uuid::from_u128((*thing).into()),
            series: None,
            position: at(*position),
            view: Some(Arc::new(())),
        };
        rows.range(after + 1..).map(change).collect()
    }
}

impl Followed for Rows {
    type View = ();
    const NOUN: &'static str = "thing";

    async fn changes_after(
        &self,
        _: UserId,
        after: Position,
        limit: u16,
    ) -> sqlx::Result<Vec<Change<()>>> {
        let mut page = self.after(after.value);
        page.truncate(limit.into());
        Ok(page)
    }

    async fn count_after(&self, _: UserId, after: Position, _: u16) -> sqlx::Result<u64> {
        Ok(self.after(after.value).len() as u64)
    }

    async fn position(&self) -> sqlx::Result<Option<Position>> {
        Ok(None)
    }
}

fn at(value: u64) -> Position {
    Position {
        epoch: Uuid::nil(),
        value,
    }
}

#[derive(Debug, Clone)]
enum Step {
    Write(u8),
    /// The shared look finds what was written.
    Look,
    Read,
    /// The client goes, and comes back with the last position it saw.
    Reconnect,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..THINGS).prop_map(Step::Write),
        2 => Just(Step::Look),
        3 => Just(Step::Read),
        1 => Just(Step::Reconnect),
    ]
}

async fn no_server() -> async_nats::Client {
    async_nats::ConnectOptions::new()
        .retry_on_initial_connect()
        .connect("127.0.0.1:1")
        .await
        .expect("it is connected to later")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_a_client_sees_has_no_gap_and_no_repeat(
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be built");
        runtime.block_on(async {
            let rows = Rows::default();
            let feeds = Feeds::new(rows.clone(), no_server().await, Subjects::new("test"));
            let (changes, _) = broadcast::channel(BUFFERED);
            let feed_from = |after: u64| Feed {
                feeds: feeds.clone(),
                viewer: UserId::LOCAL_OWNER,
                series: None,
                at: at(after),
                changes: changes.subscribe(),
                read: VecDeque::new(),
                is_live: false,
            };
            let mut history = BTreeMap::new();
            let (mut head, mut looked_at) = (0, 0);
            let mut feed = feed_from(0);
            let mut seen: Vec<(u64, Uuid)> = Vec::new();
            for step in steps {
                match step {
                    Step::Write(thing) => {
                        head += 1;
                        rows.write(thing, head);
                        history.insert(head, Uuid::from_u128(thing.into()));
                    }
                    Step::Look => {
                        for change in rows.after(looked_at) {
                            looked_at = change.position.value;
                            let _ = changes.send(Arc::new(change));
                        }
                    }
                    Step::Read => {
                        let read = feed.next().now_or_never();
                        seen.extend(read.map(|change| (change.position.value, change.id)));
                    }
                    Step::Reconnect => feed = feed_from(seen.last().map_or(0, |(at, _)| *at)),
                }
            }
            for change in rows.after(looked_at) {
                let _ = changes.send(Arc::new(change));
            }
            while let Some(change) = feed.next().now_or_never() {
                seen.push((change.position.value, change.id));
            }
            prop_assert!(seen.windows(2).all(|two| two[0].0 < two[1].0), "{seen:?}");
            prop_assert!(seen.iter().all(|(at, id)| history.get(at) == Some(id)), "{seen:?}");
            let last: BTreeMap<Uuid, u64> = seen.iter().map(|(at, id)| (*id, *at)).collect();
            let now: BTreeMap<Uuid, u64> =
                rows.after(0).iter().map(|it| (it.id, it.position.value)).collect();
            prop_assert_eq!(last, now);
            Ok(())
        })?;
    }
}
