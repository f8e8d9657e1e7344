//! What each caller was told, a line an answer, written after it was told.
//!
//! A line that a kill cut short does not count: the caller sends that command
//! again, as one does who did not hear the answer.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use event_store::Position;

use crate::load::Answer;

const REJECTED: &str = "-";

pub(crate) struct Ledger {
    file: File,
    answered: u64,
}

impl Ledger {
    /// The ledger of `caller`, to be gone on with.
    pub(crate) fn open(folder: &Path, caller: u64) -> io::Result<Self> {
        let path = path(folder, caller);
        let answers = whole_lines(&path)?;
        let kept: u64 = answers.iter().map(|line| line.len() as u64 + 1).sum();
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        file.set_len(kept)?;
        Ok(Self {
            file,
            answered: answers.len() as u64,
        })
    }

    /// How many of the caller's commands were answered.
    pub(crate) fn answered(&self) -> u64 {
        self.answered
    }

    pub(crate) fn write(&mut self, answer: Answer) -> io::Result<()> {
        let text = match answer {
            Answer::Done(position) => position.to_string(),
            Answer::Rejected => REJECTED.to_owned(),
        };
        self.file.write_all(format!("{text}\n").as_bytes())?;
        self.answered += 1;
        Ok(())
    }
}

/// What `caller` was told, in order.
pub(crate) fn answers(folder: &Path, caller: u64) -> anyhow::Result<Vec<Answer>> {
    let lines = whole_lines(&path(folder, caller))?;
    let answer = |line: &String| {
        if line == REJECTED {
            Ok(Answer::Rejected)
        } else {
            line.parse::<Position>().map(Answer::Done)
        }
    };
    Ok(lines.iter().map(answer).collect::<Result<_, _>>()?)
}

/// The lines of a file that end; none of a file that is not there.
pub(crate) fn whole_lines(path: &Path) -> io::Result<Vec<String>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let end = text.rfind('\n').map_or(0, |at| at + 1);
    Ok(text[..end].lines().map(str::to_owned).collect())
}

fn path(folder: &Path, caller: u64) -> PathBuf {
    folder.join(format!("caller-{caller}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_line_that_was_cut_short_is_written_again() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let done = Answer::Done(Position::start(Uuid::nil()));
        let mut ledger = Ledger::open(folder.path(), 3)?;
        ledger.write(done)?;
        ledger.file.write_all(b"17@0000")?;

        let mut ledger = Ledger::open(folder.path(), 3)?;
        assert_eq!(ledger.answered(), 1);
        ledger.write(Answer::Rejected)?;
        assert_eq!(answers(folder.path(), 3)?, [done, Answer::Rejected]);
        Ok(())
    }
}
