//! What cannot be done is refused before anything begins: in words that name
//! the field, the limit and the remedy, and with nothing left behind.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::home::{Home, names};
use crate::run::{Ended, Run};

/// The command line is at fault, as clap has it.
const USAGE: i32 = 2;
const FAILURE: i32 = 1;

#[tokio::test]
async fn a_value_out_of_its_limits_is_refused_with_its_name_and_the_limits() {
    let home = Home::new();
    let long = "x".repeat(10_000);
    let cases: [(&[&str], &[&str]); 10] = [
        (&[""], &["topic", "1 to 300"]),
        (&["   "], &["topic", "1 to 300"]),
        (&[&long], &["topic", "300"]),
        (&["bees\u{1b}[2J"], &["topic", "control"]),
        (&["bees", "--niche", "gossip"], &["--niche", "science"]),
        (&["bees", "--style", "cubism"], &["--style", "oil-painting"]),
        (&["bees", "--voice", "No Such!"], &["--voice"]),
        (&["bees", "--duration", "45"], &["--duration", "30, 60, 90"]),
        (&["bees", "--duration=-1"], &["--duration"]),
        (&["bees", "--music", "nowhere.mp3"], &["--music", "calm"]),
    ];
    for (arguments, says) in cases {
        let arguments = [&["make"], arguments].concat();
        let refused = home.run(&arguments).await;
        refused.is(USAGE, says);
        assert!(!refused.stderr.contains('\u{1b}'), "{refused:#?}");
        assert!(refused.stderr.len() < 1000, "it is short: {refused:#?}");
    }
    nothing_was_begun(&home);
}

#[tokio::test]
async fn a_voice_that_the_server_does_not_have_is_refused_and_not_resumed() {
    let home = Home::new();
    let refused = home.run(&["make", "bees", "--voice", "ghost"]).await;
    refused.is(FAILURE, &["voice", "ghost", "heart"]);
    home.assert_only(&[]);
}

#[tokio::test]
async fn music_that_is_none_is_refused() {
    let home = Home::new();
    fs::write(home.films().join("noise.mp3"), [7; 5000]).unwrap();
    let refused = home.run(&["make", "bees", "--music", "noise.mp3"]).await;
    refused.is(FAILURE, &["music", "noise.mp3"]);
    fs::remove_file(home.films().join("noise.mp3")).unwrap();
    nothing_was_begun(&home);
}

#[tokio::test]
async fn a_place_where_no_film_can_be_is_refused() {
    let home = Home::new();
    fs::create_dir(home.films().join("folder.mp4")).unwrap();
    fs::write(home.films().join("file"), "").unwrap();
    for (out, says) in [
        ("folder.mp4", ["is a folder", "film.mp4"]),
        ("film.avi", ["film.avi", ".mp4"]),
        ("missing/film.mp4", ["missing", "another folder"]),
        ("file/film.mp4", ["file", "another folder"]),
        ("/proc/film.mp4", ["/proc", "another folder"]),
    ] {
        let refused = home.run(&["make", "bees", "--out", out]).await;
        refused.is(FAILURE, &["--out", says[0], says[1]]);
    }
    assert_eq!(names(&home.films()), ["file", "folder.mp4"]);
    assert!(!home.data().exists());
}

#[tokio::test]
async fn a_missing_program_is_named_with_the_way_to_get_it() {
    let home = Home::new();
    for (missing, says) in [
        ("ffmpeg", ["ffmpeg", "apt-get install ffmpeg"]),
        ("ffprobe", ["ffprobe", "apt-get install ffmpeg"]),
        ("nats-server", ["nats-server", "scripts/setup demo"]),
    ] {
        if looked_for_elsewhere(missing) {
            continue;
        }
        let tools = tools_without(missing);
        for command in [["make", "bees"], ["up", "--listen=127.0.0.1:0"]] {
            let mut command = home.narrate(&command);
            command
                .env("PATH", tools.path())
                .env("NARRATE_TOOLS", tools.path());
            let refused = Run::start(command).ended().await;
            refused.is(FAILURE, &says);
        }
    }
    assert!(!home.data().join("postgres").exists(), "it was told early");
    home.assert_only(&[]);
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = home.run(&["up", "--listen", &address]).await;
    refused.is(FAILURE, &["--listen", &address, "another port"]);
    nothing_was_begun(&home);
}

#[tokio::test]
async fn a_damaged_data_folder_is_named_and_nothing_in_it_is_deleted() {
    let home = Home::new();
    home.run(&["migrate"]).await.succeeded();
    let control = home.data().join("postgres/global/pg_control");
    let aside = home.data().join("aside");
    fs::rename(&control, &aside).unwrap();
    let data = home.data().display().to_string();
    let refused = home.run(&["make", "bees"]).await;
    refused.is(FAILURE, &[&data, "damaged", "backup"]);
    home.assert_only(&[]);
    fs::rename(&aside, &control).unwrap();
    home.run(&["migrate"]).await.succeeded();
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_written_is_named() {
    let home = Home::new();
    let mut command = home.narrate(&["make", "bees"]);
    command.env("NARRATE_DATA", "/proc/narrate");
    let refused = Run::start(command).ended().await;
    refused.is(FAILURE, &["/proc/narrate", "another data folder"]);
    nothing_was_begun(&home);
}

impl Ended {
    /// It ended with `code` and named all that a reader needs.
    pub(crate) fn is(&self, code: i32, says: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for words in says {
            assert!(self.stderr.contains(words), "no {words:?} in {self:#?}");
        }
    }
}

fn nothing_was_begun(home: &Home) {
    home.assert_only(&[]);
    assert!(!home.data().exists(), "{:?}", names(&home.data()));
}

/// A folder with links to what the program runs, but for one.
fn tools_without(missing: &str) -> TempDir {
    let folder = local_stack::testing::data_dir().unwrap();
    let found = local_stack::locate();
    let programs = [
        on_path("ffmpeg"),
        on_path("ffprobe"),
        found.best_nats().unwrap().path.clone(),
        found.best_postgres().unwrap().path.clone(),
    ];
    for program in programs
        .iter()
        .filter(|program| !program.ends_with(missing))
    {
        let name = program.file_name().unwrap();
        symlink(program, folder.path().join(name)).unwrap();
    }
    folder
}

/// Servers are looked for where installers put them, whatever the path says:
/// one that is there cannot be hidden.
fn looked_for_elsewhere(program: &str) -> bool {
    let folders = ["/opt/homebrew/bin", "/usr/local/bin"].map(PathBuf::from);
    program == "nats-server" && folders.iter().any(|folder| folder.join(program).exists())
}

fn on_path(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    let mut candidates = std::env::split_paths(&path).map(|folder| folder.join(program));
    candidates.find(|candidate| candidate.is_file()).unwrap()
}
