//! What `make` has begun and not delivered: written before anything is asked
//! of the server, removed once the film is where the user wants it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::client::RequestVideoInput;
use crate::data_folder::{DataFolder, write_private};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pending {
    /// What was asked for; sent again with its id, it gives the same video.
    pub input: RequestVideoInput,
    /// Absolute; where the film goes.
    pub out: PathBuf,
}

impl Pending {
    /// What people call it by: the id of its request.
    pub fn id(&self) -> Uuid {
        self.input.command_id
    }

    pub fn keep(&self, data: &DataFolder) -> io::Result<()> {
        fs::create_dir_all(data.pending())?;
        let json = serde_json::to_vec_pretty(self).expect("a record has string keys only");
        write_private(&path(data, self.id()), &json)
    }

    /// Whether `resume` would find it.
    pub fn is_kept(&self, data: &DataFolder) -> bool {
        path(data, self.id()).exists()
    }

    pub fn forget(&self, data: &DataFolder) -> io::Result<()> {
        fs::remove_file(path(data, self.id()))
    }
}

/// All of them, oldest first; files that are none are passed over.
pub fn all(data: &DataFolder) -> Vec<Pending> {
    let Ok(folder) = fs::read_dir(data.pending()) else {
        return Vec::new();
    };
    let mut found: Vec<Pending> = folder
        .filter_map(|entry| read(&entry.ok()?.path()))
        .collect();
    found.sort_by_key(Pending::id);
    found
}

fn read(path: &Path) -> Option<Pending> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn path(data: &DataFolder, id: Uuid) -> PathBuf {
    data.pending().join(format!("{id}.json"))
}
