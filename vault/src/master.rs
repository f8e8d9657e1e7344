//! Master keys: what wraps all other keys, and is itself kept nowhere but in the
//! settings or the key file.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::key::{KEY_BYTES, Key};
use crate::{Entropy, MasterKeyError, VaultError};

/// What an id is the HMAC of. Changing it would disown every wrapped key.
const ID_LABEL: &[u8] = b"narrate master key id";
const ID_BYTES: usize = 8;

/// Whether the `=` at the end was copied too makes no difference.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Names a master key without telling it: 16 hex digits that follow from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MasterKeyId(String);

impl MasterKeyId {
    pub(crate) fn stored(id: String) -> Self {
        Self(id)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MasterKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The current master key, which wraps, and older ones, which still unwrap.
/// Cheap to clone; gone from memory with the last clone.
#[derive(Clone)]
pub struct MasterKeys(Arc<[MasterKey]>);

#[derive(Clone)]
struct MasterKey {
    id: MasterKeyId,
    key: Key,
}

impl MasterKeys {
    /// Reads `MASTER_KEY`: base64 of 32 bytes each, separated by commas or
    /// whitespace, the current one first.
    pub fn try_parse(text: &SecretString) -> Result<Self, MasterKeyError> {
        let keys = text
            .expose_secret()
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|word| !word.is_empty())
            .enumerate()
            .map(|(index, word)| decode(index + 1, word))
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(MasterKeyError::new("there is no master key"));
        }
        Ok(Self(keys.into_iter().map(MasterKey::new).collect()))
    }

    pub(crate) fn fresh(entropy: &dyn Entropy) -> Self {
        Self([MasterKey::new(Key::fresh(entropy))].into())
    }

    /// `newer` is the current one from now on.
    pub(crate) fn behind(&self, newer: &Self) -> Self {
        Self(newer.0.iter().chain(self.0.iter()).cloned().collect())
    }

    /// As a key file holds them: one a line.
    pub(crate) fn lines(&self) -> Zeroizing<String> {
        // Large enough that no copy is left behind by growing.
        let mut lines = Zeroizing::new(String::with_capacity(self.0.len() * 2 * KEY_BYTES));
        for master in self.0.iter() {
            BASE64.encode_string(master.key.expose(), &mut lines);
            lines.push('\n');
        }
        lines
    }

    /// The id of the key that wraps.
    pub fn current_id(&self) -> &MasterKeyId {
        &self.0[0].id
    }

    /// The ids of all of them, the current one first.
    pub fn ids(&self) -> impl Iterator<Item = &MasterKeyId> {
        self.0.iter().map(|master| &master.id)
    }

    pub(crate) fn current(&self) -> &Key {
        &self.0[0].key
    }

    pub(crate) fn get(&self, id: &MasterKeyId) -> Result<&Key, VaultError> {
        let named = self.0.iter().find(|master| master.id == *id);
        let master = named.ok_or_else(|| VaultError::UnknownMasterKey { id: id.clone() })?;
        Ok(&master.key)
    }
}

impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MasterKeys")
            .field(&self.ids().map(MasterKeyId::as_str).collect::<Vec<_>>())
            .finish()
    }
}

impl MasterKey {
    fn new(key: Key) -> Self {
        let digest = key.digest(ID_LABEL);
        Self {
            id: MasterKeyId(hex::encode(&digest[..ID_BYTES])),
            key,
        }
    }
}

/// `number` counts from one.
fn decode(number: usize, word: &str) -> Result<Key, MasterKeyError> {
    // Large enough that no copy is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(word.len()));
    // The decoder's own error would quote a character of the key.
    BASE64
        .decode_vec(word, &mut bytes)
        .map_err(|_| MasterKeyError::new(format!("master key {number} is not base64")))?;
    Key::from_bytes(&bytes).ok_or_else(|| {
        let found = bytes.len();
        MasterKeyError::new(format!(
            "master key {number} has {found} bytes instead of {KEY_BYTES}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const TWO: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    #[test]
    fn the_first_of_several_keys_is_the_current_one() {
        let keys = parse(&format!(" {ONE} ,{TWO}\n")).unwrap();
        assert_eq!(keys.current_id(), parse(ONE).unwrap().current_id());
        assert_eq!(keys.ids().count(), 2);
        assert!(keys.get(parse(TWO).unwrap().current_id()).is_ok());
    }

    #[test]
    fn a_key_without_its_padding_is_the_same_key() {
        let bare = parse(ONE.trim_end_matches('=')).unwrap();
        assert_eq!(bare.current_id(), parse(ONE).unwrap().current_id());
    }

    #[test]
    fn the_id_of_a_key_never_changes() {
        // As computed elsewhere: `openssl dgst -sha256 -mac HMAC` over the label.
        assert_eq!(
            parse(ONE).unwrap().current_id().as_str(),
            "d8b2118f362df8c3"
        );
    }

    #[test]
    fn what_is_no_key_is_refused_with_the_way_to_make_one_and_without_being_quoted() {
        for (text, problem) in [
            ("", "there is no master key"),
            (" ,\n", "there is no master key"),
            ("hunter2!", "master key 1 is not base64"),
            ("aHVudGVyMg==", "master key 1 has 7 bytes instead of 32"),
            (&format!("{ONE},{ONE}AQEB"), "master key 2 is not base64"),
            (
                &format!("{ONE},{}", "AQEB".repeat(12)),
                "master key 2 has 36 bytes instead of 32",
            ),
        ] {
            let error = parse(text).unwrap_err();
            let said = format!("{error} {error:?}");
            assert!(said.starts_with(problem), "{said}");
            assert!(said.contains("openssl rand -base64 32"), "{said}");
            for secret in ["hunter2", "aHVudGVyMg", "AQEB"] {
                assert!(!said.contains(secret), "{said}");
            }
        }
    }

    #[test]
    fn printing_keys_tells_their_ids_alone() {
        let keys = parse(&format!("{ONE},{TWO}")).unwrap();
        let ids: Vec<&str> = keys.ids().map(MasterKeyId::as_str).collect();
        let said = format!("MasterKeys([{:?}, {:?}])", ids[0], ids[1]);
        assert_eq!(format!("{keys:?}"), said);
    }

    fn parse(text: &str) -> Result<MasterKeys, MasterKeyError> {
        MasterKeys::try_parse(&text.into())
    }
}
