//! Media in a folder: a key is a path below it.
//!
//! Files are written in `.incoming` (no key starts with a dot), synced, and
//! renamed to their place, so what is at a key is always whole. They are never
//! written in place afterwards, so a copy may be a link.

mod incoming;
mod read;

use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use domain::{Asset, MediaKey};

use super::digest::Digest;
use super::{Body, MediaError, MediaRead, MediaStore, Stored, content_type};
use crate::Observer;
use crate::partial::Partial;
use incoming::Incoming;

/// How much is in memory at once while a file is kept.
const PIECE_BYTES: usize = 1024 * 1024;

#[derive(Debug, Clone)]
pub struct DirectoryStore {
    root: Arc<Path>,
    incoming: Arc<Incoming>,
}

impl DirectoryStore {
    /// Makes the folder if need be, and removes what a killed process left
    /// half-written in it.
    pub async fn open(root: PathBuf) -> Result<Self, MediaError> {
        blocking(root.clone(), move || {
            let incoming = Incoming::open(root.join(".incoming"))?;
            Ok(Self {
                root: root.into(),
                incoming: Arc::new(incoming),
            })
        })
        .await
    }

    fn path(&self, key: &MediaKey) -> PathBuf {
        self.root.join(key.as_str())
    }

    fn keep(&self, key: &MediaKey, body: &Body, observer: &Observer) -> Result<Asset, MediaError> {
        let path = self.path(key);
        let here = |error| MediaError::local(&path, &error);
        let (partial, mut file) = self.incoming.create().map_err(here)?;
        let mut digest = Digest::default();
        let mut write = |piece: &[u8], total: u64| {
            if observer.is_cancelled() {
                return Err(MediaError::Cancelled);
            }
            file.write_all(piece).map_err(here)?;
            digest.update(piece);
            observer.progress(digest.bytes(), total);
            Ok(())
        };
        match body {
            Body::Bytes(bytes) => write(bytes, bytes.len() as u64)?,
            Body::File(source) => in_pieces(source, &mut write)?,
        }
        file.sync_all().map_err(here)?;
        place(partial, &path).map_err(here)?;
        Ok(digest.asset(key))
    }

    fn link(&self, from: &MediaKey, to: &MediaKey) -> Result<(), MediaError> {
        let (source, path) = (self.path(from), self.path(to));
        read::stored(&source, from)?;
        match self.incoming.link(&source) {
            Ok(partial) => place(partial, &path).map_err(|error| MediaError::local(&path, &error)),
            // Some file systems have no links.
            Err(_) => self
                .keep(to, &Body::File(source), &Observer::silent())
                .map(drop),
        }
    }
}

#[async_trait]
impl MediaStore for DirectoryStore {
    fn place(&self) -> String {
        format!("folder {}", self.root.display())
    }

    async fn put(
        &self,
        key: &MediaKey,
        body: Body,
        observer: &Observer,
    ) -> Result<Asset, MediaError> {
        let (store, key, observer) = (self.clone(), key.clone(), observer.clone());
        let path = self.path(&key);
        blocking(path, move || store.keep(&key, &body, &observer)).await
    }

    async fn head(&self, key: &MediaKey) -> Result<Stored, MediaError> {
        let (path, key) = (self.path(key), key.clone());
        blocking(path.clone(), move || read::stored(&path, &key)).await
    }

    async fn read(
        &self,
        key: &MediaKey,
        range: Option<Range<u64>>,
    ) -> Result<MediaRead, MediaError> {
        read::open(&self.path(key), key, range).await
    }

    async fn copy(&self, from: &MediaKey, to: &MediaKey) -> Result<(), MediaError> {
        let (store, from, to) = (self.clone(), from.clone(), to.clone());
        blocking(self.path(&to), move || store.link(&from, &to)).await
    }

    async fn delete_prefix(&self, prefix: &MediaKey) -> Result<u64, MediaError> {
        let folder = self.path(prefix);
        blocking(folder.clone(), move || {
            delete_folder(&folder).map_err(|error| MediaError::local(&folder, &error))
        })
        .await
    }

    async fn list(&self, folder: &MediaKey) -> Result<Vec<MediaKey>, MediaError> {
        let (key, folder) = (folder.clone(), self.path(folder));
        blocking(folder.clone(), move || {
            let names = files_in(&folder).map_err(|error| MediaError::local(&folder, &error))?;
            Ok(names
                .into_iter()
                .filter_map(|name| MediaKey::try_new(format!("{key}/{name}")).ok())
                .collect())
        })
        .await
    }
}

fn in_pieces(
    source: &Path,
    write: &mut impl FnMut(&[u8], u64) -> Result<(), MediaError>,
) -> Result<(), MediaError> {
    let here = |error| MediaError::local(source, &error);
    let mut file = std::fs::File::open(source).map_err(here)?;
    let total = file.metadata().map_err(here)?.len();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match file.read(&mut piece).map_err(here)? {
            0 => return Ok(()),
            read => write(&piece[..read], total)?,
        }
    }
}

/// Gives a whole file its name, so that a power cut leaves it there or not.
fn place(partial: Partial, path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent() else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    std::fs::create_dir_all(folder)?;
    partial.become_file(path)?;
    std::fs::File::open(folder)?.sync_all()
}

/// Answers how many files went. Files that arrive meanwhile stay, and others may
/// delete the same at the same time.
fn delete_folder(folder: &Path) -> io::Result<u64> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut deleted = 0;
    for entry in entries {
        let entry = entry?;
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            deleted += delete_folder(&entry.path())?;
            continue;
        }
        match std::fs::remove_file(entry.path()) {
            Ok(()) => deleted += 1,
            Err(error) if is_absent(&error) => {}
            Err(error) => return Err(error),
        }
    }
    match std::fs::remove_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty || is_absent(&error) => {
            Ok(deleted)
        }
        other => other.map(|()| deleted),
    }
}

fn files_in(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            names.extend(entry.file_name().into_string());
        }
    }
    Ok(names)
}

/// Nothing at that path, be it that a folder on the way is a file.
fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

async fn blocking<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce() -> Result<T, MediaError> + Send + 'static,
) -> Result<T, MediaError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| {
            Err(MediaError::Unavailable {
                place: path.display().to_string(),
                problem: error.to_string(),
            })
        })
}
