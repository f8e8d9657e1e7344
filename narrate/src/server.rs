//! All parts of the program, running in this process.

pub mod connect;
pub mod log;
pub mod people;
mod stack;
mod telling;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use commands::{Dispatcher, RandomIds, SystemClock};
use domain::{Clock, IdSource};
use event_store::EventStore;
use graphql::HttpArgs;
use integrations::Providers;
use integrations::media::{self, MediaStore};
use material::Materials;
use projections::rebuild::Rebuilder;
use projections::{
    Follower, Heartbeats, Reconciler, ReconcilerConfig, Relay, Subjects, Watermarks,
};
use secrecy::{ExposeSecret, SecretString};
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use workers::Pipeline;

use crate::cli::Role;
use crate::config::Config;
use crate::data_folder::{DataFolder, Scratch, ServerRecord};
use crate::programs;
use log::Log;
use people::{Base, People};
use stack::Servers;
use telling::Telling;

/// How long answers under way may take once the server stops.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// The program, running.
pub struct Running {
    pub address: Option<SocketAddr>,
    /// Who is on this machine and shows nothing is its owner.
    pub knows_local_owner: bool,
    data: DataFolder,
    stop: CancellationToken,
    tasks: TaskTracker,
    log: Log,
    pool: PgPool,
    servers: Servers,
    _scratch: Scratch,
}

/// The local servers and the database, ready for use.
pub struct Ground {
    servers: Servers,
    pub pool: PgPool,
    pub nats: async_nats::Client,
}

impl Ground {
    pub async fn stop(self) {
        self.pool.close().await;
        self.servers.stop().await;
    }
}

impl Running {
    /// Starts the parts of `roles`. `on_step` hears what is being done.
    ///
    /// `listener` is where the API is served, if `roles` has it.
    pub async fn start(
        config: &Config,
        roles: &[Role],
        listener: TcpListener,
        mut on_step: impl FnMut(&str),
    ) -> anyhow::Result<Self> {
        if roles.contains(&Role::Workers) {
            programs::check()?;
        }
        let data = config.data_folder();
        let providers = config.providers.providers(&data.prompts())?;
        let ground = lay_ground(config, &mut on_step).await?;
        let opened = open(config, &data, &ground.pool, &mut on_step).await;
        let (log, media) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                ground.stop().await;
                return Err(error);
            }
        };

        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let parts = Parts {
            subjects: Subjects::new(&config.namespace),
            watermarks: Watermarks::new(ground.pool.clone()),
            store: log.store(),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            providers,
            media,
            pool: ground.pool.clone(),
            nats: ground.nats.clone(),
        };
        if roles.contains(&Role::Projections) {
            parts.spawn_projections(&tasks, &stop);
        }
        let scratch = data
            .scratch()
            .context("the scratch folder in the data folder cannot be used")?;
        if roles.contains(&Role::Workers) {
            let pipeline = parts.pipeline(scratch.path().to_owned());
            workers::spawn_all(&pipeline, &tasks, &stop);
        }
        let mut address = None;
        let mut knows_local_owner = false;
        if roles.contains(&Role::Api) {
            let bound = listener.local_addr().context("the port was lost")?;
            address = Some(bound);
            let people = parts.base(config).open(Some(bound)).await?;
            knows_local_owner = people.knows_local_owner;
            let again = people.accounts.apply_ledger().await?;
            if again > 0 {
                tracing::warn!(
                    people = again,
                    "erased again whom a restored backup brought back"
                );
            }
            let scratch = scratch.path().to_owned();
            let telling = Telling::open(&parts, &people, config.webhooks.reach())?;
            telling.spawn(&parts, &tasks, &stop);
            let served = Served {
                http: &config.http,
                people,
                telling,
                scratch,
            };
            parts.spawn_api(listener, served, &tasks, &stop);
            data.set_server(&ServerRecord {
                address: bound,
                pid: std::process::id(),
                database_url: ground.servers.database_url().expose_secret().to_owned(),
                nats_url: ground.servers.nats_url().expose_secret().to_owned(),
            })
            .context("the data folder could not be written")?;
        }
        Ok(Self {
            address,
            knows_local_owner,
            data,
            stop,
            tasks,
            log,
            pool: ground.pool,
            servers: ground.servers,
            _scratch: scratch,
        })
    }

    /// Resolves when one of the local servers was given up.
    pub async fn broken(&self) -> Arc<local_stack::StackError> {
        self.servers.broken().await
    }

    /// Lets work go, answers what was accepted, ends the servers, in order.
    pub async fn stop(self) {
        self.data.clear_server();
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.log.shutdown().await;
        self.pool.close().await;
        self.servers.stop().await;
    }
}

