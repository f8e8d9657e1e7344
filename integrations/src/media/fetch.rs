//! Media to local files, the same for every store.

use std::path::Path;

use bytes::Bytes;
use domain::{Asset, MediaKey};
use futures::StreamExt;
use tokio::io::AsyncWriteExt;

use super::{Body, MediaError, MediaRead, MediaStore, digest};
use crate::Observer;
use crate::partial::Partial;

pub(super) async fn to_file(
    mut read: MediaRead,
    key: &MediaKey,
    path: &Path,
) -> Result<Asset, MediaError> {
    let here = |error| MediaError::local(path, &error);
    let partial = Partial::beside(path);
    let mut file = tokio::fs::File::create(partial.path())
        .await
        .map_err(here)?;
    let mut digest = digest::Digest::default();
    while let Some(piece) = read.bytes.next().await {
        let piece = piece?;
        digest.update(&piece);
        file.write_all(&piece).await.map_err(here)?;
    }
    file.flush().await.map_err(here)?;
    partial.become_file(path).map_err(here)?;
    Ok(digest.asset(key))
}

pub(super) async fn same(asset: &Asset, found: &Asset, path: &Path) -> Result<(), MediaError> {
    if found.sha256 == asset.sha256 {
        return Ok(());
    }
    tokio::fs::remove_file(path)
        .await
        .map_err(|error| MediaError::local(path, &error))?;
    Err(MediaError::Changed {
        key: asset.key.clone(),
    })
}

pub(super) async fn round_trip<S: MediaStore + ?Sized>(store: &S) -> Result<(), MediaError> {
    // By process, so that two that check at once do not meet.
    let folder = format!("check/{}", std::process::id());
    let key = |name: &str| MediaKey::try_new(name).expect("made of letters, digits and slashes");
    let (folder, probe) = (key(&folder), key(&format!("{folder}/probe.txt")));
    let written = Bytes::from_static(b"written to check that media can be kept; safe to delete\n");
    let kept = store
        .put(&probe, Body::Bytes(written.clone()), &Observer::silent())
        .await?;
    let read = store.get(&probe, kept.bytes).await;
    store.delete_prefix(&folder).await?;
    if read? == written {
        Ok(())
    } else {
        Err(MediaError::Changed { key: probe })
    }
}
