use std::io;
use std::path::{Path, PathBuf};

/// A file that is not whole yet; dropped before it is, it is deleted.
pub(crate) struct Partial(PathBuf);

impl Partial {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// For the file to become `path`.
    pub(crate) fn beside(path: &Path) -> Self {
        let mut name = path.as_os_str().to_owned();
        name.push(".partial");
        Self(name.into())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// In one step, in place of what was at `path`.
    pub(crate) fn become_file(self, path: &Path) -> io::Result<()> {
        std::fs::rename(&self.0, path)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Gone already when it became a file, or was never created. Still there
        // after a rename when both names were links to one file.
        let _ = std::fs::remove_file(&self.0);
    }
}
