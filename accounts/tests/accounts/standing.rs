use std::time::Duration;

use domain::Role;
use domain::session::SessionEnd;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::support::{ADA, Fixture, PASSWORD, visit};

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn who_is_connected_hears_that_their_session_ended_and_others_do_not() {
    let fixture = Fixture::open().await;
    let elsewhere = fixture.another().await;
    let stop = CancellationToken::new();
    tokio::spawn(fixture.accounts.clone().watch_over(stop.clone()));
    let first = fixture.sign_up(ADA).await;
    let second = fixture.sign_in(ADA, PASSWORD).await.unwrap();
    let accounts = &fixture.accounts;
    let [ends, stays] = [&first, &second].map(|signed_in| accounts.authenticate(&signed_in.access));
    let (ends, stays) = (ends.await.unwrap(), stays.await.unwrap());
    let (ends, stays) = (
        accounts.until_changed(&ends),
        accounts.until_changed(&stays),
    );
    let stays = tokio::spawn(stays);

    let end = SessionEnd::EndedByUser;
    elsewhere
        .accounts
        .end_session(first.user, first.session, end, &visit(1))
        .await
        .unwrap();
    timeout(PATIENCE, ends).await.expect("it is heard");
    assert!(!stays.is_finished());
    stop.cancel();
}

#[tokio::test]
async fn who_is_connected_hears_that_their_role_changed() {
    let fixture = Fixture::open().await;
    let stop = CancellationToken::new();
    tokio::spawn(fixture.accounts.clone().watch_over(stop.clone()));
    let ada = fixture.sign_up(ADA).await;
    let viewer = fixture.accounts.authenticate(&ada.access).await.unwrap();
    let changed = fixture.accounts.until_changed(&viewer);
    let by = ada.user;
    fixture
        .accounts
        .change_role(by, ada.user, Role::Admin, &visit(1))
        .await
        .unwrap();
    timeout(PATIENCE, changed).await.expect("it is heard");
    stop.cancel();
}
