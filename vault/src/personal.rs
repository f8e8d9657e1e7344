//! Personal data: sealed for one person, in one field of one event.

mod destroy;
mod keys;

use std::collections::HashMap;
use std::mem;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{Personal, UserId};
use secrecy::SecretString;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::key::{Key, bound};
use crate::stored::Owner;
use crate::{Vault, VaultError};
use keys::PersonKey;

/// Goes before the nonce, ciphertext and tag in base64url.
const FORM: &str = "v1.";

/// Where a value stands, and the only place where it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    pub event_id: Uuid,
    pub field: &'a str,
}

/// A value that was sealed, or what is left of it.
#[derive(Debug, Clone)]
pub enum Opened {
    Plain(SecretString),
    /// The person's key was destroyed, and this went with it.
    Erased,
}

impl Vault {
    /// Seals `plain` for `person`, whose key is made when there is none yet.
    pub async fn seal_personal(
        &self,
        person: UserId,
        place: &Place<'_>,
        plain: &str,
    ) -> Result<Personal, VaultError> {
        let key = self.key_to_seal_for(person).await?;
        let sealed = key.seal(&*self.entropy, &place.bound(person), plain.as_bytes());
        let text = format!("{FORM}{}", URL_SAFE_NO_PAD.encode(sealed));
        Ok(Personal::new(person, text))
    }

    pub async fn open_personal(
        &self,
        value: &Personal,
        place: &Place<'_>,
    ) -> Result<Opened, VaultError> {
        let keys = self.keys_of(&[value.person()]).await?;
        self.open_with(&keys, value, place)
    }

    /// Opens the values of a page, of any number of persons, with one query.
    /// What one of them fails with says nothing of the others.
    pub async fn open_many(
        &self,
        values: &[(&Personal, Place<'_>)],
    ) -> Result<Vec<Result<Opened, VaultError>>, VaultError> {
        let persons: Vec<UserId> = values.iter().map(|(value, _)| value.person()).collect();
        let keys = self.keys_of(&persons).await?;
        let opened = values
            .iter()
            .map(|(value, place)| self.open_with(&keys, value, place));
        Ok(opened.collect())
    }

    fn open_with(
        &self,
        keys: &HashMap<UserId, PersonKey>,
        value: &Personal,
        place: &Place<'_>,
    ) -> Result<Opened, VaultError> {
        let owner = Owner::Person(value.person());
        match keys.get(&value.person()) {
            None => Err(owner.missing()),
            Some(PersonKey::Destroyed) => Ok(Opened::Erased),
            Some(PersonKey::Kept(wrapped)) => {
                open(&wrapped.unwrap(owner, &self.master)?, value, place)
            }
        }
    }
}

fn open(key: &Key, value: &Personal, place: &Place<'_>) -> Result<Opened, VaultError> {
    let what = || {
        let Place { event_id, field } = place;
        format!("{field} of event {event_id}, {value},")
    };
    let Some(text) = value.sealed().strip_prefix(FORM) else {
        return Err(VaultError::UnknownForm { what: what() });
    };
    URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|sealed| key.open(&place.bound(value.person()), &sealed).ok())
        .and_then(text_of)
        .map(Opened::Plain)
        .ok_or_else(|| VaultError::Tampered { what: what() })
}

/// Moves the bytes, so that no copy of them is left.
fn text_of(mut opened: Zeroizing<Vec<u8>>) -> Option<SecretString> {
    String::from_utf8(mem::take(&mut *opened))
        .ok()
        .map(SecretString::from)
}

impl Place<'_> {
    fn bound(&self, person: UserId) -> Vec<u8> {
        bound(&[
            b"narrate personal",
            person.0.as_bytes(),
            self.event_id.as_bytes(),
            self.field.as_bytes(),
        ])
    }
}
