use accounts::{AccountError, Refused, SignedIn};
use integrations::identity::Identity;

use crate::support::{ADA, Fixture, PASSWORD, refusal, visit};

const ISSUER: &str = "https://accounts.example";

fn identity(subject: &str, email: &str, email_verified: bool) -> Identity {
    Identity {
        issuer: ISSUER.to_owned(),
        subject: subject.to_owned(),
        email: Some(email.to_owned()),
        email_verified,
        name: None,
    }
}

async fn come(fixture: &Fixture, identity: &Identity) -> Result<SignedIn, AccountError> {
    fixture
        .accounts
        .sign_in_with_identity(identity, &visit(1))
        .await
}

#[tokio::test]
async fn an_identity_begins_an_account_and_comes_back_to_it() {
    let fixture = Fixture::open().await;
    let first = come(&fixture, &identity("7", ADA, true)).await.unwrap();
    // Known by its subject from now on, whatever becomes of the address.
    let moved = identity("7", "ada@elsewhere.example", false);
    let second = come(&fixture, &moved).await.unwrap();
    assert_eq!(first.user, second.user);
    assert_eq!(
        fixture.event_types("user").await,
        ["UserRegistered", "EmailVerified", "IdentityLinked"]
    );
    let account = fixture.accounts.account(first.user).await.unwrap().unwrap();
    assert!(!account.has_password);
}

#[tokio::test]
async fn an_identity_is_linked_to_the_account_of_its_address_and_its_person_is_told() {
    let fixture = Fixture::open().await;
    let user = fixture.sign_up(ADA).await.user;
    let came = come(&fixture, &identity("7", "Ada@Example.com", true))
        .await
        .unwrap();
    assert_eq!(came.user, user);
    assert_eq!(
        fixture.mail().await.subject,
        "Another way to sign in was added"
    );
    assert!(fixture.sign_in(ADA, PASSWORD).await.is_ok());
    come(&fixture, &identity("7", ADA, true)).await.unwrap();
    assert_eq!(fixture.mails().await.len(), 0, "it is told once");
}

#[tokio::test]
async fn an_address_that_the_provider_does_not_know_to_be_theirs_leads_nowhere() {
    let fixture = Fixture::open().await;
    fixture.sign_up(ADA).await;
    for doubtful in [
        identity("7", ADA, false),
        identity("8", "eve@example.com", false),
        Identity {
            email: None,
            ..identity("9", ADA, true)
        },
    ] {
        assert_eq!(
            refusal(come(&fixture, &doubtful).await),
            Refused::UnverifiedIdentity
        );
    }
    assert_eq!(fixture.accounts.accounts(None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_subject_at_another_issuer_is_somebody_else() {
    let fixture = Fixture::open().await;
    let first = come(&fixture, &identity("7", ADA, true)).await.unwrap();
    let other = Identity {
        issuer: "https://elsewhere.example".to_owned(),
        ..identity("7", "eve@example.com", true)
    };
    assert_ne!(come(&fixture, &other).await.unwrap().user, first.user);
}
