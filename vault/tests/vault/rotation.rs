//! From one master key to the next, whatever else goes on.

use domain::Personal;
use secrecy::ExposeSecret;
use tokio::sync::mpsc;
use vault::{Rotated, Vault, VaultError};

use crate::support::{Given, NEW, OLD, OTHER, master_keys, open, person, place, seal};

/// More than a batch.
const MANY: u128 = 130;

async fn seal_for_many(vault: &Vault) -> Vec<Personal> {
    let mut sealed = Vec::new();
    for number in 0..MANY {
        sealed.push(seal(vault, person(number), "Ann").await);
    }
    sealed
}

async fn assert_under_new_alone(given: &Given, sealed: &[Personal]) {
    // It does not open at all when the older key is still needed.
    let new = given.vault(&[NEW]).await;
    let in_use = new.master_keys_in_use().await.unwrap();
    assert_eq!(in_use, [master_keys(&[NEW]).current_id().clone()]);
    for value in sealed {
        assert_eq!(open(&new, value).await.as_deref(), Some("Ann"));
    }
}

#[tokio::test]
async fn a_rotation_leaves_nothing_under_the_older_key_and_everything_readable() {
    let given = Given::an_empty_database().await;
    let old = given.vault(&[OLD]).await;
    let sealed = seal_for_many(&old).await;
    let secret = old.seal_secret("jobs", b"row 1", b"token").await.unwrap();
    let index = old.index("email", "ann").await.unwrap();
    old.destroy(person(MANY)).await.unwrap();

    let both = given.vault(&[NEW, OLD]).await;
    let mut heard = Vec::new();
    let rotated = both.rotate(|done, total| heard.push((done, total))).await;

    let all = MANY as u64 + 2;
    let wanted = Rotated {
        rewrapped: all,
        unreadable: 0,
    };
    assert_eq!(rotated.unwrap(), wanted);
    assert!(
        heard.is_sorted() && heard.contains(&(102, all)),
        "{heard:?}"
    );
    assert_eq!(heard.last(), Some(&(all, all)));
    assert_under_new_alone(&given, &sealed).await;
    let new = given.vault(&[NEW]).await;
    let opened = new.open_secret("jobs", b"row 1", &secret).await.unwrap();
    assert_eq!(opened.expose_secret(), b"token");
    assert_eq!(new.index("email", "ann").await.unwrap(), index);
    assert!(new.is_destroyed(person(MANY)).await.unwrap());
    // Who has both reads on, and there is nothing left to do.
    assert_eq!(open(&both, &sealed[0]).await.as_deref(), Some("Ann"));
    assert_eq!(both.rotate(|_, _| {}).await.unwrap(), Rotated::default());
}

#[tokio::test]
async fn sealing_and_opening_go_on_during_a_rotation() {
    let given = Given::an_empty_database().await;
    let behind = given.vault(&[OLD, NEW]).await;
    let mut sealed = seal_for_many(&behind).await;
    let ahead = given.vault(&[NEW, OLD]).await;

    let sealing = async {
        let mut more = Vec::new();
        for number in 0..MANY {
            let value = &sealed[number as usize];
            assert_eq!(open(&behind, value).await.as_deref(), Some("Ann"));
            more.push(seal(&behind, person(MANY + number), "Ann").await);
            more.push(seal(&behind, person(number), "Ann").await);
        }
        more
    };
    let (rotated, more) = tokio::join!(ahead.rotate(|_, _| {}), sealing);
    let during = rotated.unwrap().rewrapped;
    assert!(during >= MANY as u64, "{during}");
    sealed.extend(more);

    // What was made behind its back is all that is left.
    let after = ahead.rotate(|_, _| {}).await.unwrap().rewrapped;
    assert_eq!(during + after, 2 * MANY as u64);
    assert_under_new_alone(&given, &sealed).await;
}

#[tokio::test]
async fn two_rotations_at_once_wrap_each_key_once() {
    let given = Given::an_empty_database().await;
    let old = given.vault(&[OLD]).await;
    let sealed = seal_for_many(&old).await;
    let one = given.vault(&[NEW, OLD]).await;
    let two = given.vault(&[NEW, OLD]).await;

    let (first, second) = tokio::join!(one.rotate(|_, _| {}), two.rotate(|_, _| {}));

    let done = first.unwrap().rewrapped + second.unwrap().rewrapped;
    assert_eq!(done, MANY as u64);
    assert_under_new_alone(&given, &sealed).await;
}

#[tokio::test]
async fn a_rotation_that_was_cut_short_is_finished_by_another() {
    let given = Given::an_empty_database().await;
    let old = given.vault(&[OLD]).await;
    let sealed = seal_for_many(&old).await;
    let both = given.vault(&[NEW, OLD]).await;

    // The second batch waits for a row, so that it is cut in the middle.
    let mut held = given.pool().begin().await.unwrap();
    sqlx::query("SELECT FROM person_keys WHERE person = $1 FOR UPDATE")
        .bind(person(MANY - 1).0)
        .execute(&mut *held)
        .await
        .unwrap();
    let (told, mut heard) = mpsc::unbounded_channel();
    let rotation = both.rotate(|done, _| told.send(done).unwrap());
    let first_batch = async { while heard.recv().await != Some(100) {} };
    tokio::select! {
        rotated = rotation => panic!("it did not wait: {rotated:?}"),
        () = first_batch => {}
    }
    held.rollback().await.unwrap();

    let in_use = old.master_keys_in_use().await.unwrap();
    assert_eq!(in_use.len(), 2, "{in_use:?}");
    for value in &sealed {
        assert_eq!(open(&both, value).await.as_deref(), Some("Ann"));
    }
    let again = given.vault(&[NEW, OLD]).await;
    let left = again.rotate(|_, _| {}).await.unwrap();
    assert_eq!(left.rewrapped, MANY as u64 - 100);
    assert_under_new_alone(&given, &sealed).await;
}

#[tokio::test]
async fn a_key_that_was_changed_keeps_no_other_from_being_wrapped_anew() {
    let given = Given::an_empty_database().await;
    let old = given.vault(&[OLD]).await;
    for number in 0..3 {
        seal(&old, person(number), "Ann").await;
    }
    old.index("email", "ann").await.unwrap();
    old.index("phone", "ann").await.unwrap();
    given
        .execute("UPDATE vault_keys SET wrapped = 'changed' WHERE name LIKE '%email'")
        .await;
    sqlx::query("UPDATE person_keys SET wrapped = 'changed' WHERE person = $1")
        .bind(person(0).0)
        .execute(given.pool())
        .await
        .unwrap();

    let both = given.vault(&[NEW, OLD]).await;
    let rotated = both.rotate(|_, _| {}).await.unwrap();

    let wanted = Rotated {
        rewrapped: 3,
        unreadable: 2,
    };
    assert_eq!(rotated, wanted);
    assert_eq!(both.master_keys_in_use().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_key_under_a_master_key_that_is_not_here_asks_for_it() {
    let given = Given::an_empty_database().await;
    let without = given.vault(&[OTHER]).await;
    let old = given.vault(&[OLD]).await;
    let sealed = seal(&old, person(1), "Ann").await;
    let missing = master_keys(&[OLD]).current_id().clone();

    let failures = [
        without.open_personal(&sealed, &place("name")).await.err(),
        without.rotate(|_, _| {}).await.err(),
        given.try_vault(&[OTHER]).await.err(),
    ];

    for failure in failures {
        let error = failure.unwrap();
        assert!(error.to_string().contains("give it too"), "{error}");
        assert!(matches!(error, VaultError::UnknownMasterKey { id } if id == missing));
    }
}
