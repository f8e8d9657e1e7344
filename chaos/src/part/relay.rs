use projections::Relay;
use tokio_util::sync::CancellationToken;

use crate::setup::Setup;

/// The relay.
pub(super) async fn run(setup: &Setup) -> anyhow::Result<()> {
    let ground = setup.connect().await?;
    let jetstream = async_nats::jetstream::new(setup.nats().await?);
    let relay = Relay::new(ground.store, ground.pool, jetstream, Setup::subjects());
    relay.run(CancellationToken::new()).await;
    Ok(())
}
