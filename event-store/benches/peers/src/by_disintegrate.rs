//! By `disintegrate`: an append guarded by a query for one identifier.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use disintegrate::serde::json::Json;
use disintegrate::{Event, EventStore, query};
use disintegrate_postgres::{Error, Migrator, PgEventStore};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use crate::laps::{Figures, Laps, payload, run};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
enum ThingEvent {
    SomethingHappened {
        #[id]
        thing_id: String,
        data: serde_json::Value,
        metadata: serde_json::Value,
    },
}

pub async fn measure(pool: &PgPool, callers: usize) -> Figures {
    let store = prepare(pool).await;
    let streams = Arc::new(AtomicU64::new(0));
    run(callers, || {
        let store = store.clone();
        let thing_id = format!("{callers}-{}", streams.fetch_add(1, Ordering::Relaxed));
        async move {
            let mut version = 0;
            let mut laps = Laps::start();
            while laps.go_on() {
                let appended = laps.time(append(&store, &thing_id, version)).await;
                version = appended;
            }
            laps.took
        }
    })
    .await
}

async fn prepare(pool: &PgPool) -> PgEventStore<ThingEvent, Json<ThingEvent>> {
    let store = PgEventStore::new_uninitialized(pool.clone(), Json::default());
    if Migrator::new(store.clone())
        .init_event_store()
        .await
        .is_err()
    {
        sqlx::raw_sql(include_str!("disintegrate_before_16.sql"))
            .execute(pool)
            .await
            .expect("its tables are made");
    }
    store
}

/// Serialisation failures between streams are its way; its callers try again.
async fn append(
    store: &PgEventStore<ThingEvent, Json<ThingEvent>>,
    thing_id: &str,
    version: i64,
) -> i64 {
    loop {
        let event = ThingEvent::SomethingHappened {
            thing_id: thing_id.to_owned(),
            data: payload(),
            metadata: payload(),
        };
        let own = query!(ThingEvent; thing_id == thing_id.to_owned());
        match store.append(vec![event], own, version).await {
            Ok(persisted) => return persisted.last().expect("one was appended").id(),
            Err(Error::Concurrency) => {}
            Err(error) => {
                let text = format!("{error:?}");
                assert!(text.contains("40001") || text.contains("40P01"), "{text}");
            }
        }
    }
}
