use std::io;
use std::path::{Path, PathBuf};

/// Why a film could not be made, in words for the person who asked for it.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The plan contradicts itself or leaves the limits.
    #[error("the plan's `{field}` {problem}")]
    Plan { field: String, problem: String },
    /// A scene's picture cannot be used. `scene` counts from 1.
    #[error("the picture of scene {scene}, {}, {problem}", path.display())]
    Picture {
        scene: usize,
        path: PathBuf,
        problem: String,
    },
    /// The voice or the music cannot be used.
    #[error("the sound file {} {problem}", path.display())]
    Sound { path: PathBuf, problem: String },
    /// A program that must be installed is not.
    #[error(
        "the program `{program}` was not found; install it (Debian and Ubuntu: `apt-get install ffmpeg`, macOS: `brew install ffmpeg`)"
    )]
    MissingProgram { program: &'static str },
    /// `ffmpeg` gave up; `detail` holds the last lines it said.
    #[error("{task} failed: {detail}")]
    Encoder { task: &'static str, detail: String },
    /// A file or folder cannot be read or written.
    #[error("cannot use {}: {problem}", path.display())]
    File { path: PathBuf, problem: String },
    /// The finished film breaks a promise, such as its size limit.
    #[error("the finished film {problem}")]
    Film { problem: String },
    /// The caller asked to stop.
    #[error("the film was cancelled")]
    Cancelled,
}

impl RenderError {
    pub(crate) fn plan(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Plan {
            field: field.into(),
            problem: problem.into(),
        }
    }

    pub(crate) fn sound(path: &Path, problem: impl Into<String>) -> Self {
        Self::Sound {
            path: path.to_owned(),
            problem: problem.into(),
        }
    }

    pub(crate) fn file(path: &Path, problem: &io::Error) -> Self {
        let remedy = match problem.kind() {
            io::ErrorKind::StorageFull => "; free some space or choose another folder",
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "; choose a folder that may be written to"
            }
            io::ErrorKind::NotFound => "; check that the path is right",
            _ => "",
        };
        Self::File {
            path: path.to_owned(),
            problem: format!("{problem}{remedy}"),
        }
    }
}
