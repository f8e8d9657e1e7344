use accounts::{AccountError, Refused};
use domain::MediaKey;
use domain::personal::Personal;
use vault::{Opened, Place};

use crate::support::{ADA, Fixture, PASSWORD, email, refusal, secret, visit};

async fn erase(fixture: &Fixture) -> domain::UserId {
    let user = fixture.sign_up(ADA).await.user;
    let password = secret(PASSWORD);
    let erased = fixture
        .accounts
        .erase_own(user, Some(&password), &visit(1))
        .await;
    erased.unwrap();
    user
}

#[tokio::test]
async fn nothing_personal_can_be_read_of_who_was_erased_and_nobody_is_them() {
    let fixture = Fixture::open().await;
    let signed_in = fixture.sign_up(ADA).await;
    let registered = fixture.events("user").await.remove(0);
    let sealed: Personal = serde_json::from_value(registered.event.data["email"].clone()).unwrap();
    let place = Place {
        event_id: registered.id,
        field: "email",
    };
    let open = async || fixture.vault.open_personal(&sealed, &place).await.unwrap();
    assert!(matches!(open().await, Opened::Plain(_)));

    let password = secret(PASSWORD);
    let user = signed_in.user;
    fixture
        .accounts
        .erase_own(user, Some(&password), &visit(1))
        .await
        .unwrap();

    assert!(matches!(open().await, Opened::Erased));
    assert!(!fixture.is_let_in(&signed_in.access).await);
    assert_eq!(
        refusal(fixture.sign_in(ADA, PASSWORD).await),
        Refused::Credentials
    );
    assert!(
        fixture
            .accounts
            .account_of(&email(ADA))
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        fixture.event_types("user").await.last().unwrap(),
        "UserErased"
    );
    assert_eq!(fixture.mail().await.subject, "Your account was erased");
}

#[tokio::test]
async fn an_account_is_erased_by_its_password_alone() {
    let fixture = Fixture::open().await;
    let user = fixture.sign_up(ADA).await.user;
    let wrong = secret("wrong");
    for password in [None, Some(&wrong)] {
        let tried = fixture.accounts.erase_own(user, password, &visit(1)).await;
        assert_eq!(refusal(tried), Refused::CurrentPassword);
    }
    assert!(fixture.sign_in(ADA, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn the_address_can_begin_anew_as_somebody_else() {
    let fixture = Fixture::open().await;
    let before = erase(&fixture).await;
    fixture.mails().await;
    let after = fixture.sign_up(ADA).await.user;
    assert_ne!(before, after);
}

#[tokio::test]
async fn a_backup_that_brings_an_account_back_is_made_to_forget_it_again() {
    let fixture = Fixture::open().await;
    let user = fixture.sign_up(ADA).await.user;
    let key = MediaKey::try_new(format!("erasures/{user}.json")).unwrap();
    // The ledger knows of an erasure, and the database is from before it.
    let entry = format!(r#"{{"person":"{user}","asked_at":"2026-10-31T12:00:00Z"}}"#);
    let observer = integrations::Observer::silent();
    fixture
        .media
        .put(&key, entry.into_bytes().into(), &observer)
        .await
        .unwrap();

    assert_eq!(fixture.accounts.apply_ledger().await.unwrap(), 1);
    assert!(fixture.accounts.account(user).await.unwrap().is_none());
    assert!(fixture.vault.is_destroyed(user).await.unwrap());
    let last = fixture.events("user").await.pop().unwrap();
    assert_eq!(last.event.data["cause"], "restored");
    assert_eq!(fixture.accounts.apply_ledger().await.unwrap(), 0, "once");
}

#[tokio::test]
async fn an_erasure_is_in_the_ledger_before_anything_is_forgotten() {
    let fixture = Fixture::open().await;
    let user = erase(&fixture).await;
    let folder = MediaKey::try_new("erasures").unwrap();
    let ledger = fixture.media.list(&folder).await.unwrap();
    assert_eq!(ledger.len(), 1);
    let entry = fixture.media.get(&ledger[0], 4096).await.unwrap();
    let entry = String::from_utf8(entry.to_vec()).unwrap();
    assert!(entry.contains(&user.to_string()), "{entry}");
    assert!(!entry.contains("ada"), "{entry}");
}

#[tokio::test]
async fn the_local_owner_of_a_machine_has_no_account_to_erase() {
    let fixture = Fixture::open().await;
    let tried = fixture
        .accounts
        .erase_own(crate::support::LOCAL, None, &visit(1))
        .await;
    assert!(matches!(
        tried,
        Err(AccountError::Refused(Refused::NotFound))
    ));
}
