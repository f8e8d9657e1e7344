use async_graphql::{Context, Enum, SimpleObject};
use commands::LoadError;
use domain::projection::{Pace, Projection as Orders, ProjectionName, Work};
use event_store::{Position, StoreError};
use projections::parking::ParkedQueries;
use projections::version::{self, Version, VersionState};

use crate::context::Asking;

/// What the rows of a rebuilt version were beside those of the live one, at the
/// same position of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::projection::Comparison")]
pub(crate) enum Comparison {
    Same,
    Differs,
    /// The logic had changed, so other rows were what was wanted.
    NotCompared,
}

/// What is being done to a projection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum WorkState {
    /// A new version is being built, and swapped in when it is there.
    Rebuilding,
    /// Its rebuild is paused; `resumeRebuild` goes on.
    Paused,
    /// Its rebuilt rows differ from the live ones, though the logic is the same.
    /// Look why; then cancel, or resume with `acceptDifference`.
    Held,
    /// The version before catches up, to go live again.
    RollingBack,
}

/// A version on its way to be live.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct ProjectionWork {
    version: u32,
    state: WorkState,
    /// Applied so far.
    events: u64,
    /// How many there will be, about; null while nothing tells.
    estimated_events: Option<u64>,
    /// Lately; null while nothing tells.
    events_per_second: Option<f64>,
    /// 0 to 100, about.
    percent: f64,
}

/// A read model: what queries read, written from the log.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Projection {
    name: String,
    /// Of the rows that are read.
    version: u32,
    /// How far it has come; null while it has never been followed.
    position: Option<String>,
    /// It reflects the whole log, as it was when this was asked.
    is_caught_up: bool,
    /// Events that it could not take, and those behind them.
    parked_count: u64,
    /// What `rollbackProjection` would show again; null when there is none.
    previous_version: Option<u32>,
    /// What its rows were when they were swapped in; null of the first version.
    comparison: Option<Comparison>,
    /// Null when nothing is being done to it.
    work: Option<ProjectionWork>,
}

/// A projection could not be looked at.
#[derive(Debug, thiserror::Error)]
pub(super) enum LookError {
    #[error("its versions could not be read")]
    Database(#[from] sqlx::Error),
    #[error("its orders could not be read")]
    Load(#[from] LoadError),
    #[error("the end of the log could not be read")]
    Store(#[from] StoreError),
}

impl Projection {
    pub(super) async fn look(ctx: &Context<'_>, name: &str) -> Result<Self, LookError> {
        Self::look_with(ctx.api(), name).await
    }

    pub(super) async fn look_with(api: &crate::Api, name: &str) -> Result<Self, LookError> {
        let id = ProjectionName::new(name).id();
        // Orders first: what they led to may be there already, never the reverse.
        let orders = api.dispatcher.load::<Orders>(id).await?.state;
        let versions = version::list(&api.pool, name).await?;
        let parked = ParkedQueries::new(api.pool.clone()).count(name).await?;
        let head = api.store.head().await?;
        let live = versions.iter().find(|it| it.state == VersionState::Live);
        let retired = versions.iter().find(|it| it.state == VersionState::Retired);
        Ok(Self {
            name: name.to_owned(),
            version: live.map_or(orders.live(), |live| live.version),
            position: live.map(|live| live.position.to_string()),
            is_caught_up: live.is_some_and(|live| live.position.has_reached(&head) == Some(true)),
            parked_count: parked,
            previous_version: retired.map(|retired| retired.version),
            comparison: live.and_then(|live| live.comparison).map(Into::into),
            work: orders
                .work()
                .and_then(|work| ProjectionWork::new(work, &versions, head)),
        })
    }

    pub(super) fn is_worked_on(&self) -> bool {
        self.work.is_some()
    }
}

impl ProjectionWork {
    /// None when it is done, though nobody has said so yet.
    fn new(work: Work, versions: &[Version], head: Position) -> Option<Self> {
        let (version, state) = match work {
            Work::Rebuild { version, pace, .. } => match pace {
                Pace::Running => (version, WorkState::Rebuilding),
                Pace::Paused => (version, WorkState::Paused),
                Pace::Held => (version, WorkState::Held),
            },
            Work::Rollback { version } => (version, WorkState::RollingBack),
        };
        let Some(row) = versions.iter().find(|it| it.version == version) else {
            return Some(Self::not_begun(version, state));
        };
        if row.state == VersionState::Live {
            return None;
        }
        let way = share(row.position, head);
        Some(Self {
            version,
            state,
            events: row.events,
            estimated_events: (way > 0.0).then(|| (row.events as f64 / way).round() as u64),
            events_per_second: row.events_per_second,
            percent: way * 100.0,
        })
    }

    fn not_begun(version: u32, state: WorkState) -> Self {
        Self {
            version,
            state,
            events: 0,
            estimated_events: None,
            events_per_second: None,
            percent: 0.0,
        }
    }
}

/// How much of the log lies before `at`, about: positions are no count.
fn share(at: Position, head: Position) -> f64 {
    (at.value as f64 / head.value.max(1) as f64).min(1.0)
}
