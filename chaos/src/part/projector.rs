use std::sync::Arc;

use projections::{Follower, Watermarks};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::setup::Setup;

/// Every projection there is.
pub(super) async fn run(setup: &Setup) -> anyhow::Result<()> {
    let ground = setup.connect().await?;
    let nats = setup.nats().await?;
    let watermarks = Watermarks::new(ground.pool.clone());
    let mut followers = JoinSet::new();
    for projector in projections::followed(&ground.store) {
        let follower = Follower::new(
            projector,
            Arc::clone(&ground.store),
            ground.pool.clone(),
            nats.clone(),
            Setup::subjects(),
            watermarks.clone(),
        );
        followers.spawn(follower.run(CancellationToken::new()));
    }
    followers.join_all().await;
    Ok(())
}
