use accounts::{AccountError, Limited, Refused};
use chrono::TimeDelta;
use domain::session::SessionEnd;
use futures::future::join_all;

use crate::support::{ADA, Fixture, PASSWORD, email, refusal, secret, visit};

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_one_refusal() {
    let fixture = Fixture::open().await;
    fixture.sign_up(ADA).await;
    let wrong = refusal(fixture.sign_in(ADA, "wrong").await);
    let unknown = refusal(fixture.sign_in("eve@example.com", PASSWORD).await);
    assert_eq!(wrong, Refused::Credentials);
    assert_eq!(unknown, wrong);
}

#[tokio::test]
async fn an_access_token_is_good_for_a_quarter_of_an_hour() {
    let fixture = Fixture::open().await;
    let signed_in = fixture.sign_up(ADA).await;
    fixture
        .clock
        .pass(TimeDelta::minutes(15) - TimeDelta::seconds(1));
    assert!(fixture.is_let_in(&signed_in.access).await);
    fixture.clock.pass(TimeDelta::seconds(1));
    assert!(!fixture.is_let_in(&signed_in.access).await);
}

#[tokio::test]
async fn a_session_is_refreshed_for_seven_days_and_ninety_in_all() {
    let fixture = Fixture::open().await;
    let mut signed_in = fixture.sign_up(ADA).await;
    let mut days = 0;
    let ended = loop {
        fixture.clock.pass(TimeDelta::days(6));
        days += 6;
        match fixture
            .accounts
            .refresh(&signed_in.refresh, &visit(1))
            .await
        {
            Ok(next) => signed_in = next,
            Err(error) => break error,
        }
        assert!(fixture.is_let_in(&signed_in.access).await);
    };
    assert!(matches!(ended, AccountError::Refused(Refused::Session)));
    assert_eq!(days, 90);

    let signed_in = fixture.sign_in(ADA, PASSWORD).await.unwrap();
    fixture.clock.pass(TimeDelta::days(7));
    let late = fixture
        .accounts
        .refresh(&signed_in.refresh, &visit(1))
        .await;
    assert_eq!(refusal(late), Refused::Session);
}

#[tokio::test]
async fn a_stolen_refresh_token_ends_the_session_of_both() {
    let fixture = Fixture::open().await;
    let first = fixture.sign_up(ADA).await;
    let other = fixture.sign_in(ADA, PASSWORD).await.unwrap();
    let second = fixture
        .accounts
        .refresh(&first.refresh, &visit(1))
        .await
        .unwrap();

    let stolen = fixture.accounts.refresh(&first.refresh, &visit(66)).await;
    assert_eq!(refusal(stolen), Refused::Session);

    assert!(!fixture.is_let_in(&second.access).await);
    let mine = fixture.accounts.refresh(&second.refresh, &visit(1)).await;
    assert_eq!(refusal(mine), Refused::Session);
    let ended = fixture.events("session").await.pop().unwrap();
    assert_eq!(ended.event.type_name, "SessionEnded");
    assert_eq!(ended.event.data["cause"], "token-reused");
    assert!(
        fixture.is_let_in(&other.access).await,
        "another session goes on"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_refresh_at_once_one_is_first_and_nobody_goes_on() {
    let fixture = Fixture::open().await;
    let signed_in = fixture.sign_up(ADA).await;
    let there = fixture.another().await;
    let (one, other) = (visit(1), visit(2));
    let (here, there) = tokio::join!(
        fixture.accounts.refresh(&signed_in.refresh, &one),
        there.accounts.refresh(&signed_in.refresh, &other),
    );
    assert!(here.is_ok() != there.is_ok(), "one of them");
    let winner = here.or(there).unwrap();
    assert!(!fixture.is_let_in(&winner.access).await);
}

#[tokio::test]
async fn sessions_are_listed_with_their_device_and_ended_one_or_all() {
    let fixture = Fixture::open().await;
    let first = fixture.sign_up(ADA).await;
    fixture.clock.pass(TimeDelta::minutes(1));
    let second = fixture.sign_in(ADA, PASSWORD).await.unwrap();
    let third = fixture.sign_in(ADA, PASSWORD).await.unwrap();
    let user = first.user;

    let listed = fixture.accounts.sessions(user).await.unwrap();
    assert_eq!(listed.len(), 3);
    let client = listed[0].client.as_ref().unwrap();
    assert_eq!(client.address.to_string(), "192.0.2.1");
    assert_eq!(client.agent, "a browser of the tests");

    let end = SessionEnd::EndedByUser;
    let accounts = &fixture.accounts;
    accounts
        .end_session(user, second.session, end, &visit(1))
        .await
        .unwrap();
    assert!(!fixture.is_let_in(&second.access).await);
    let again = accounts
        .end_session(user, second.session, end, &visit(1))
        .await;
    assert_eq!(refusal(again), Refused::NotFound);

    let ended = accounts
        .end_other_sessions(user, Some(third.session), &visit(1))
        .await;
    assert_eq!(ended.unwrap(), 1);
    assert!(!fixture.is_let_in(&first.access).await);
    assert!(fixture.is_let_in(&third.access).await);
}

#[tokio::test]
async fn nobody_ends_anothers_session() {
    let fixture = Fixture::open().await;
    let ada = fixture.sign_up(ADA).await;
    let eve = fixture.sign_up("eve@example.com").await;
    let end = SessionEnd::EndedByUser;
    let tried = fixture
        .accounts
        .end_session(eve.user, ada.session, end, &visit(2))
        .await;
    assert_eq!(refusal(tried), Refused::NotFound);
    assert!(fixture.is_let_in(&ada.access).await);
}

#[tokio::test]
async fn where_a_sign_in_was_from_is_in_the_log_and_sealed() {
    let fixture = Fixture::open().await;
    fixture.sign_up(ADA).await;
    let started = fixture.events("session").await.pop().unwrap();
    let text = format!("{started:?} {}", started.event.data);
    for personal in ["192.0.2.1", "browser", "ada@"] {
        assert!(!text.contains(personal), "{text}");
    }
    assert!(started.metadata.origin.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn more_sign_ins_than_can_be_hashed_wait_their_turn() {
    let fixture = Fixture::open().await;
    let (address, password) = (email(ADA), secret("wrong"));
    let tries = (0..16).map(|host| {
        let (fixture, address, password) = (&fixture, &address, &password);
        async move {
            fixture
                .accounts
                .sign_in(address, password, &visit(host))
                .await
        }
    });
    for outcome in join_all(tries).await {
        let is_refused = matches!(
            outcome,
            Err(AccountError::Refused(Refused::Credentials)
                | AccountError::Limited(Limited::Later { .. }))
        );
        assert!(is_refused);
    }
}
