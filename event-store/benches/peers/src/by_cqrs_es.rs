//! By `cqrs-es`: its repository persists events that are serialised already.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{PersistedEventRepository, SerializedEvent};
use cqrs_es::{Aggregate, DomainEvent};
use postgres_es::PostgresEventRepository;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use crate::laps::{Figures, Laps, payload, run};

pub async fn measure(pool: &PgPool, callers: usize) -> Figures {
    let repository = Arc::new(
        PostgresEventRepository::new(pool.clone()).with_tables("cqrs_events", "no_snapshots"),
    );
    let streams = Arc::new(AtomicU64::new(0));
    run(callers, || {
        let repository = Arc::clone(&repository);
        let stream = format!("{callers}-{}", streams.fetch_add(1, Ordering::Relaxed));
        async move {
            let mut laps = Laps::start();
            for sequence in 1.. {
                if !laps.go_on() {
                    break;
                }
                let event = SerializedEvent::new(
                    stream.clone(),
                    sequence,
                    Thing::TYPE.to_owned(),
                    "SomethingHappened".to_owned(),
                    "1".to_owned(),
                    payload(),
                    payload(),
                );
                let persisted = laps.time(repository.persist::<Thing>(&[event], None)).await;
                persisted.expect("it is appended");
            }
            laps.took
        }
    })
    .await
}

#[derive(Default, Serialize, Deserialize)]
struct Thing;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SomethingHappened;

impl DomainEvent for SomethingHappened {
    fn event_type(&self) -> String {
        "SomethingHappened".to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

impl Aggregate for Thing {
    const TYPE: &'static str = "thing";
    type Command = ();
    type Event = SomethingHappened;
    type Error = std::convert::Infallible;
    type Services = ();

    async fn handle(
        &mut self,
        (): (),
        (): &(),
        _sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    fn apply(&mut self, _event: SomethingHappened) {}
}
