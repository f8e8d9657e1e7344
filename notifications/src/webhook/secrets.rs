//! Addresses and signing secrets, sealed for their endpoint.

use integrations::webhook::{SECRET_BYTES, SigningSecret, WebhookUrl};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;
use vault::VaultError;

use super::{Webhooks, decoded};
use crate::NotificationError;

const PURPOSE: &str = "webhooks";

#[derive(Clone, Copy)]
enum Part {
    Url,
    Secret,
}

impl Part {
    fn of(self, endpoint: Uuid) -> Vec<u8> {
        let name: &[u8] = match self {
            Self::Url => b"url",
            Self::Secret => b"secret",
        };
        [endpoint.as_bytes(), name].concat()
    }
}

impl Webhooks {
    pub(super) fn fresh_secret(&self) -> SigningSecret {
        let mut random = [0; SECRET_BYTES];
        self.parts.entropy.fill(&mut random);
        SigningSecret::new(&random)
    }

    pub(super) async fn seal_secret(
        &self,
        endpoint: Uuid,
        secret: &SigningSecret,
    ) -> Result<Vec<u8>, VaultError> {
        self.seal(Part::Secret, endpoint, secret.expose()).await
    }

    pub(super) async fn seal_url(
        &self,
        endpoint: Uuid,
        url: &WebhookUrl,
    ) -> Result<Vec<u8>, VaultError> {
        self.seal(Part::Url, endpoint, url.as_str()).await
    }

    pub(super) async fn open_secret(
        &self,
        endpoint: Uuid,
        sealed: &[u8],
    ) -> Result<SigningSecret, NotificationError> {
        let opened = self.open(Part::Secret, endpoint, sealed).await?;
        let secret = SigningSecret::stored(opened);
        Ok(secret.ok_or_else(|| decoded("a sealed signing secret is none"))?)
    }

    pub(super) async fn open_url(
        &self,
        endpoint: Uuid,
        sealed: &[u8],
    ) -> Result<SecretString, NotificationError> {
        self.open(Part::Url, endpoint, sealed).await
    }

    async fn seal(&self, part: Part, endpoint: Uuid, text: &str) -> Result<Vec<u8>, VaultError> {
        let vault = &self.parts.vault;
        vault
            .seal_secret(PURPOSE, &part.of(endpoint), text.as_bytes())
            .await
    }

    async fn open(
        &self,
        part: Part,
        endpoint: Uuid,
        sealed: &[u8],
    ) -> Result<SecretString, NotificationError> {
        let vault = &self.parts.vault;
        let opened = vault
            .open_secret(PURPOSE, &part.of(endpoint), sealed)
            .await?;
        let text = std::str::from_utf8(opened.expose_secret()).map_err(decoded)?;
        Ok(text.into())
    }
}
