//! What proves in an address that its maker let everybody have a file.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::{MediaKey, UserId};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use vault::{Vault, VaultError};

/// In the query of an address. Good for one file, and for as long as its owner
/// has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Signed {
    owner: Uuid,
    /// In seconds since 1970.
    expires: i64,
    signature: String,
}

impl Signed {
    pub(crate) async fn new(
        vault: &Vault,
        owner: UserId,
        key: &MediaKey,
        expires_at: DateTime<Utc>,
    ) -> Result<Self, VaultError> {
        let expires = expires_at.timestamp();
        Ok(Self {
            owner: owner.0,
            expires,
            signature: signature(vault, owner.0, key.as_str(), expires).await?,
        })
    }

    /// Nothing of it has to be escaped.
    pub(crate) fn query(&self) -> String {
        let Self {
            owner,
            expires,
            signature,
        } = self;
        format!("owner={owner}&expires={expires}&signature={signature}")
    }

    /// The owner who let everybody have the file at `key`, if that was so.
    pub(crate) async fn owner_of(
        &self,
        vault: &Vault,
        key: &str,
    ) -> Result<Option<UserId>, VaultError> {
        let expected = signature(vault, self.owner, key, self.expires).await?;
        let is_same = bool::from(expected.as_bytes().ct_eq(self.signature.as_bytes()));
        Ok(is_same.then_some(UserId(self.owner)))
    }

    pub(crate) fn is_over(&self, now: DateTime<Utc>) -> bool {
        now.timestamp() >= self.expires
    }
}

async fn signature(
    vault: &Vault,
    owner: Uuid,
    key: &str,
    expires: i64,
) -> Result<String, VaultError> {
    // Neither a number nor an id has a slash.
    let signed = format!("{owner}/{expires}/{key}");
    let signature = vault.index("link to a file", &signed).await?;
    Ok(URL_SAFE_NO_PAD.encode(signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_over_when_its_time_has_come() {
        let signed = Signed {
            owner: Uuid::nil(),
            expires: 1_000,
            signature: String::new(),
        };
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        assert!(!signed.is_over(at(999)));
        assert!(signed.is_over(at(1_000)));
    }
}