/// `narrate migrate`.
pub async fn migrate(config: &Config) -> anyhow::Result<ExitCode> {
    let ground = lay_ground(config, &mut |_: &str| {}).await?;
    event_store::database::MIGRATOR.run(&ground.pool).await?;
    ground.stop().await;
    println!("the database is up to date");
    Ok(ExitCode::SUCCESS)
}

async fn lay_ground(config: &Config, on_step: &mut impl FnMut(&str)) -> anyhow::Result<Ground> {
    let servers = Servers::start(config, on_step).await?;
    let connected = async {
        let pool = connect::database(servers.database_url()).await?;
        let nats = connect::nats(servers.nats_url()).await?;
        anyhow::Ok((pool, nats))
    };
    match connected.await {
        Ok((pool, nats)) => Ok(Ground {
            servers,
            pool,
            nats,
        }),
        Err(error) => {
            servers.stop().await;
            Err(error)
        }
    }
}

/// The servers of the program that runs on the data folder, or our own.
pub async fn reach(config: &Config) -> anyhow::Result<Ground> {
    let Some(record) = config.data_folder().server() else {
        return lay_ground(config, &mut |_: &str| {}).await;
    };
    let database_url = SecretString::from(record.database_url);
    let nats_url = SecretString::from(record.nats_url);
    let attached = async {
        let pool = connect::database(&database_url).await?;
        anyhow::Ok((pool, connect::nats(&nats_url).await?))
    };
    match attached.await {
        Ok((pool, nats)) => Ok(Ground {
            servers: Servers::Given {
                database_url,
                nats_url,
            },
            pool,
            nats,
        }),
        // It is gone, and left its record behind.
        Err(_) => lay_ground(config, &mut |_: &str| {}).await,
    }
}

/// What is kept: the events, and the media.
pub async fn open(
    config: &Config,
    data: &DataFolder,
    pool: &PgPool,
    on_step: &mut impl FnMut(&str),
) -> anyhow::Result<(Log, Arc<dyn MediaStore>)> {
    on_step("bringing the database up to date");
    event_store::database::MIGRATOR
        .run(pool)
        .await
        .context("the database could not be brought up to date")?;
    let media = open_media(config, data).await?;
    on_step("opening the event log");
    let log = Log::open(config.event_store_url(), pool).await?;
    Ok((log, media))
}

async fn open_media(config: &Config, data: &DataFolder) -> anyhow::Result<Arc<dyn MediaStore>> {
    let url = match &config.media_url {
        Some(url) => url.clone(),
        None => data.media().display().to_string(),
    };
    media::open(&url)
        .await
        .context("the media store cannot be used")
}

/// What the roles are built of.
struct Parts {
    subjects: Subjects,
    watermarks: Watermarks,
    store: Arc<dyn EventStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    providers: Providers,
    media: Arc<dyn MediaStore>,
    pool: PgPool,
    nats: async_nats::Client,
}

/// What the API has besides.
struct Served<'a> {
    http: &'a HttpArgs,
    people: People,
    telling: Telling,
    scratch: PathBuf,
}

