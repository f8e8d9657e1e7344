use std::time::Duration;

use accounts::{AccountError, Refused};
use chrono::TimeDelta;
use domain::UserId;
use integrations::mail::{MailError, Outage};

use crate::support::{
    ADA, Fixture, LOCAL, OTHER_PASSWORD, OWNER, PASSWORD, email, refusal, secret, visit,
};

#[tokio::test]
async fn an_account_begins_with_the_link_and_the_password_and_is_told_in_the_log() {
    let fixture = Fixture::open().await;
    let visit = visit(1);
    fixture
        .accounts
        .sign_up(&email(ADA), &secret(PASSWORD), &visit)
        .await
        .unwrap();
    let mail = fixture.mail().await;
    assert_eq!(mail.to.as_str(), ADA);
    assert!(mail.text.contains("https://reels.example/account/verify#"));
    assert_eq!(fixture.event_types("user").await, Vec::<String>::new());

    let token = crate::support::secret_of(&mail);
    let done = fixture
        .accounts
        .verify_email(&token, &secret(PASSWORD), &visit)
        .await;
    let signed_in = done.unwrap();

    assert_eq!(
        fixture.event_types("user").await,
        ["UserRegistered", "EmailVerified", "PasswordSet"]
    );
    assert_eq!(fixture.event_types("session").await, ["SessionStarted"]);
    assert!(fixture.is_let_in(&signed_in.access).await);
    let account = fixture
        .accounts
        .account(signed_in.user)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(account.email.as_str(), ADA);
}

#[tokio::test]
async fn the_link_is_nothing_without_the_password_that_was_chosen() {
    let fixture = Fixture::open().await;
    let visit = visit(1);
    fixture
        .accounts
        .sign_up(&email(ADA), &secret(PASSWORD), &visit)
        .await
        .unwrap();
    let token = fixture.linked().await;
    let wrong = fixture
        .accounts
        .verify_email(&token, &secret(OTHER_PASSWORD), &visit)
        .await;
    assert_eq!(refusal(wrong), Refused::Credentials);
    let right = fixture
        .accounts
        .verify_email(&token, &secret(PASSWORD), &visit)
        .await;
    assert!(right.is_ok());
}

#[tokio::test]
async fn a_link_works_once_and_for_a_day() {
    let fixture = Fixture::open().await;
    let visit = visit(1);
    let ask = async || {
        let asked = fixture
            .accounts
            .sign_up(&email(ADA), &secret(PASSWORD), &visit)
            .await;
        asked.unwrap();
        fixture.linked().await
    };
    let late = ask().await;
    fixture
        .clock
        .pass(TimeDelta::hours(24) + TimeDelta::seconds(1));
    let verify = async |token| {
        fixture
            .accounts
            .verify_email(token, &secret(PASSWORD), &visit)
            .await
    };
    assert_eq!(refusal(verify(&late).await), Refused::Link);

    let (first, second) = (ask().await, ask().await);
    assert!(verify(&second).await.is_ok());
    assert_eq!(refusal(verify(&second).await), Refused::Link);
    assert_eq!(
        refusal(verify(&first).await),
        Refused::Link,
        "there is an account now"
    );
    assert_eq!(refusal(verify(&secret("made-up")).await), Refused::Link);
}

#[tokio::test]
async fn an_address_that_has_an_account_is_told_by_mail_alone() {
    let fixture = Fixture::open().await;
    let signed_in = fixture.sign_up(ADA).await;
    let again = email("ADA@Example.com");
    let answer = fixture
        .accounts
        .sign_up(&again, &secret(OTHER_PASSWORD), &visit(2))
        .await;
    assert!(answer.is_ok(), "the answer is that of a new address");
    let mail = fixture.mail().await;
    assert!(
        mail.text.contains("has an account already"),
        "{}",
        mail.text
    );
    assert!(mail.link.is_none());
    assert!(
        fixture.sign_in(ADA, PASSWORD).await.is_ok(),
        "the password stays"
    );
    assert_eq!(fixture.accounts.accounts(None, 10).await.unwrap().len(), 1);
    assert!(fixture.is_let_in(&signed_in.access).await);
}

#[tokio::test]
async fn a_weak_password_is_refused_before_anything_is_sent() {
    let fixture = Fixture::open().await;
    for weak in ["short", "password", "ada@example.com", "narrateai1"] {
        let asked = fixture
            .accounts
            .sign_up(&email(ADA), &secret(weak), &visit(1))
            .await;
        let Err(AccountError::Invalid(invalid)) = asked else {
            panic!("{weak} was taken");
        };
        assert_eq!(invalid.field, "password");
    }
    assert_eq!(fixture.mails().await.len(), 0);
}

#[tokio::test]
async fn whoever_owns_the_server_goes_on_with_what_they_made_before() {
    let fixture = Fixture::open().await;
    assert_eq!(fixture.sign_up(OWNER).await.user, LOCAL);
    let other = fixture.sign_up(ADA).await.user;
    assert_ne!(other, LOCAL);
    assert_ne!(other, UserId(uuid::Uuid::nil()));
}

#[tokio::test]
async fn a_mail_that_cannot_be_sent_is_sent_later() {
    let fixture = Fixture::open().await;
    let after = Duration::from_secs(1);
    let source = Outage::TimedOut { after };
    fixture.mailer.fail(1, MailError::Unavailable { source });
    fixture
        .accounts
        .sign_up(&email(ADA), &secret(PASSWORD), &visit(1))
        .await
        .unwrap();
    fixture.mails().await;
    fixture.clock.pass(TimeDelta::minutes(1));
    let token = fixture.linked().await;
    let done = fixture
        .accounts
        .verify_email(&token, &secret(PASSWORD), &visit(1))
        .await;
    assert!(done.is_ok());
}
