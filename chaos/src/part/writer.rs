use std::sync::Arc;
use std::time::Duration;

use commands::{Dispatcher, SystemClock};
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::ledger::Ledger;
use crate::load::{CALLERS, COMMANDS_EACH, Load};
use crate::setup::Setup;

/// No video is requested while more than this many are unfinished, so that
/// there is load until the end.
const UNFINISHED: i64 = 256;
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Wait before a command without an answer is sent again.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// Callers that send all their commands, each when the last was answered.
pub(super) async fn run(setup: &Setup) -> anyhow::Result<()> {
    let ground = setup.connect().await?;
    let dispatcher = Dispatcher::new(ground.store, Arc::new(SystemClock));
    let (open, gate) = watch::channel(false);
    let keeper = tokio::spawn(keep_gate(ground.pool, open));
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let ledger = Ledger::open(&setup.folder, caller)?;
        let (dispatcher, gate) = (dispatcher.clone(), gate.clone());
        callers.spawn(call(setup.load, caller, ledger, dispatcher, gate));
    }
    while let Some(ended) = callers.join_next().await {
        ended??;
    }
    keeper.abort();
    Ok(())
}

async fn call(
    load: Load,
    caller: u64,
    mut ledger: Ledger,
    dispatcher: Dispatcher,
    mut gate: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    while ledger.answered() < load.commands_each() {
        let nth = ledger.answered();
        if nth.is_multiple_of(COMMANDS_EACH) {
            gate.wait_for(|open| *open).await?;
        }
        let id = load.command_id(caller, nth);
        match load.order(caller, nth).send(&dispatcher, id).await {
            Some(answer) => ledger.write(answer)?,
            None => tokio::time::sleep(AGAIN_AFTER).await,
        }
    }
    Ok(())
}

/// While the database is away the gate stays as it was.
async fn keep_gate(pool: PgPool, open: watch::Sender<bool>) {
    loop {
        let unfinished: Result<i64, _> = sqlx::query_scalar(
            "SELECT count(*) FROM videos WHERE status IN ('queued', 'generating')",
        )
        .fetch_one(&pool)
        .await;
        if let Ok(unfinished) = unfinished {
            open.send_replace(unfinished < UNFINISHED);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
