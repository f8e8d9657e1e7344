//! A place for one test: a data folder, a folder of films, and the program.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::Command;

use crate::run::{Ended, Run};

/// What decides where the program works, and who is asked and paid, must come
/// from the test alone.
const SETTINGS: [&str; 20] = [
    "DATABASE_URL",
    "NATS_URL",
    "MEDIA_URL",
    "EVENT_STORE_URL",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_SCRIPT_MODEL",
    "OPENAI_SPEECH_MODEL",
    "OPENAI_TRANSCRIPTION_MODEL",
    "OPENAI_IMAGE_MODEL",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_SCRIPT_MODEL",
    "ELEVENLABS_API_KEY",
    "FAL_KEY",
    "STABILITY_API_KEY",
    "SCRIPT_PROVIDERS",
    "SPEECH_PROVIDERS",
    "IMAGE_PROVIDERS",
    "PRICE_TABLE",
];

/// Everything the program may touch lies below one folder, which goes with it.
pub(crate) struct Home {
    root: TempDir,
    settings: Vec<(&'static str, String)>,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// Where the program finds these variables.
    pub(crate) fn with(settings: &[(&'static str, &str)]) -> Self {
        let root = local_stack::testing::data_dir().unwrap();
        for folder in ["films", "temp"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        let settings = settings.iter();
        Self {
            root,
            settings: settings
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
        }
    }

    /// Not there until the program makes it.
    pub(crate) fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    /// Where the program runs and writes its films.
    pub(crate) fn films(&self) -> PathBuf {
        self.root.path().join("films")
    }

    pub(crate) fn narrate<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_narrate"));
        let ours = |name: &str| name.starts_with("NARRATE_") && name != "NARRATE_TOOLS";
        for (name, _) in env::vars().filter(|(name, _)| ours(name)) {
            command.env_remove(name);
        }
        for name in SETTINGS {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .env("NARRATE_DATA", self.data())
            .env("TMPDIR", self.root.path().join("temp"))
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.films())
            .stdin(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        command
    }

    pub(crate) fn start<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Run {
        Run::start(self.narrate(arguments))
    }

    /// Runs the program to its end.
    pub(crate) async fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ended {
        self.start(arguments).ended().await
    }

    /// The ids of processes that work in this place or were told of it: the
    /// program, its servers and their own children, ffmpeg.
    pub(crate) fn processes(&self) -> Vec<i32> {
        let root = self.root.path();
        let named = root.to_str().unwrap().as_bytes();
        let ids = Path::new("/proc").read_dir().unwrap().flatten();
        ids.filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            let words = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let folder = fs::read_link(entry.path().join("cwd")).unwrap_or_default();
            let told = words.windows(named.len()).any(|part| part == named);
            (told || folder.starts_with(root)).then_some(id)
        })
        .collect()
    }

    /// No process, no working folder, no half-written file, and in the folder
    /// of films only `films`.
    pub(crate) fn assert_only(&self, films: &[&str]) {
        assert_eq!(self.processes(), Vec::<i32>::new(), "processes");
        assert_eq!(names(&self.films()), films, "films");
        assert_eq!(names(&self.root.path().join("temp")), [""; 0], "temp");
        for folder in ["scratch", "pending", "media/.incoming"] {
            assert_eq!(names(&self.data().join(folder)), [""; 0], "{folder}");
        }
        assert!(!self.data().join("server.json").exists());
    }
}

/// What is in a folder, by name; nothing where there is no folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = folder.read_dir() else {
        return Vec::new();
    };
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