impl Parts {
    fn base<'a>(&self, config: &'a Config) -> Base<'a> {
        Base {
            config,
            pool: self.pool.clone(),
            store: Arc::clone(&self.store),
            watermarks: self.watermarks.clone(),
            media: Arc::clone(&self.media),
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
        }
    }

    fn dispatcher(&self) -> Dispatcher {
        Dispatcher::new(Arc::clone(&self.store), Arc::clone(&self.clock))
    }

    fn materials(&self) -> Materials {
        let (media, clock) = (Arc::clone(&self.media), Arc::clone(&self.clock));
        Materials::new(self.pool.clone(), media, clock)
    }

    fn spawn_projections(&self, tasks: &TaskTracker, stop: &CancellationToken) {
        for projector in projections::followed(&self.store) {
            let follower = Follower::new(
                projector,
                Arc::clone(&self.store),
                self.pool.clone(),
                self.nats.clone(),
                self.subjects.clone(),
                self.watermarks.clone(),
            );
            tasks.spawn(follower.run(stop.clone()));
        }
        for projector in projections::projectors() {
            let rebuilder = Rebuilder::new(
                projector,
                Arc::clone(&self.store),
                self.pool.clone(),
                Arc::clone(&self.clock),
            );
            tasks.spawn(rebuilder.run(stop.clone()));
        }
        let relay = Relay::new(
            Arc::clone(&self.store),
            self.pool.clone(),
            async_nats::jetstream::new(self.nats.clone()),
            self.subjects.clone(),
        );
        tasks.spawn(relay.run(stop.clone()));
        let reconciler = Reconciler {
            store: Arc::clone(&self.store),
            pool: self.pool.clone(),
            nats: self.nats.clone(),
            subjects: self.subjects.clone(),
            clock: Arc::clone(&self.clock),
            config: ReconcilerConfig::default(),
        };
        tasks.spawn(reconciler.run(stop.clone()));
    }

    fn pipeline(&self, scratch: PathBuf) -> Arc<Pipeline> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Arc::new(Pipeline {
            dispatcher: self.dispatcher(),
            nats: self.nats.clone(),
            jetstream: async_nats::jetstream::new(self.nats.clone()),
            subjects: self.subjects.clone(),
            providers: self.providers.clone(),
            media: Arc::clone(&self.media),
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
            scratch,
            ack_wait: workers::ACK_WAIT,
            heartbeats: Heartbeats::new(Arc::clone(&self.clock), workers::ACK_WAIT),
            health: workers::Health::new(Arc::clone(&self.clock)),
            drawing: Arc::new(tokio::sync::Semaphore::new(cores)),
        })
    }

    fn spawn_api(
        &self,
        listener: TcpListener,
        served: Served<'_>,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) {
        let Served {
            http,
            people,
            telling,
            scratch,
        } = served;
        let api = graphql::Api {
            dispatcher: self.dispatcher(),
            store: Arc::clone(&self.store),
            pool: self.pool.clone(),
            nats: self.nats.clone(),
            subjects: self.subjects.clone(),
            watermarks: self.watermarks.clone(),
            media: Arc::clone(&self.media),
            materials: self.materials(),
            providers: self.providers.clone(),
            ids: Arc::clone(&self.ids),
            clock: Arc::clone(&self.clock),
            scratch,
            stop: stop.clone(),
            accounts: people.accounts.clone(),
            vault: people.vault,
            identity: people.identity,
            knows_local_owner: people.knows_local_owner,
            webhooks: telling.webhooks,
            mails: telling.mails,
        };
        tasks.spawn(people.accounts.clone().watch_over(stop.clone()));
        tasks.spawn(people.accounts.run(stop.clone()));
        tasks.spawn(self.materials().run(stop.clone()));
        let router = graphql::router(Arc::new(api), http);
        let router = router.into_make_service_with_connect_info::<SocketAddr>();
        let stop = stop.clone();
        tasks.spawn(async move {
            let stopping = stop.clone();
            let serving = axum::serve(listener, router)
                .with_graceful_shutdown(stopping.cancelled_owned())
                .into_future();
            // A client that reads nothing more must not keep the program alive.
            let overdue = async {
                stop.cancelled().await;
                tokio::time::sleep(ANSWER_WITHIN).await;
            };
            tokio::select! {
                served = serving => {
                    if let Err(error) = served {
                        tracing::error!(%error, "the API stopped serving");
                    }
                }
                () = overdue => tracing::warn!("left clients that do not read their answers"),
            }
        });
    }
}
