//! The link in a mail that ends mails like it, for whoever holds it: a mail
//! program presses it without signing in (RFC 8058).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{NotificationChannel, NotificationKind, UserId};
use secrecy::SecretString;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use vault::VaultError;

use super::Mails;
use crate::NotificationError;
use crate::preferences::Preference;

const PURPOSE: &str = "unsubscribe";

/// Who is told of what by mail: what a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscribed {
    pub person: UserId,
    pub kind: NotificationKind,
}

impl Subscribed {
    fn text(self) -> String {
        format!("{}.{}", self.person.0.simple(), self.kind)
    }

    fn of_text(text: &str) -> Option<Self> {
        let (person, kind) = text.split_once('.')?;
        let subscribed = Self {
            person: UserId(Uuid::try_parse(person).ok()?),
            kind: kind.parse().ok()?,
        };
        // Written in one way only, as it was signed.
        (subscribed.text() == text).then_some(subscribed)
    }
}

impl Mails {
    /// `https://host/unsubscribe/<person>.<kind>.<signature>`. It does not expire:
    /// old mails are to be ended too.
    pub(super) async fn link(&self, subscribed: Subscribed) -> Result<SecretString, VaultError> {
        let text = subscribed.text();
        let signature = self.parts.vault.index(PURPOSE, &text).await?;
        let signature = URL_SAFE_NO_PAD.encode(signature);
        let site = &self.parts.public_url;
        Ok(format!("{site}/unsubscribe/{text}.{signature}").into())
    }

    /// What the last part of a link is good for; none when this program did not
    /// write it.
    pub async fn subscribed(&self, token: &str) -> Result<Option<Subscribed>, NotificationError> {
        let Some((text, signature)) = token.rsplit_once('.') else {
            return Ok(None);
        };
        let Some(subscribed) = Subscribed::of_text(text) else {
            return Ok(None);
        };
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else {
            return Ok(None);
        };
        let expected = self.parts.vault.index(PURPOSE, text).await?;
        let is_ours = bool::from(signature.ct_eq(&expected[..]));
        Ok(is_ours.then_some(subscribed))
    }

    /// No mail of that kind from now on.
    pub async fn unsubscribe(&self, subscribed: Subscribed) -> Result<(), NotificationError> {
        let preference = Preference {
            kind: subscribed.kind,
            channel: NotificationChannel::Email,
            enabled: false,
        };
        self.preferences.set(subscribed.person, &[preference]).await
    }
}
