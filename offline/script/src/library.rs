//! The packs that are built in.

use std::sync::OnceLock;

use crate::material::PackFile;

/// A topic that a checked pack is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion {
    pub niche: &'static str,
    /// Asked as a topic, it is told from its pack.
    pub title: &'static str,
}

/// Every topic with a pack, by niche.
pub fn suggestions() -> impl Iterator<Item = Suggestion> {
    packs().iter().map(|pack| Suggestion {
        niche: pack.niche,
        title: &pack.file.title,
    })
}

#[derive(Debug)]
pub(crate) struct Pack {
    pub(crate) niche: &'static str,
    pub(crate) id: &'static str,
    pub(crate) file: PackFile,
}

pub(crate) fn packs() -> &'static [Pack] {
    static PACKS: OnceLock<Vec<Pack>> = OnceLock::new();
    PACKS.get_or_init(|| {
        FILES
            .iter()
            .map(|&(niche, id, json)| Pack {
                niche,
                id,
                file: serde_json::from_str(json)
                    .unwrap_or_else(|error| panic!("packs/{niche}/{id}.json: {error}")),
            })
            .collect()
    })
}

/// Niche, id and JSON of each pack, as listed by `build.rs`.
const FILES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/packs.rs"));

#[cfg(test)]
mod tests;
