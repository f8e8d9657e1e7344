use proptest::prelude::*;
use serde::Deserialize;

use super::*;

/// An event with a past: a colour that was once spelt otherwise, and a lock
/// that older doors did not have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
enum DoorEvent {
    #[serde(rename = "DoorPainted")]
    Painted { colour: String, locked: bool },
}

impl DomainEvent for DoorEvent {
    const CATALOGUE: &'static [(&'static str, u16)] = &[("DoorPainted", 3)];

    fn upcast(_type_name: &str, from_version: u16, mut data: Value) -> Value {
        let Some(fields) = data.as_object_mut() else {
            return data;
        };
        match from_version {
            1 => {
                let colour = fields.remove("color").unwrap_or_default();
                fields.insert("colour".to_owned(), colour);
            }
            2 => {
                fields.insert("locked".to_owned(), Value::Bool(false));
            }
            _ => {}
        }
        data
    }
}

fn stored(type_name: &str, schema_version: u16, data: Value) -> StoredEvent {
    StoredEvent {
        type_name: type_name.to_owned(),
        schema_version,
        data,
    }
}

#[test]
fn an_event_of_any_version_is_read_as_one_of_today() {
    let red = |locked| DoorEvent::Painted {
        colour: "red".to_owned(),
        locked,
    };
    for (version, data, expected) in [
        (1, json!({ "color": "red" }), red(false)),
        (2, json!({ "colour": "red" }), red(false)),
        (3, json!({ "colour": "red", "locked": true }), red(true)),
    ] {
        let restored = DoorEvent::restore(&stored("DoorPainted", version, data));
        assert_eq!(restored.unwrap(), expected);
    }
}

#[test]
fn an_event_from_the_future_is_told_from_a_damaged_one() {
    let error = |type_name, version, data| {
        let error = DoorEvent::restore(&stored(type_name, version, data)).unwrap_err();
        error.to_string()
    };
    let later = error("DoorPainted", 4, json!({}));
    assert!(
        later.contains("version 4") && later.contains("up to 3"),
        "{later}"
    );
    let unknown = error("DoorSlammed", 1, json!({}));
    assert!(
        unknown.contains("DoorSlammed") && unknown.contains("newer"),
        "{unknown}"
    );
    let damaged = error("DoorPainted", 3, json!({ "colour": 7 }));
    assert!(damaged.contains("does not have the shape"), "{damaged}");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    let key = prop_oneof!["colou?r", "locked", ".{0,4}"];
    leaf.prop_recursive(3, 16, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_stored_is_read_or_refused(version: u16, data in any_json()) {
        match DoorEvent::restore(&stored("DoorPainted", version, data)) {
            Ok(event) => prop_assert_eq!(event.store().schema_version, 3),
            Err(DecodeError::UnknownVersion { found, .. }) => prop_assert!(found > 3),
            Err(DecodeError::Malformed { schema_version, .. }) => {
                prop_assert_eq!(schema_version, version);
            }
            Err(DecodeError::UnknownType { type_name }) => {
                prop_assert!(false, "{} is known", type_name);
            }
        }
    }

    #[test]
    fn what_was_stored_is_read_back(colour: String, locked: bool) {
        let event = DoorEvent::Painted { colour, locked };
        prop_assert_eq!(DoorEvent::restore(&event.store()).unwrap(), event);
    }
}
