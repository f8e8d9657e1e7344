//! The programs that films are made with.

use std::process::Command;

const NEEDED: [&str; 2] = ["ffmpeg", "ffprobe"];

pub const INSTALL: &str = "run `scripts/setup demo`, or install ffmpeg (Debian: apt-get install ffmpeg; macOS: brew install ffmpeg)";

#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    #[error("{name} was not found; {INSTALL}")]
    Missing { name: &'static str },
    #[error("{name} is there but does not run; {INSTALL}")]
    Broken { name: &'static str },
}

/// Hears before any work begins that a film could not be finished.
///
/// # Errors
/// The first program that is missing or does not run.
pub fn check() -> Result<(), ProgramError> {
    NEEDED
        .into_iter()
        .try_for_each(|name| version(name).map(drop))
}

/// How a program of ffmpeg's names itself: `ffmpeg version 7.1`.
///
/// # Errors
/// It is missing or does not run.
pub fn version(name: &'static str) -> Result<String, ProgramError> {
    let output = Command::new(name)
        .arg("-version")
        .output()
        .map_err(|_| ProgramError::Missing { name })?;
    if !output.status.success() {
        return Err(ProgramError::Broken { name });
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split(" Copyright").next().unwrap_or_default();
    Ok(version.trim().to_owned())
}
