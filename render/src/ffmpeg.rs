//! Runs the `ffmpeg` and `ffprobe` programs and never leaves one behind.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::RenderError;

/// How often a running program is asked whether it is done.
const POLL: Duration = Duration::from_millis(15);
/// Lines kept of what a failing program said.
const LAST_LINES: usize = 6;
const CHUNK_BYTES: usize = 1 << 16;

/// Containers that a user's sound may come in. Playlists are not among them:
/// they could name other files and addresses.
const SOUND_FORMATS: &str = "wav,w64,aiff,mp3,flac,ogg,aac,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm";

/// `ffmpeg`, quiet and never asking.
pub(crate) fn ffmpeg() -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-nostdin", "-loglevel", "error"]);
    command
}

pub(crate) fn ffprobe() -> Command {
    let mut command = Command::new("ffprobe");
    command.args(["-hide_banner", "-loglevel", "error"]);
    command
}

/// A path as ffmpeg takes it: never an option, never another protocol.
pub(crate) fn file(path: &Path) -> OsString {
    let mut address = OsString::from("file:");
    address.push(path);
    address
}

/// A path given by a user, opened as sound and as nothing else.
pub(crate) fn sound_input(command: &mut Command, path: &Path) {
    command
        .args(["-protocol_whitelist", "file,pipe"])
        .args(["-format_whitelist", SOUND_FORMATS, "-i"])
        .arg(file(path));
}

/// A program at work: killed and reaped when dropped.
pub(crate) struct Running {
    child: Child,
    said: Option<JoinHandle<Vec<String>>>,
    task: &'static str,
}

impl Running {
    /// `task` says in an error what was being done.
    pub(crate) fn start(command: &mut Command, task: &'static str) -> Result<Self, RenderError> {
        let program = if command.get_program() == "ffprobe" {
            "ffprobe"
        } else {
            "ffmpeg"
        };
        let mut child = command.stderr(Stdio::piped()).spawn().map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                RenderError::MissingProgram { program }
            } else {
                failure(task, format!("`{program}` could not be started: {error}"))
            }
        })?;
        let errors = child.stderr.take();
        let said = std::thread::spawn(move || errors.map(last_lines).unwrap_or_default());
        Ok(Self {
            child,
            said: Some(said),
            task,
        })
    }

    pub(crate) fn stdin(&mut self) -> ChildStdin {
        self.child
            .stdin
            .take()
            .expect("stdin is piped and taken once")
    }

    /// Waits for the end; what the program complained of comes back with it.
    ///
    /// # Errors
    /// `Cancelled`, or `Encoder` with the program's last lines if it failed.
    pub(crate) fn finish(mut self, cancel: &dyn Fn() -> bool) -> Result<Vec<String>, RenderError> {
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if cancel() => return Err(RenderError::Cancelled),
                Ok(None) => std::thread::sleep(POLL),
                Err(error) => return Err(failure(self.task, error.to_string())),
            }
        };
        let said = self.said.take().and_then(|said| said.join().ok());
        let said = said.unwrap_or_default();
        if status.success() {
            return Ok(said);
        }
        Err(failure(self.task, describe(status, &said)))
    }

    /// Hands everything the program prints to `take`, then waits for its end.
    pub(crate) fn read(
        mut self,
        cancel: &dyn Fn() -> bool,
        mut take: impl FnMut(&[u8]),
    ) -> Result<Vec<String>, RenderError> {
        let mut output = self
            .child
            .stdout
            .take()
            .expect("stdout is piped and taken once");
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            if cancel() {
                return Err(RenderError::Cancelled);
            }
            match output.read(&mut chunk) {
                Ok(0) => return self.finish(cancel),
                Ok(count) => take(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failure(self.task, error.to_string())),
            }
        }
    }

    /// Feeds the program and waits for its end. When it stops listening, its
    /// own words say why.
    pub(crate) fn write(
        mut self,
        cancel: &dyn Fn() -> bool,
        bytes: impl Iterator<Item = Vec<u8>>,
    ) -> Result<(), RenderError> {
        let mut input = self.stdin();
        for chunk in bytes {
            if cancel() {
                return Err(RenderError::Cancelled);
            }
            if input.write_all(&chunk).is_err() {
                break;
            }
        }
        drop(input);
        self.finish(cancel).map(drop)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only for a child that is already gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn failure(task: &'static str, detail: String) -> RenderError {
    RenderError::Encoder { task, detail }
}

fn describe(status: ExitStatus, said: &[String]) -> String {
    if said.is_empty() {
        return format!("ffmpeg ended with {status} and said nothing");
    }
    format!("ffmpeg ended with {status}: {}", said.join("; "))
}

fn last_lines(errors: impl Read) -> Vec<String> {
    let mut lines = Vec::new();
    for line in BufReader::new(errors).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        if !line.is_empty() {
            lines.push(line);
        }
        if lines.len() > LAST_LINES {
            lines.remove(0);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_installed_is_named_with_the_way_to_install_it() {
        let error = Running::start(&mut Command::new("ffmpeg-not-here"), "a test")
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.contains("`ffmpeg`") && error.contains("apt-get install"),
            "{error}"
        );
    }

    #[test]
    fn a_failing_program_is_quoted() {
        let mut command = ffmpeg();
        command
            .args(["-i", "file:/nowhere/at/all.wav"])
            .stdout(Stdio::null());
        let running = Running::start(&mut command, "reading a test").unwrap();
        let error = running.finish(&|| false).unwrap_err().to_string();
        assert!(error.starts_with("reading a test failed"), "{error}");
        assert!(error.contains("No such file"), "{error}");
    }

    #[test]
    fn a_cancelled_program_is_killed() {
        let mut command = Command::new("sleep");
        command.arg("600");
        let running = Running::start(&mut command, "sleeping").unwrap();
        let id = i32::try_from(running.child.id()).unwrap();
        let ended = running.finish(&|| true);
        assert!(matches!(ended, Err(RenderError::Cancelled)));
        let id = rustix::process::Pid::from_raw(id).unwrap();
        assert!(rustix::process::test_kill_process(id).is_err());
    }
}
