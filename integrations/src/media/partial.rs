use std::io;
use std::path::{Path, PathBuf};

/// A file that is not whole yet; dropped before it is, it is deleted.
pub(super) struct Partial(Option<PathBuf>);

impl Partial {
    pub(super) fn at(path: PathBuf) -> Self {
        Self(Some(path))
    }

    /// For the file to become `path`.
    pub(super) fn beside(path: &Path) -> Self {
        let mut name = path.as_os_str().to_owned();
        name.push(".partial");
        Self::at(name.into())
    }

    pub(super) fn path(&self) -> &Path {
        self.0
            .as_deref()
            .expect("it has a path until it is consumed")
    }

    /// In one step, in place of what was at `path`.
    pub(super) fn become_file(mut self, path: &Path) -> io::Result<()> {
        std::fs::rename(self.path(), path)?;
        self.0 = None;
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // It may never have been created; there is nobody to tell otherwise.
            let _ = std::fs::remove_file(path);
        }
    }
}
