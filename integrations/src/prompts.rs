//! What language and image models are told: texts inside the program, each of
//! which a file of the same name can replace, so that they are edited without
//! building anything.
//!
//! `script.md` and `niches/<niche>.md` say how scripts are written,
//! `styles/<style>.md` how pictures are painted.

mod picture;
mod script;

use std::fs;
use std::io;
use std::path::Path;

use domain::settings::{ArtStyle, Niche};
use sha2::{Digest, Sha256};

pub use picture::PicturePrompt;
use picture::StyleSheet;

#[derive(Debug, Clone)]
pub struct Prompts {
    script: String,
    tones: Vec<(Niche, String)>,
    styles: Vec<(ArtStyle, StyleSheet)>,
}

#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    #[error("the prompt {file} cannot be read")]
    Unreadable { file: String, source: io::Error },
    #[error("the prompt {file} has no {placeholder}; write it where that should stand")]
    Incomplete {
        file: String,
        placeholder: &'static str,
    },
}

impl Prompts {
    /// # Panics
    /// Never: a test reads the texts.
    pub fn built_in() -> Self {
        let tones = Niche::ALL
            .iter()
            .map(|niche| (*niche, script::tone(*niche).to_owned()));
        let styles = ArtStyle::ALL.iter().map(|style| {
            let sheet = StyleSheet::try_parse(picture::style(*style));
            (*style, sheet.expect("a test reads the texts"))
        });
        Self {
            script: script::SCRIPT.to_owned(),
            tones: tones.collect(),
            styles: styles.collect(),
        }
    }

    /// With the files that are in `folder` instead; it need not have all, nor
    /// exist.
    ///
    /// # Errors
    /// [`PromptError`] naming the file that is no such text.
    pub fn open(folder: &Path) -> Result<Self, PromptError> {
        let mut prompts = Self::built_in();
        let incomplete = |name: &str, placeholder| PromptError::Incomplete {
            file: folder.join(name).display().to_string(),
            placeholder,
        };
        if let Some(edited) = read(folder, "script.md")? {
            if let Some(placeholder) = script::missing(&edited) {
                return Err(incomplete("script.md", placeholder));
            }
            prompts.script = edited;
        }
        for (niche, tone) in &mut prompts.tones {
            if let Some(edited) = read(folder, &format!("niches/{niche}.md"))? {
                *tone = edited;
            }
        }
        for (style, sheet) in &mut prompts.styles {
            let name = format!("styles/{style}.md");
            if let Some(edited) = read(folder, &name)? {
                *sheet = StyleSheet::try_parse(&edited)
                    .map_err(|placeholder| incomplete(&name, placeholder))?;
            }
        }
        Ok(prompts)
    }
}

/// None where there is no such file.
fn read(folder: &Path, name: &str) -> Result<Option<String>, PromptError> {
    let file = folder.join(name);
    match fs::read_to_string(&file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(PromptError::Unreadable {
            file: file.display().to_string(),
            source,
        }),
    }
}

/// By which texts are known again: it changes when they do.
fn version(slug: &str, texts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for (place, text) in texts.iter().enumerate() {
        if place > 0 {
            digest.update([0]);
        }
        digest.update(text);
    }
    format!("{slug}/{}", &hex::encode(digest.finalize())[..8])
}

/// A function from each choice to the file that has its text.
macro_rules! texts {
    ($name:ident of $kind:ident in $folder:literal: $($choice:ident = $file:literal,)+) => {
        pub(super) fn $name(of: $kind) -> &'static str {
            match of {
                $($kind::$choice => {
                    include_str!(concat!("../../prompts/", $folder, "/", $file, ".md"))
                })+
            }
        }
    };
}
use texts;
