//! A destroyed key is gone, everywhere and for ever.

use futures::future::join_all;
use vault::VaultError;

use crate::support::{Given, NEW, OLD, open, person, place, seal};

#[tokio::test]
async fn a_key_destroyed_by_one_process_is_gone_in_another_at_once() {
    let given = Given::an_empty_database().await;
    let one = given.vault(&[OLD]).await;
    let two = given.vault(&[OLD]).await;
    let ann = seal(&one, person(1), "Ann").await;
    let bob = seal(&one, person(2), "Bob").await;
    assert_eq!(open(&two, &ann).await.as_deref(), Some("Ann"));

    one.destroy(person(1)).await.unwrap();

    assert_eq!(open(&two, &ann).await, None);
    assert!(two.is_destroyed(person(1)).await.unwrap());
    assert!(!two.has_key(person(1)).await.unwrap());
    assert_eq!(open(&two, &bob).await.as_deref(), Some("Bob"));
    assert!(!two.is_destroyed(person(2)).await.unwrap());
    assert!(two.has_key(person(2)).await.unwrap());
}

#[tokio::test]
async fn nothing_is_sealed_for_who_was_erased() {
    let given = Given::an_empty_database().await;
    let vault = given.vault(&[OLD]).await;
    seal(&vault, person(1), "Ann").await;
    for _ in 0..2 {
        vault.destroy(person(1)).await.unwrap();
        let sealed = vault.seal_personal(person(1), &place("name"), "Ann").await;
        assert!(
            matches!(sealed, Err(VaultError::Erased { person: erased }) if erased == person(1))
        );
    }
}

#[tokio::test]
async fn who_was_erased_before_a_key_was_needed_never_gets_one() {
    let given = Given::an_empty_database().await;
    let vault = given.vault(&[OLD]).await;
    assert!(!vault.is_destroyed(person(1)).await.unwrap());

    vault.destroy(person(1)).await.unwrap();

    assert!(vault.is_destroyed(person(1)).await.unwrap());
    let sealed = vault.seal_personal(person(1), &place("name"), "Ann").await;
    assert!(matches!(sealed, Err(VaultError::Erased { .. })));
    assert!(!vault.has_key(person(1)).await.unwrap());
}

#[tokio::test]
async fn nothing_that_was_sealed_beside_a_destruction_opens_after_it() {
    let given = Given::an_empty_database().await;
    let one = given.vault(&[OLD]).await;
    let two = given.vault(&[OLD]).await;
    for number in 0..20 {
        let here = place("name");
        let seals = (0..6).map(|_| one.seal_personal(person(number), &here, "Ann"));
        let (sealed, destroyed) = tokio::join!(join_all(seals), two.destroy(person(number)));
        destroyed.unwrap();
        for outcome in sealed {
            match outcome {
                Ok(value) => assert_eq!(open(&one, &value).await, None),
                Err(error) => assert!(matches!(error, VaultError::Erased { .. }), "{error}"),
            }
        }
    }
}

#[tokio::test]
async fn a_rotation_brings_no_key_back() {
    let given = Given::an_empty_database().await;
    let old = given.vault(&[OLD]).await;
    for number in 0..30 {
        seal(&old, person(number), "Ann").await;
    }
    let both = given.vault(&[NEW, OLD]).await;

    let destroyed = async {
        for number in (0..30).rev() {
            old.destroy(person(number)).await.unwrap();
        }
    };
    let (rotated, ()) = tokio::join!(both.rotate(|_, _| {}), destroyed);
    rotated.unwrap();

    for number in 0..30 {
        assert!(both.is_destroyed(person(number)).await.unwrap());
    }
}

#[tokio::test]
async fn the_row_as_it_was_does_not_stay_in_the_table() {
    let given = Given::an_empty_database().await;
    let vault = given.vault(&[OLD]).await;
    seal(&vault, person(1), "Ann").await;

    vault.destroy(person(1)).await.unwrap();

    // A page is all visible when no dead row is left on it.
    let (pages, clean): (i32, i32) = sqlx::query_as(
        "SELECT relpages, relallvisible FROM pg_class WHERE oid = 'person_keys'::regclass",
    )
    .fetch_one(given.pool())
    .await
    .unwrap();
    assert_eq!((pages, clean), (1, 1));
}
