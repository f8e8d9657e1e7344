//! How events are written down: a stored name, a schema version, JSON.
//!
//! The stored name is a written string, so renaming a Rust type changes
//! nothing on disk. When an event's shape changes, raise its version in the
//! aggregate's [`DomainEvent::CATALOGUE`], teach [`DomainEvent::upcast`] the
//! step from the version before, and type `make golden`: `tests/golden` fails
//! on a shape that changed under its old version.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// An event as the store keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    pub type_name: String,
    pub schema_version: u16,
    pub data: Value,
}

/// Why a stored event could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("event type {type_name:?} is unknown to this program: a newer version wrote it")]
    UnknownType { type_name: String },
    #[error(
        "event {type_name} has schema version {found}, this program reads up to {known}: \
         a newer version wrote it"
    )]
    UnknownVersion {
        type_name: String,
        found: u16,
        known: u16,
    },
    #[error("event {type_name} version {schema_version} does not have the shape of that version")]
    Malformed {
        type_name: String,
        schema_version: u16,
        #[source]
        source: serde_json::Error,
    },
}

/// An event enum whose variants are stored by name and version.
///
/// The enum is `#[serde(tag = "type", content = "data")]` and renames each
/// variant to its stored name.
pub trait DomainEvent: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Stored name and current schema version of every variant.
    const CATALOGUE: &'static [(&'static str, u16)];

    /// One step up, from `from_version` to the next. Pure.
    fn upcast(_type_name: &str, _from_version: u16, data: Value) -> Value {
        data
    }

    /// The stored form of this event.
    fn store(&self) -> StoredEvent {
        let tagged = serde_json::to_value(self).expect("domain events have string keys only");
        let type_name = tagged["type"]
            .as_str()
            .expect("domain events are tagged with their type")
            .to_owned();
        let schema_version =
            current_version::<Self>(&type_name).expect("every variant stands in the catalogue");
        let data = tagged.get("data").cloned().unwrap_or_else(|| json!({}));
        StoredEvent {
            type_name,
            schema_version,
            data,
        }
    }

    /// Reads a stored event of any version up to the current one.
    fn restore(stored: &StoredEvent) -> Result<Self, DecodeError> {
        let type_name = stored.type_name.as_str();
        let known = current_version::<Self>(type_name).ok_or_else(|| DecodeError::UnknownType {
            type_name: type_name.to_owned(),
        })?;
        let found = stored.schema_version;
        if found > known {
            return Err(DecodeError::UnknownVersion {
                type_name: type_name.to_owned(),
                found,
                known,
            });
        }
        let data = (found..known).fold(stored.data.clone(), |data, version| {
            Self::upcast(type_name, version, data)
        });
        serde_json::from_value(json!({ "type": type_name, "data": data })).map_err(|source| {
            DecodeError::Malformed {
                type_name: type_name.to_owned(),
                schema_version: found,
                source,
            }
        })
    }
}

fn current_version<E: DomainEvent>(type_name: &str) -> Option<u16> {
    E::CATALOGUE
        .iter()
        .find(|(name, _)| *name == type_name)
        .map(|(_, version)| *version)
}

#[cfg(test)]
mod tests;
