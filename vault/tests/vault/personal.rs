//! Personal data opens where it was sealed, and nowhere else.

use domain::Personal;
use futures::future::join_all;
use proptest::prelude::*;
use proptest::sample::Index;
use uuid::Uuid;
use vault::{Opened, Place, VaultError};

use crate::support::{Given, OLD, assert_refused, for_all, open, person, place, plain, seal};

#[tokio::test]
async fn what_was_sealed_opens_as_it_was() {
    let given = Given::an_empty_database().await;
    let vault = given.vault(&[OLD]).await;
    let long = "ß".repeat(32 * 1024);
    for text in ["", "Ann", "Ånn 🐝 \u{0}\n\"صباح\"", &long] {
        let sealed = seal(&vault, person(1), text).await;
        assert_eq!(open(&vault, &sealed).await.as_deref(), Some(text));
    }
}

#[tokio::test]
async fn the_same_value_is_sealed_differently_each_time() {
    let given = Given::an_empty_database().await;
    let vault = given.vault(&[OLD]).await;
    let first = seal(&vault, person(1), "Ann").await;
    assert_ne!(first, seal(&vault, person(1), "Ann").await);
}

#[tokio::test]
async fn a_page_of_several_persons_opens_each_on_its_own() {
    let given = Given::an_empty_database().await;
    let vault = given.vault(&[OLD]).await;
    let ann = seal(&vault, person(1), "Ann").await;
    let bob = seal(&vault, person(2), "Bob").await;
    let eve = seal(&vault, person(3), "Eve").await;
    let stranger = Personal::new(person(4), ann.sealed());
    vault.destroy(person(2)).await.unwrap();

    let here = place("name");
    let page = [
        (&ann, here),
        (&bob, here),
        (&eve, place("email")),
        (&stranger, here),
        (&ann, here),
    ];
    let opened = vault.open_many(&page).await.unwrap();

    let [ann, bob, eve, stranger, again] = <[_; 5]>::try_from(opened).unwrap();
    assert_eq!(plain(ann.unwrap()).as_deref(), Some("Ann"));
    assert!(matches!(bob, Ok(Opened::Erased)), "{bob:?}");
    assert!(matches!(eve, Err(VaultError::Tampered { .. })), "{eve:?}");
    assert!(
        matches!(stranger, Err(VaultError::NoKey { .. })),
        "{stranger:?}"
    );
    assert_eq!(plain(again.unwrap()).as_deref(), Some("Ann"));
}

#[tokio::test]
async fn processes_that_make_a_key_at_once_agree_on_one() {
    let given = Given::an_empty_database().await;
    let one = given.vault(&[OLD]).await;
    let two = given.vault(&[OLD]).await;
    for number in 0..20 {
        let sealed = join_all([&one, &two, &one, &two].map(|vault| {
            let text = "sealed by any of them";
            seal(vault, person(number), text)
        }))
        .await;
        for value in &sealed {
            for vault in [&one, &two] {
                assert!(open(vault, value).await.is_some());
            }
        }
    }
}

#[tokio::test]
async fn keys_that_changed_places_open_nothing() {
    let given = Given::an_empty_database().await;
    let vault = given.vault(&[OLD]).await;
    let ann = seal(&vault, person(1), "Ann").await;
    let bob = seal(&vault, person(2), "Bob").await;
    given
        .execute(
            "UPDATE person_keys SET wrapped = other.wrapped FROM person_keys AS other
             WHERE person_keys.person <> other.person",
        )
        .await;

    for value in [&ann, &bob] {
        let opened = vault.open_personal(value, &place("name")).await;
        assert!(matches!(opened, Err(VaultError::Tampered { .. })));
    }
    let sealed = vault.seal_personal(person(1), &place("name"), "Ann").await;
    assert!(matches!(sealed, Err(VaultError::Tampered { .. })));
}

#[derive(Debug, Clone)]
enum Change {
    Character(Index, char),
    Cut(Index),
    Longer(char),
    Person,
    Event(u8),
    Field(String),
}

fn change() -> impl Strategy<Value = Change> {
    let character = prop::char::range(' ', '~');
    prop_oneof![
        8 => (any::<Index>(), character.clone()).prop_map(|(at, to)| Change::Character(at, to)),
        2 => any::<Index>().prop_map(Change::Cut),
        1 => character.prop_map(Change::Longer),
        1 => Just(Change::Person),
        2 => (0u8..128).prop_map(Change::Event),
        2 => "[a-z]{0,8}".prop_map(Change::Field),
    ]
}

/// The value, event and field after `change`; none when that changes nothing.
fn changed(value: &Personal, place: Place<'_>, change: Change) -> Option<(Personal, Uuid, String)> {
    let (mut text, mut event_id) = (value.sealed().to_owned(), place.event_id);
    let (mut owner, mut field) = (value.person(), place.field.to_owned());
    match change {
        Change::Character(at, to) => {
            let at = at.index(text.len());
            text.replace_range(at..=at, to.encode_utf8(&mut [0; 4]));
        }
        Change::Cut(at) => text.truncate(at.index(text.len())),
        Change::Longer(by) => text.push(by),
        Change::Person => owner = person(2),
        Change::Event(bit) => event_id = Uuid::from_u128(event_id.as_u128() ^ (1 << bit)),
        Change::Field(to) => field = to,
    }
    let after = Personal::new(owner, text);
    let same = after == *value && event_id == place.event_id && field == place.field;
    (!same).then_some((after, event_id, field))
}

#[test]
fn nothing_that_was_changed_or_moved_opens() {
    for_all((".{0,40}", change()), async |vault, (text, change)| {
        // Another who has a key, too.
        seal(vault, person(2), "Bob").await;
        let value = seal(vault, person(1), &text).await;
        prop_assert_eq!(open(vault, &value).await, Some(text));
        let Some((after, event_id, field)) = changed(&value, place("name"), change) else {
            return Ok(());
        };
        let field = field.as_str();
        let there = Place { event_id, field };
        assert_refused(vault.open_personal(&after, &there).await)
    });
}
