//! The program's own secrets, and the index of what is not kept in the clear.

use futures::future::join_all;
use proptest::prelude::*;
use proptest::sample::Index;
use secrecy::ExposeSecret;
use vault::{Vault, VaultError};

use crate::support::{Given, OLD, assert_refused, for_all};

async fn open(vault: &Vault, purpose: &'static str, place: &[u8], sealed: &[u8]) -> Vec<u8> {
    let opened = vault.open_secret(purpose, place, sealed).await.unwrap();
    opened.expose_secret().to_vec()
}

#[tokio::test]
async fn another_process_opens_what_one_has_sealed() {
    let given = Given::an_empty_database().await;
    let one = given.vault(&[OLD]).await;
    let two = given.vault(&[OLD]).await;
    for plain in [vec![], b"token".to_vec(), vec![0xff; 64 * 1024]] {
        let sealed = one.seal_secret("jobs", b"row 1", &plain).await.unwrap();
        assert_eq!(open(&two, "jobs", b"row 1", &sealed).await, plain);
        // And again, by the key that it keeps by now.
        assert_eq!(open(&two, "jobs", b"row 1", &sealed).await, plain);
    }
}

#[tokio::test]
async fn processes_that_make_a_purpose_its_key_at_once_agree_on_one() {
    const PURPOSES: [&str; 5] = ["a", "b", "c", "d", "e"];
    let given = Given::an_empty_database().await;
    let one = given.vault(&[OLD]).await;
    let two = given.vault(&[OLD]).await;
    for purpose in PURPOSES {
        let found = join_all([&one, &two, &one, &two].map(|vault| vault.index(purpose, "ann")));
        let found: Vec<[u8; 32]> = found.await.into_iter().map(Result::unwrap).collect();
        assert!(found.iter().all(|index| *index == found[0]), "{found:?}");
    }
}

#[tokio::test]
async fn an_index_tells_texts_and_purposes_apart() {
    let given = Given::an_empty_database().await;
    let vault = given.vault(&[OLD]).await;
    let ann = vault.index("email", "ann@example.com").await.unwrap();
    assert_eq!(ann, vault.index("email", "ann@example.com").await.unwrap());
    assert_ne!(ann, vault.index("email", "bob@example.com").await.unwrap());
    assert_ne!(ann, vault.index("phone", "ann@example.com").await.unwrap());
}

#[tokio::test]
async fn keys_that_changed_places_open_nothing() {
    let given = Given::an_empty_database().await;
    let one = given.vault(&[OLD]).await;
    let sealed = one.seal_secret("jobs", b"row 1", b"token").await.unwrap();
    one.seal_secret("mail", b"row 1", b"token").await.unwrap();
    given
        .execute(
            "UPDATE vault_keys SET wrapped = other.wrapped FROM vault_keys AS other
             WHERE vault_keys.name <> other.name",
        )
        .await;

    let two = given.vault(&[OLD]).await;
    let opened = two.open_secret("jobs", b"row 1", &sealed).await;
    assert!(matches!(opened, Err(VaultError::Tampered { .. })));
}

#[tokio::test]
async fn a_secret_whose_key_is_lost_says_so_and_gets_no_new_key() {
    let given = Given::an_empty_database().await;
    let one = given.vault(&[OLD]).await;
    let sealed = one.seal_secret("jobs", b"row 1", b"token").await.unwrap();
    given.execute("DELETE FROM vault_keys").await;

    let two = given.vault(&[OLD]).await;
    for _ in 0..2 {
        let opened = two.open_secret("jobs", b"row 1", &sealed).await;
        assert!(matches!(opened, Err(VaultError::NoKey { .. })));
    }
}

#[derive(Debug, Clone)]
enum Change {
    Bit(Index, u8),
    Cut(Index),
    Purpose,
    Place(Vec<u8>),
}

#[test]
fn nothing_that_was_changed_or_moved_opens() {
    let change = prop_oneof![
        6 => (any::<Index>(), 0u8..8).prop_map(|(at, bit)| Change::Bit(at, bit)),
        2 => any::<Index>().prop_map(Change::Cut),
        1 => Just(Change::Purpose),
        2 => prop::collection::vec(any::<u8>(), 0..8)
            .prop_filter("another place", |place| place != b"row 1")
            .prop_map(Change::Place),
    ];
    let plain = prop::collection::vec(any::<u8>(), 0..64);
    for_all((plain, change), async |vault, (plain, change)| {
        // Another purpose that has a key, too.
        vault.seal_secret("mail", b"", b"").await.unwrap();
        let mut sealed = vault.seal_secret("jobs", b"row 1", &plain).await.unwrap();
        prop_assert_eq!(open(vault, "jobs", b"row 1", &sealed).await, plain);
        let (mut purpose, mut place) = ("jobs", b"row 1".to_vec());
        match change {
            Change::Bit(at, bit) => {
                let at = at.index(sealed.len());
                sealed[at] ^= 1 << bit;
            }
            Change::Cut(at) => sealed.truncate(at.index(sealed.len())),
            Change::Purpose => purpose = "mail",
            Change::Place(to) => place = to,
        }
        assert_refused(vault.open_secret(purpose, &place, &sealed).await)
    });
}
