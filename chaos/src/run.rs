//! A run: the servers, the parts, the blows, and at the end the verdict.

mod crew;
mod servers;

use std::time::Duration;

use anyhow::bail;
use tokio::time::{Instant, sleep};

use crate::RunArgs;
use crate::load::Load;
use crate::part::Part;
use crate::schedule::{Blow, Step, chance, schedule};
use crate::setup::{Ground, Setup};
use crate::verdict;
use crew::Crew;
use servers::Servers;

const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A part stays dead for up to this long.
const MAX_PAUSE_MS: u64 = 1_500;
/// No progress in this time is a platform that does not recover.
const PATIENCE: Duration = Duration::from_secs(120);
const TELL_EVERY: Duration = Duration::from_secs(5);

pub(crate) async fn run(args: &RunArgs, seed: u64) -> anyhow::Result<()> {
    let load = Load::of_events(seed, args.events);
    println!(
        "seed {seed}: {} videos and as many series, by {} callers; {} rounds of blows",
        load.videos(),
        crate::load::CALLERS,
        args.rounds
    );
    let folder = local_stack::testing::data_dir()?;
    let servers = Servers::start(folder.path(), args.store).await?;
    let setup = Setup {
        database_url: servers.database_url(),
        nats_url: servers.nats_url(),
        event_store_url: servers.event_store_url(),
        folder: folder.path().to_owned(),
        load,
    };
    let ground = servers.migrated(&setup).await?;
    let mut crew = Crew::new(&setup)?;
    for part in Part::ALL {
        crew.start(part)?;
    }
    let begun = Instant::now();
    let told = strike_and_finish(args, seed, &setup, &ground, &servers, &mut crew).await;
    crew.stop().await;
    let settled = match told {
        Ok(()) => verdict::pass(&setup, &ground).await,
        Err(error) => Err(error),
    };
    let took = begun.elapsed().as_secs();
    ground.pool.close().await;
    servers.stop().await;
    match settled {
        Ok(findings) => {
            println!("{findings}");
            println!("seed {seed}: nothing lost, reordered or done twice, in {took} s");
            Ok(())
        }
        Err(error) => Err(error.context(format!("seed {seed}, after {took} s"))),
    }
}

/// Deals the blows, each when its time has come, and waits until all is done.
async fn strike_and_finish(
    args: &RunArgs,
    seed: u64,
    setup: &Setup,
    ground: &Ground,
    servers: &Servers,
    crew: &mut Crew,
) -> anyhow::Result<()> {
    let mut steps = schedule(seed, args.rounds, setup.load.videos(), args.store)
        .into_iter()
        .peekable();
    let mut progress = Progress::new();
    loop {
        crew.revive()?;
        let seen = look(ground, setup.load.videos()).await;
        progress.note(&seen)?;
        let Some(seen) = seen else {
            sleep(LOOK_EVERY).await;
            continue;
        };
        if let Some(Step { at, blow }) = steps.next_if(|step| step.at <= seen.settled) {
            println!(
                "{:>6.1} s  {blow}, at {at} videos",
                progress.elapsed().as_secs_f64()
            );
            strike(seed, at, blow, servers, crew).await?;
        } else if steps.peek().is_none() && seen.is_all && crew.has_written() {
            return Ok(());
        }
        sleep(LOOK_EVERY).await;
    }
}

async fn strike(
    seed: u64,
    at: u64,
    blow: Blow,
    servers: &Servers,
    crew: &mut Crew,
) -> anyhow::Result<()> {
    match blow {
        Blow::Kill(part) => {
            let pause = chance(seed, &format!("pause {at} {part}")) % MAX_PAUSE_MS;
            crew.kill(part, Duration::from_millis(pause)).await
        }
        Blow::KillPostgres => servers.kill_postgres(),
        Blow::KillNats => servers.kill_nats(),
        Blow::CutKurrentDb => servers.restart_kurrentdb(),
        Blow::WipeJetStream => servers.wipe_jetstream().await,
    }
}

/// How far it is, as the read models have it.
struct Seen {
    /// Videos that nobody works on any more: ready, cancelled or deleted. Where
    /// all of them are, so that every blow falls in its time.
    settled: u64,
    is_all: bool,
}

/// None while the database or the log is away.
async fn look(ground: &Ground, videos: u64) -> Option<Seen> {
    let (kept, deleted, unfinished): (i64, i64, i64) = sqlx::query_as(
        "SELECT
            count(*),
            (SELECT count(*) FROM deleted_videos),
            count(*) FILTER (WHERE status IN ('queued', 'generating'))
         FROM videos",
    )
    .fetch_one(&ground.pool)
    .await
    .ok()?;
    let head = ground.store.head().await.ok()?;
    let behind: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM checkpoints WHERE position < $1)")
            .bind(head.value.cast_signed())
            .fetch_one(&ground.pool)
            .await
            .ok()?;
    let all_requested = (kept + deleted).cast_unsigned() == videos;
    Some(Seen {
        settled: (kept + deleted - unfinished).cast_unsigned(),
        is_all: all_requested && unfinished == 0 && !behind,
    })
}

/// Tells how far it is, and when it has stood still for too long.
struct Progress {
    begun: Instant,
    settled: u64,
    moved: Instant,
    told: Instant,
}

impl Progress {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            begun: now,
            settled: 0,
            moved: now,
            told: now,
        }
    }

    fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    fn note(&mut self, seen: &Option<Seen>) -> anyhow::Result<()> {
        if let Some(seen) = seen
            && (seen.settled > self.settled || seen.is_all)
        {
            self.settled = seen.settled;
            self.moved = Instant::now();
        }
        if self.told.elapsed() > TELL_EVERY {
            self.told = Instant::now();
            println!(
                "{:>6.1} s  {} videos finished",
                self.elapsed().as_secs_f64(),
                self.settled
            );
        }
        if self.moved.elapsed() > PATIENCE {
            bail!(
                "nothing was finished in the last {} s, at {} videos",
                PATIENCE.as_secs(),
                self.settled
            );
        }
        Ok(())
    }
}
