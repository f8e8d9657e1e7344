use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::media::MediaError;
use crate::partial::Partial;

/// Where files lie while they are written.
///
/// A file is locked for as long as it is written, so whoever opens the store
/// can tell those of a killed process from those of a neighbour at work.
#[derive(Debug)]
pub(super) struct Incoming {
    folder: PathBuf,
    count: AtomicU64,
}

impl Incoming {
    pub(super) fn open(folder: PathBuf) -> Result<Self, MediaError> {
        std::fs::create_dir_all(&folder)
            .and_then(|()| remove_abandoned(&folder))
            .map_err(|error| MediaError::local(&folder, &error))?;
        Ok(Self {
            folder,
            count: AtomicU64::new(0),
        })
    }

    pub(super) fn create(&self) -> io::Result<(Partial, File)> {
        let (partial, file) = self.fresh(|path| File::create_new(path))?;
        file.lock()?;
        Ok((partial, file))
    }

    pub(super) fn link(&self, to: &Path) -> io::Result<Partial> {
        let (partial, ()) = self.fresh(|path| std::fs::hard_link(to, path))?;
        Ok(partial)
    }

    /// Makes something at a name that nothing has. A neighbour in another
    /// container can have our process id, so a taken name is passed over.
    fn fresh<T>(&self, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(Partial, T)> {
        loop {
            let count = self.count.fetch_add(1, Ordering::Relaxed);
            let path = self.folder.join(format!("{}-{count}", std::process::id()));
            match make(&path) {
                Ok(made) => return Ok((Partial::at(path), made)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn remove_abandoned(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        match File::open(&path).map(|file| file.try_lock().map(|()| file)) {
            Ok(Ok(_locked)) => {
                std::fs::remove_file(&path)?;
                tracing::info!(path = %path.display(), "removed a half-written file");
            }
            Ok(Err(TryLockError::WouldBlock)) => {}
            Ok(Err(TryLockError::Error(error))) | Err(error) => {
                tracing::warn!(path = %path.display(), %error, "left a half-written file");
            }
        }
    }
    Ok(())
}
