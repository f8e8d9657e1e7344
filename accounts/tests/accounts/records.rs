use chrono::TimeDelta;
use domain::session::SessionEnd;

use uuid::Uuid;

use crate::support::{ADA, Fixture, email, visit};

#[tokio::test]
async fn what_the_log_could_not_take_is_said_once_it_can() {
    let fixture = Fixture::open().await;
    let signed_in = fixture.sign_up(ADA).await;
    let after = fixture.another().await;
    // The log takes nothing more here.
    fixture.store.shutdown().await;
    let end = SessionEnd::SignedOut;
    let ended = fixture
        .accounts
        .end_session(signed_in.user, signed_in.session, end, &visit(1))
        .await;
    ended.unwrap();
    assert!(
        !after.is_let_in(&signed_in.access).await,
        "it is over all the same"
    );
    assert_eq!(after.event_types("session").await, ["SessionStarted"]);

    after.clock.pass(TimeDelta::seconds(1));
    for _ in 0..2 {
        after.accounts.do_what_is_due().await.unwrap();
        assert_eq!(
            after.event_types("session").await,
            ["SessionStarted", "SessionEnded"]
        );
    }
}

#[tokio::test]
async fn what_the_domain_refuses_keeps_nothing_else_from_being_said() {
    let fixture = Fixture::open().await;
    let owner = fixture.sign_up(ADA).await;
    let accounts = &fixture.accounts;
    accounts
        .promote_owner(&email(ADA), Uuid::from_u128(9))
        .await
        .unwrap();
    let after = fixture.another().await;
    // The log takes nothing more here, and somebody changed the owner's role
    // behind everyone's back.
    fixture.store.shutdown().await;
    sqlx::query("UPDATE accounts SET role = 'user'")
        .execute(fixture.database.pool())
        .await
        .unwrap();
    let admin = domain::Role::Admin;
    accounts
        .change_role(owner.user, owner.user, admin, &visit(1))
        .await
        .unwrap();
    fixture.clock.pass(TimeDelta::seconds(1));
    let end = SessionEnd::SignedOut;
    accounts
        .end_session(owner.user, owner.session, end, &visit(1))
        .await
        .unwrap();

    after.accounts.do_what_is_due().await.unwrap();
    assert_eq!(
        after.event_types("session").await,
        ["SessionStarted", "SessionEnded"]
    );
}
