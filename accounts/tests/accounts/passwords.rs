use accounts::Refused;
use chrono::TimeDelta;

use crate::support::{ADA, Fixture, OTHER_PASSWORD, PASSWORD, email, refusal, secret, visit};

#[tokio::test]
async fn a_forgotten_password_is_set_anew_and_every_session_ends() {
    let fixture = Fixture::open().await;
    let signed_in = fixture.sign_up(ADA).await;
    fixture
        .accounts
        .request_password_reset(&email(ADA), &visit(2))
        .await
        .unwrap();
    let token = fixture.linked().await;
    let reset = fixture
        .accounts
        .reset_password(&token, &secret(OTHER_PASSWORD), &visit(2))
        .await;
    reset.unwrap();

    assert!(!fixture.is_let_in(&signed_in.access).await);
    assert_eq!(
        refusal(fixture.sign_in(ADA, PASSWORD).await),
        Refused::Credentials
    );
    assert!(fixture.sign_in(ADA, OTHER_PASSWORD).await.is_ok());
    let notice = fixture.mail().await;
    assert_eq!(notice.subject, "Your password was changed");
    let again = fixture
        .accounts
        .reset_password(&token, &secret(PASSWORD), &visit(2))
        .await;
    assert_eq!(refusal(again), Refused::Link, "it works once");
}

#[tokio::test]
async fn a_link_to_a_new_password_is_good_for_an_hour_and_made_void_by_another() {
    let fixture = Fixture::open().await;
    fixture.sign_up(ADA).await;
    let ask = async || {
        let asked = fixture
            .accounts
            .request_password_reset(&email(ADA), &visit(2))
            .await;
        asked.unwrap();
        fixture.linked().await
    };
    let reset = async |token| {
        fixture
            .accounts
            .reset_password(token, &secret(OTHER_PASSWORD), &visit(2))
            .await
    };
    let late = ask().await;
    fixture.clock.pass(TimeDelta::hours(1));
    assert_eq!(refusal(reset(&late).await), Refused::Link);
    let (first, second) = (ask().await, ask().await);
    assert!(reset(&first).await.is_ok());
    assert_eq!(refusal(reset(&second).await), Refused::Link);
}

#[tokio::test]
async fn an_address_without_an_account_gets_no_mail_and_the_same_answer() {
    let fixture = Fixture::open().await;
    let asked = fixture
        .accounts
        .request_password_reset(&email(ADA), &visit(1))
        .await;
    assert!(asked.is_ok());
    assert_eq!(fixture.mails().await.len(), 0);
}

#[tokio::test]
async fn a_change_needs_the_current_password_and_ends_other_sessions() {
    let fixture = Fixture::open().await;
    let other = fixture.sign_up(ADA).await;
    let here = fixture.sign_in(ADA, PASSWORD).await.unwrap();
    let change = async |current| {
        let (current, new) = (secret(current), secret(OTHER_PASSWORD));
        let session = Some(here.session);
        fixture
            .accounts
            .change_password(here.user, session, &current, &new, &visit(1))
            .await
    };
    assert_eq!(refusal(change("wrong").await), Refused::CurrentPassword);
    assert!(fixture.is_let_in(&other.access).await);

    change(PASSWORD).await.unwrap();
    assert!(fixture.is_let_in(&here.access).await);
    assert!(!fixture.is_let_in(&other.access).await);
    assert!(fixture.sign_in(ADA, OTHER_PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_hash_that_is_weaker_than_todays_is_made_anew_on_sign_in() {
    let fixture = Fixture::open().await;
    let user = fixture.sign_up(ADA).await.user;
    // Of PASSWORD, with 8 KiB and one pass.
    let weak = weak_hash(PASSWORD);
    let place = user.0.as_bytes();
    let sealed = fixture
        .vault
        .seal_secret("password", place, weak.as_bytes())
        .await
        .unwrap();
    sqlx::query("UPDATE accounts SET password = $1")
        .bind(sealed)
        .execute(fixture.database.pool())
        .await
        .unwrap();
    assert!(fixture.sign_in(ADA, PASSWORD).await.is_ok());
    let sealed: Vec<u8> = sqlx::query_scalar("SELECT password FROM accounts")
        .fetch_one(fixture.database.pool())
        .await
        .unwrap();
    let now = fixture
        .vault
        .open_secret("password", place, &sealed)
        .await
        .unwrap();
    let now = String::from_utf8_lossy(secrecy::ExposeSecret::expose_secret(&now)).into_owned();
    assert!(now.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{now}");
    assert!(fixture.sign_in(ADA, PASSWORD).await.is_ok());
}

fn weak_hash(password: &str) -> String {
    use argon2::{Argon2, Params, PasswordHasher};
    let argon2 = Argon2::from(Params::new(8, 1, 1, None).unwrap());
    let hash = argon2.hash_password_with_salt(password.as_bytes(), &[7; 16]);
    hash.unwrap().to_string()
}
