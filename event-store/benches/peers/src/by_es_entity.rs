//! By `es-entity`: an entity that is updated with one more event.

use es_entity::*;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use crate::laps::{Figures, Laps, payload, run};

es_entity::entity_id! { ThingId }

#[derive(EsEvent, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[es_event(id = "ThingId")]
pub enum ThingEvent {
    Initialized {
        id: ThingId,
    },
    SomethingHappened {
        data: serde_json::Value,
        metadata: serde_json::Value,
    },
}

#[derive(EsEntity)]
pub struct Thing {
    pub id: ThingId,
    events: EntityEvents<ThingEvent>,
}

impl TryFromEvents<ThingEvent> for Thing {
    fn try_from_events(events: EntityEvents<ThingEvent>) -> Result<Self, EntityHydrationError> {
        Ok(Self {
            id: *events.id(),
            events,
        })
    }
}

pub struct NewThing;

impl IntoEvents<ThingEvent> for NewThing {
    type IdSource = FromRepo;

    fn into_events(
        self,
        builder: EntityEventsBuilder<ThingEvent, FromRepo>,
    ) -> EntityEvents<ThingEvent> {
        let id = builder.id();
        builder.initial_events([ThingEvent::Initialized { id }])
    }
}

#[derive(EsRepo, Clone)]
#[es_repo(entity = "Thing")]
pub struct Things {
    pool: PgPool,
}

pub async fn measure(pool: &PgPool, callers: usize) -> Figures {
    let things = Things { pool: pool.clone() };
    run(callers, || {
        let things = things.clone();
        async move {
            let mut thing = things.create(NewThing).await.expect("it is created");
            let mut laps = Laps::start();
            while laps.go_on() {
                thing.events.push(ThingEvent::SomethingHappened {
                    data: payload(),
                    metadata: payload(),
                });
                let updated = laps.time(things.update(&mut thing)).await;
                updated.expect("it is updated");
            }
            laps.took
        }
    })
    .await
}
