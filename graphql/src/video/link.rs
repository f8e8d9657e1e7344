//! Addresses that open one file to whoever holds them, for a while.

use std::time::Duration;

use async_graphql::{Enum, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::video::output::Publication;
use domain::{Asset, UserId};
use integrations::media::MediaError;
use vault::VaultError;

use super::parts;
use crate::Api;
use crate::error::refused;
use crate::signed::Signed;

/// As long as a bucket's own signature is good for at most.
const MAX_SECONDS: i32 = 7 * 24 * 60 * 60;

/// A file of a finished video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum VideoFile {
    /// As mp4.
    Film,
    /// As JPEG.
    Thumbnail,
    ThumbnailWebp,
    /// As SubRip.
    CaptionsSrt,
    /// As WebVTT.
    CaptionsVtt,
}

impl VideoFile {
    pub(super) fn of(self, files: &Publication) -> Option<&Asset> {
        match self {
            Self::Film => Some(&files.video),
            Self::Thumbnail => Some(&files.thumbnail),
            Self::ThumbnailWebp => files.thumbnail_webp.as_ref(),
            Self::CaptionsSrt => Some(&files.captions_srt),
            Self::CaptionsVtt => Some(&files.captions_vtt),
        }
    }
}

/// An address that opens one file to whoever has it.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Link {
    url: String,
    /// From then on it may lead nowhere.
    expires_at: DateTime<Utc>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum LinkError {
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

pub(super) fn seconds_of(seconds: i32) -> Result<Duration> {
    let valid = (1..=MAX_SECONDS).contains(&seconds);
    let seconds = u64::try_from(seconds).ok().filter(|_| valid);
    seconds.map(Duration::from_secs).ok_or_else(|| {
        let message = format!("validForSeconds is out of range; ask for 1 to {MAX_SECONDS}");
        refused("validForSeconds", "INVALID", message)
    })
}

/// At the media store itself where it can be reached, else at this server.
pub(super) async fn to(
    api: &Api,
    owner: UserId,
    asset: &Asset,
    valid_for: Duration,
) -> Result<Link, LinkError> {
    let expires_at = api.clock.now() + valid_for;
    let url = match api.media.signed_url(&asset.key, valid_for).await? {
        Some(url) => url.into(),
        None => {
            let signed = Signed::new(&api.vault, owner, &asset.key, expires_at).await?;
            let site = api.accounts.public_url();
            format!("{site}{}?{}", parts::url(asset), signed.query())
        }
    };
    Ok(Link { url, expires_at })
}
