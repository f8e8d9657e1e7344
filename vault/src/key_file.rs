//! A file that holds the master keys, for who sets none.
//!
//! Only its owner may use it. It is there whole or not at all, and never
//! overwritten but with one more key.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::{Entropy, KeyFileError, MasterKeyError, MasterKeys};

impl MasterKeys {
    /// The keys in the file at `path`, which is made with a fresh one if there is
    /// none. Of several processes that make it at once, one does.
    pub fn open_file(path: &Path, entropy: &dyn Entropy) -> Result<Self, KeyFileError> {
        let made = match read(path) {
            Err(KeyFileError::Unusable { source, .. })
                if source.kind() == io::ErrorKind::NotFound =>
            {
                make(path, &Self::fresh(entropy))
            }
            read => return read,
        };
        made.map_err(unusable(path))?;
        // What another process made counts as much.
        read(path)
    }

    /// Puts a fresh key in front of those in the file: the current one of every
    /// process that starts from now on.
    pub fn add_to_file(path: &Path, entropy: &dyn Entropy) -> Result<Self, KeyFileError> {
        // A link to the file stays one.
        let path = path.canonicalize().map_err(unusable(path))?;
        let _lock = lock_folder_of(&path).map_err(unusable(&path))?;
        let keys = read(&path)?.behind(&Self::fresh(entropy));
        replace(&path, &keys).map_err(unusable(&path))?;
        read(&path)
    }
}

fn read(path: &Path) -> Result<MasterKeys, KeyFileError> {
    let (mode, text) = contents(path).map_err(unusable(path))?;
    if mode & 0o077 != 0 {
        let path = path.to_owned();
        return Err(KeyFileError::Exposed { path, mode });
    }
    let malformed = |source| KeyFileError::Malformed {
        path: path.to_owned(),
        source,
    };
    let text =
        std::str::from_utf8(&text).map_err(|_| malformed(MasterKeyError::new("it is not text")))?;
    MasterKeys::try_parse(&SecretString::from(text)).map_err(malformed)
}

/// The permissions of the very file that was read, and what is in it.
fn contents(path: &Path) -> io::Result<(u32, Zeroizing<Vec<u8>>)> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    // Large enough that no copy is left behind by growing.
    let mut text = Zeroizing::new(Vec::with_capacity(metadata.len() as usize + 1));
    file.read_to_end(&mut text)?;
    Ok((metadata.permissions().mode() & 0o777, text))
}

/// Leaves a file that is there meanwhile as it is.
fn make(path: &Path, keys: &MasterKeys) -> io::Result<()> {
    match written(path, keys)?.persist_noclobber(path) {
        Ok(_) => {}
        Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(refused) => return Err(refused.error),
    }
    sync_folder_of(path)
}

fn replace(path: &Path, keys: &MasterKeys) -> io::Result<()> {
    let file = written(path, keys)?;
    // An administrator may do this for the account that the program runs as.
    let owner = fs::metadata(path)?.uid();
    fchown(file.as_file(), Some(owner), None)?;
    file.persist(path).map_err(|refused| refused.error)?;
    sync_folder_of(path)
}

/// A file beside `path`, on the disk, that its owner alone may use. Removed when
/// dropped.
fn written(path: &Path, keys: &MasterKeys) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(".key-")
        .permissions(fs::Permissions::from_mode(0o600))
        .tempfile_in(folder_of(path))?;
    file.write_all(keys.lines().as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Of two who add a key, one adds to what the other has written.
fn lock_folder_of(path: &Path) -> io::Result<File> {
    let folder = File::open(folder_of(path))?;
    folder.lock()?;
    Ok(folder)
}

/// A name in a folder outlives a power cut only then.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn unusable(path: &Path) -> impl FnOnce(io::Error) -> KeyFileError {
    let path = path.to_owned();
    |source| KeyFileError::Unusable { path, source }
}
