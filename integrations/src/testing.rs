//! Makers and a mailer that tests script: fast, counted, failing or waiting on
//! demand.
//!
//! What they make is small and sound: a script of three scenes, a quiet tone
//! with a word every 400 ms, a plain picture of the wanted size. For sign-in
//! there is a provider on loopback that lies when told to, [`FakeOpenId`].
//! [`OidcServer`] and [`MailServer`] are real ones.

mod browser;
mod cookies;
mod fake;
mod mail_server;
mod mailer;
mod makers;
mod oidc_server;
mod openid;
mod picture;
mod sound;
mod spoken;
mod tools;
mod webhook_receiver;

use std::sync::Arc;

use crate::images::ImageRequest;
use crate::music::MusicRequest;
use crate::script::ScriptRequest;
use crate::speech::SpeechRequest;
use crate::{Chain, Providers};

pub use browser::{Browser, Landed};
pub use cookies::CookieJar;
pub use fake::Fake;
pub use mail_server::MailServer;
pub use mailer::FakeMailer;
pub use makers::{FAKE_VOICE, SCENES};
pub use oidc_server::{OIDC_SECRET, OidcServer};
pub use openid::{Answer, FAKE_CLIENT, FAKE_SUBJECT, FakeOpenId, Key, Signing};
pub use picture::grey_picture;
pub use spoken::assert_spoken;
pub use tools::tool;
pub use webhook_receiver::{Received, Reply, WebhookReceiver};

/// A fake of every maker.
#[derive(Clone, Default)]
pub struct FakeProviders {
    pub script: Arc<Fake<ScriptRequest>>,
    pub speech: Arc<Fake<SpeechRequest>>,
    pub images: Arc<Fake<ImageRequest>>,
    pub music: Arc<Fake<MusicRequest>>,
}

impl FakeProviders {
    /// The same fakes, as the program knows them.
    pub fn providers(&self) -> Providers {
        Providers {
            script: Chain::of(Arc::clone(&self.script) as _),
            speech: Chain::of(Arc::clone(&self.speech) as _),
            images: Chain::of(Arc::clone(&self.images) as _),
            music: Arc::clone(&self.music) as _,
        }
    }
}

#[cfg(test)]
mod tests;
