//! Telling readers that there may be something new: directly within the
//! process, by NOTIFY to others, never as part of an append.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPoolOptions};
use sqlx::{ConnectOptions, Executor};
use tokio::sync::{Notify, watch};
use tokio::time::sleep;
use tracing::warn;

const CHANNEL: &str = "narrate_events";
/// At most one NOTIFY in this time: committing one takes a lock that the whole
/// server shares.
const NOTIFY_INTERVAL: Duration = Duration::from_millis(10);
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);

/// The appender's end.
pub(super) struct Announcer {
    hints: watch::Sender<u64>,
    committed: Arc<Notify>,
}

/// Woken after commits; several may have been since.
pub(super) struct Announcements(Arc<Notify>);

pub(super) fn announcer(hints: watch::Sender<u64>) -> (Announcer, Announcements) {
    let committed = Arc::new(Notify::new());
    let announcements = Announcements(Arc::clone(&committed));
    (Announcer { hints, committed }, announcements)
}

impl Announcer {
    pub(super) fn announce(&self) {
        hint(&self.hints);
        self.committed.notify_one();
    }
}

/// Tells other processes, for ever.
pub(super) async fn notify(options: PgConnectOptions, announcements: Announcements) {
    // A lost hint is made up for by readers that look by themselves.
    let options = options
        .application_name("narrate notifier")
        .options([("synchronous_commit", "off")]);
    let mut connection: Option<PgConnection> = None;
    loop {
        announcements.0.notified().await;
        match send(connection.take(), &options).await {
            Ok(open) => {
                connection = Some(open);
                sleep(NOTIFY_INTERVAL).await;
            }
            Err(error) => {
                warn!(error = %error, "other processes could not be told of new events");
                announcements.0.notify_one();
                sleep(RECONNECT_PAUSE).await;
            }
        }
    }
}

async fn send(
    connection: Option<PgConnection>,
    options: &PgConnectOptions,
) -> sqlx::Result<PgConnection> {
    let mut connection = match connection {
        Some(connection) => connection,
        None => options.connect().await?,
    };
    let statement = sqlx::AssertSqlSafe(format!("NOTIFY {CHANNEL}"));
    connection.execute(sqlx::raw_sql(statement)).await?;
    Ok(connection)
}

/// Hears what other processes tell, for ever.
pub(super) async fn listen(options: PgConnectOptions, hints: watch::Sender<u64>) {
    loop {
        let Err(error) = follow(&options, &hints).await;
        warn!(error = %error, "hints of new events are interrupted; readers look every second");
        sleep(RECONNECT_PAUSE).await;
    }
}

async fn follow(
    options: &PgConnectOptions,
    hints: &watch::Sender<u64>,
) -> sqlx::Result<std::convert::Infallible> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_with(options.clone().application_name("narrate listener"))
        .await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.ignore_pool_close_event(true);
    listener.listen(CHANNEL).await?;
    loop {
        // Whatever came while nobody listened.
        hint(hints);
        // `None`: the connection was lost, and there is another now.
        while listener.try_recv().await?.is_some() {
            hint(hints);
        }
    }
}

fn hint(hints: &watch::Sender<u64>) {
    hints.send_modify(|count| *count = count.wrapping_add(1));
}
