use accounts::{AccountError, Refused, Via};
use chrono::TimeDelta;
use domain::Clock;
use domain::access_token::{Scope, TokenName};
use secrecy::ExposeSecret;

use crate::support::{ADA, Fixture, refusal, visit};

fn name() -> TokenName {
    TokenName::try_new("nightly export").unwrap()
}

#[tokio::test]
async fn a_token_lets_its_person_in_within_its_scopes_until_it_is_revoked() {
    let fixture = Fixture::open().await;
    let user = fixture.sign_up(ADA).await.user;
    let until = fixture.clock.now() + TimeDelta::days(30);
    let scopes = [Scope::Events, Scope::Read, Scope::Read];
    let accounts = &fixture.accounts;
    let made = accounts
        .create_access_token(user, &name(), &scopes, until, &visit(1))
        .await
        .unwrap();
    assert!(made.secret.expose_secret().starts_with("narrate_"));

    let viewer = accounts.authenticate(&made.secret).await.unwrap();
    assert_eq!(viewer.user, user);
    let scopes = vec![Scope::Read, Scope::Events];
    assert_eq!(
        viewer.via,
        Via::AccessToken {
            id: made.id,
            scopes: scopes.clone()
        }
    );

    let listed = accounts.access_tokens(user).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].name, "nightly export");
    assert_eq!(listed[0].scopes, scopes);
    assert_eq!(listed[0].used_at, Some(fixture.clock.now()));

    accounts
        .revoke_access_token(user, made.id, &visit(1))
        .await
        .unwrap();
    assert_eq!(
        refusal(accounts.authenticate(&made.secret).await),
        Refused::AccessToken
    );
    assert_eq!(
        fixture.event_types("token").await,
        ["AccessTokenCreated", "AccessTokenRevoked"]
    );
}

#[tokio::test]
async fn a_token_expires() {
    let fixture = Fixture::open().await;
    let user = fixture.sign_up(ADA).await.user;
    let until = fixture.clock.now() + TimeDelta::hours(1);
    let accounts = &fixture.accounts;
    let made = accounts
        .create_access_token(user, &name(), &[Scope::Read], until, &visit(1))
        .await
        .unwrap();
    fixture.clock.pass(TimeDelta::hours(1));
    assert!(!fixture.is_let_in(&made.secret).await);
}

#[tokio::test]
async fn what_is_wrong_with_a_token_is_named() {
    let fixture = Fixture::open().await;
    let user = fixture.sign_up(ADA).await.user;
    let now = fixture.clock.now();
    let accounts = &fixture.accounts;
    for (scopes, until, field) in [
        (&[][..], now + TimeDelta::days(1), "scopes"),
        (&[Scope::Read][..], now, "expiresAt"),
        (&[Scope::Read][..], now + TimeDelta::days(400), "expiresAt"),
    ] {
        let asked = accounts
            .create_access_token(user, &name(), scopes, until, &visit(1))
            .await;
        let Err(AccountError::Invalid(invalid)) = asked else {
            panic!("{field} was taken");
        };
        assert_eq!(invalid.field, field);
    }
}

#[tokio::test]
async fn nobody_sees_or_revokes_anothers_token() {
    let fixture = Fixture::open().await;
    let ada = fixture.sign_up(ADA).await.user;
    let eve = fixture.sign_up("eve@example.com").await.user;
    let until = fixture.clock.now() + TimeDelta::days(1);
    let accounts = &fixture.accounts;
    let made = accounts
        .create_access_token(ada, &name(), &[Scope::Read], until, &visit(1))
        .await
        .unwrap();
    assert_eq!(accounts.access_tokens(eve).await.unwrap().len(), 0);
    let tried = accounts.revoke_access_token(eve, made.id, &visit(2)).await;
    assert_eq!(refusal(tried), Refused::NotFound);
    assert!(fixture.is_let_in(&made.secret).await);
}

#[tokio::test]
async fn neither_the_database_nor_the_log_knows_the_secret_or_the_name() {
    let fixture = Fixture::open().await;
    let user = fixture.sign_up(ADA).await.user;
    let until = fixture.clock.now() + TimeDelta::days(1);
    let accounts = &fixture.accounts;
    let made = accounts
        .create_access_token(user, &name(), &[Scope::Read], until, &visit(1))
        .await
        .unwrap();
    let row: String = sqlx::query_scalar("SELECT access_tokens::text FROM access_tokens")
        .fetch_one(fixture.database.pool())
        .await
        .unwrap();
    let events = format!("{:?}", fixture.events("token").await);
    for text in [row, events] {
        assert!(!text.contains(made.secret.expose_secret()), "{text}");
        assert!(!text.contains("nightly"), "{text}");
    }
}
