//! What a child says: kept in a file of bounded size, its last lines in memory
//! for the reason when it ends.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

const ROTATE_BYTES: u64 = 4 * 1024 * 1024;
const TAIL_LINES: usize = 40;

/// How Postgres and nats-server mark what they cannot live with.
const GRAVE: [&str; 5] = ["FATAL:", "PANIC:", "[FTL]", "[ERR]", "nats-server:"];

/// The last lines that a child said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tail(Arc<Mutex<VecDeque<String>>>);

impl Tail {
    /// The line that best explains an end: the last grave one, else the last one.
    pub(crate) fn reason(&self) -> Option<String> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let grave = |line: &&String| GRAVE.iter().any(|mark| line.contains(mark));
        let line = lines.iter().rev().find(grave).or_else(|| lines.back())?;
        Some(plain(line).to_owned())
    }

    /// The first line that contains one of `marks`.
    pub(crate) fn find(&self, marks: &[&str]) -> Option<String> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let marked = |line: &&String| marks.iter().any(|mark| line.contains(mark));
        lines.iter().find(marked).map(|line| plain(line).to_owned())
    }

    fn push(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == TAIL_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }
}

/// Copies lines from `output` into the file at `path` and into `tail`, until the
/// child and all its own children have closed it.
pub(crate) async fn follow(output: impl AsyncRead + Unpin, path: PathBuf, tail: Tail) {
    let mut file = RotatingFile { path, open: None };
    let mut lines = BufReader::new(output).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        let line = String::from_utf8_lossy(&line).into_owned();
        // A full disk must not stop a server for want of its log.
        let _ = file.write(&line);
        tail.push(line);
    }
}

struct RotatingFile {
    path: PathBuf,
    open: Option<(File, u64)>,
}

impl RotatingFile {
    fn write(&mut self, line: &str) -> io::Result<()> {
        let (mut file, size) = match self.open.take() {
            Some(open) => open,
            None => open(&self.path)?,
        };
        writeln!(file, "{line}")?;
        let size = size + line.len() as u64 + 1;
        if size < ROTATE_BYTES {
            self.open = Some((file, size));
            return Ok(());
        }
        fs::rename(&self.path, self.path.with_extension("log.1"))
    }
}

fn open(path: &Path) -> io::Result<(File, u64)> {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

/// Cuts the date, process id and level in front of a message.
fn plain(line: &str) -> &str {
    GRAVE
        .iter()
        .find_map(|mark| line.split_once(mark))
        .map_or(line, |(_, message)| message)
        .trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_reason_is_the_last_grave_line() {
        let tail = Tail::default();
        let said = "LOG: starting\n2026 [7] FATAL:  lock file exists\nHINT: is another running?\n";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.log");
        follow(said.as_bytes(), path.clone(), tail.clone()).await;
        assert_eq!(tail.reason().as_deref(), Some("lock file exists"));
        assert_eq!(fs::read_to_string(path).unwrap(), said);
    }

    #[tokio::test]
    async fn a_long_log_is_cut_in_two_files_of_bounded_size() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.log");
        let said = "x".repeat(1023) + "\n";
        let said = said.repeat(10 * 1024);
        follow(said.as_bytes(), path.clone(), Tail::default()).await;
        let size = |path: &Path| fs::metadata(path).unwrap().len();
        assert!(size(&path) <= ROTATE_BYTES);
        assert_eq!(size(&path.with_extension("log.1")), ROTATE_BYTES);
    }
}
