//! Who Postgres runs as. It refuses root, so a host that is root lends it an
//! unprivileged account; any other host runs it as itself.

use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use nix::unistd::{Gid, Uid, User, chown};

use crate::StackError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: Uid,
    pub(crate) gid: Gid,
}

impl Account {
    /// The account to switch to: the owner of `data`, or for a new folder one
    /// that systems have; `None` when the host is not root.
    pub(crate) fn for_postgres(data: &Path) -> Result<Option<Self>, StackError> {
        if !Uid::effective().is_root() {
            return Ok(None);
        }
        let owner = data
            .metadata()
            .ok()
            .map(|meta| Uid::from_raw(meta.uid()))
            .filter(|uid| !uid.is_root())
            .and_then(|uid| User::from_uid(uid).ok().flatten());
        owner
            .or_else(|| {
                ["postgres", "nobody"]
                    .into_iter()
                    .find_map(|name| User::from_name(name).ok().flatten())
            })
            .map(|user| {
                Some(Self {
                    name: user.name,
                    uid: user.uid,
                    gid: user.gid,
                })
            })
            .ok_or(StackError::NoAccount)
    }

    pub(crate) fn own(&self, path: &Path) -> io::Result<()> {
        chown(path, Some(self.uid), Some(self.gid)).map_err(io::Error::from)
    }

    /// Checks that every folder on the way to `path` lets this account through.
    pub(crate) fn check_way_to(&self, path: &Path) -> Result<(), StackError> {
        for folder in path.ancestors() {
            let meta = folder
                .metadata()
                .map_err(|source| StackError::writing(folder, source))?;
            let bit = if meta.uid() == self.uid.as_raw() {
                0o100
            } else if meta.gid() == self.gid.as_raw() {
                0o010
            } else {
                0o001
            };
            if meta.permissions().mode() & bit == 0 {
                return Err(StackError::Closed {
                    folder: folder.to_owned(),
                    user: self.name.clone(),
                });
            }
        }
        Ok(())
    }
}
