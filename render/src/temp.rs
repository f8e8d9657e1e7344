//! Files that are removed unless they are kept.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::RenderError;

const ENDING: &str = "part";

/// Removed when dropped, whatever happened.
pub(crate) struct TempFile {
    path: PathBuf,
}

impl TempFile {
    /// A new empty file beside `target`, named for it, for this process and by
    /// a number, so that no two ever share one.
    /// What a process that was killed left under such a name goes first.
    pub(crate) fn beside(target: &Path) -> Result<Self, RenderError> {
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let Some(name) = target
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
        else {
            return Err(RenderError::file(
                target,
                &io::ErrorKind::IsADirectory.into(),
            ));
        };
        remove_orphans(folder, &name);
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let (process, number) = (std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = folder.join(format!(".{name}.{process}-{number}.{ENDING}"));
        File::create(&path).map_err(|error| RenderError::file(&path, &error))?;
        Ok(Self { path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its final name, replacing what was there.
    pub(crate) fn publish(self, target: &Path) -> Result<(), RenderError> {
        File::open(&self.path)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.path, target))
            .map_err(|error| RenderError::file(target, &error))
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        // It fails only if the file has been published or taken away.
        let _ = fs::remove_file(&self.path);
    }
}

fn remove_orphans(folder: &Path, name: &str) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let found = entry.file_name().to_string_lossy().into_owned();
        let owner = found
            .strip_prefix(&format!(".{name}."))
            .and_then(|rest| rest.strip_suffix(&format!(".{ENDING}")))
            .and_then(|owner| owner.split('-').next()?.parse().ok());
        if owner.is_some_and(is_gone) {
            // Another process may be quicker at the same.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_gone(process: i32) -> bool {
    let Some(process) = rustix::process::Pid::from_raw(process) else {
        return false;
    };
    rustix::process::test_kill_process(process) == Err(rustix::io::Errno::SRCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_process_left_is_removed_and_a_living_ones_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let leftover = folder.path().join(".film.mp4.999999999-3.part");
        let living = folder.path().join(".film.mp4.1-0.part");
        fs::write(&leftover, "half").unwrap();
        fs::write(&living, "half").unwrap();
        let temp = TempFile::beside(&folder.path().join("film.mp4")).unwrap();
        assert!(!leftover.exists() && living.exists() && temp.path().exists());
        let path = temp.path().to_owned();
        drop(temp);
        assert!(!path.exists());
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = TempFile::beside(Path::new("/no/such/folder/film.mp4"))
            .err()
            .unwrap();
        assert!(error.to_string().contains("/no/such/folder"), "{error}");
    }
}
