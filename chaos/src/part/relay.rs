use std::sync::Arc;

use commands::SystemClock;
use projections::{Reconciler, ReconcilerConfig, Relay};
use tokio_util::sync::CancellationToken;

use crate::setup::Setup;

/// The relay, and what finds again what was lost on its way.
pub(super) async fn run(setup: &Setup) -> anyhow::Result<()> {
    let ground = setup.connect().await?;
    let nats = setup.nats().await?;
    let reconciler = Reconciler {
        store: Arc::clone(&ground.store),
        pool: ground.pool.clone(),
        nats: nats.clone(),
        subjects: Setup::subjects(),
        clock: Arc::new(SystemClock),
        config: ReconcilerConfig::default(),
    };
    let jetstream = async_nats::jetstream::new(nats);
    let relay = Relay::new(ground.store, ground.pool, jetstream, Setup::subjects());
    tokio::join!(
        relay.run(CancellationToken::new()),
        reconciler.run(CancellationToken::new())
    );
    Ok(())
}
