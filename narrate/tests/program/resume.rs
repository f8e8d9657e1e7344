//! Killed anywhere, a video is finished later and nothing is done twice.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::home::{Home, names};
use crate::looks::Film;
use crate::run::{Run, eventually};
use crate::server::Server;

const MAKE: [&str; 6] = [
    "make",
    "Lighthouses",
    "--duration",
    "30",
    "--out",
    "film.mp4",
];
const STAGES: [&str; 6] = [
    "script",
    "speech",
    "segmentation",
    "images",
    "assembly",
    "upload",
];

/// One video, killed over and over, as its film takes most of the time.
#[tokio::test]
async fn killed_at_each_stage_a_video_is_finished_and_nothing_is_done_twice() {
    let home = Home::new();
    let mut run = home.start(&MAKE);
    run.until(|line| line.starts_with("Script")).await;
    run.signal(Signal::SIGKILL);
    let killed = run.ended().await;
    assert_eq!(killed.code, None);
    eventually("its servers end with it", || home.processes().is_empty()).await;

    let mut run = home.start(&["resume"]);
    run.until_percent("Speech", 30).await;
    let mut run = killed_and_resumed(run, &home).await;
    run.until_percent("Images", 30).await;
    let mut run = killed_and_resumed(run, &home).await;
    // ffmpeg is at work: once it is left to see for itself that nobody feeds
    // it, once it is killed too.
    run.until_percent("Assembly", 10).await;
    run.signal(Signal::SIGKILL);
    run.ended().await;
    let mut run = home.start(&["resume"]);
    run.until_percent("Assembly", 10).await;
    let mut run = killed_and_resumed(run, &home).await;
    run.until(|line| line.starts_with("Upload")).await;
    let run = killed_and_resumed(run, &home).await;

    run.ended().await.succeeded();
    home.assert_only(&["film.mp4"]);
    Film::open(home.films().join("film.mp4"));
    all_is_done_once(&home).await;
}

#[tokio::test]
async fn a_film_is_made_although_its_servers_are_killed_meanwhile() {
    let home = Home::new();
    let mut run = home.start(&MAKE);
    run.until_percent("Assembly", 10).await;
    kill_process_in(&home.data().join("postgres/postmaster.pid"));
    run.until_percent("Assembly", 30).await;
    kill_process_in(&home.data().join("nats/nats.pid"));
    run.ended().await.succeeded();
    home.assert_only(&["film.mp4"]);
    all_is_done_once(&home).await;
}

#[tokio::test]
async fn a_film_that_finds_no_room_is_kept_and_handed_over_once_there_is() {
    let home = Home::new();
    let small = home.films().join("small");
    fs::create_dir(&small).unwrap();
    let disk = |program: &str, arguments: &[&str]| {
        let status = Command::new(program).args(arguments).arg(&small).status();
        status.is_ok_and(|status| status.success())
    };
    if !disk("mount", &["-t", "tmpfs", "-o", "size=64k", "small"]) {
        eprintln!("NOT CHECKED: a small disk cannot be mounted without being root");
        return;
    }
    let make = ["make", "Lighthouses", "--duration", "30", "--out"];
    let full = home.run(&[&make[..], &["small/film.mp4"]].concat()).await;
    let left = names(&small);
    assert!(disk("mount", &["-o", "remount,ro"]));
    let read_only = home.run(&["resume"]).await;
    assert!(disk("umount", &[]));

    full.is(1, &["small/film.mp4", "make room", "narrate resume"]);
    assert_eq!(left, [""; 0]);
    read_only.is(1, &["small", "Read-only", "make it writable"]);
    home.run(&["resume"]).await.succeeded();
    assert_eq!(names(&small), ["film.mp4"]);
    home.assert_only(&["small"]);
    all_is_done_once(&home).await;
}

/// At once, while its servers may still be ending.
async fn killed_and_resumed(run: Run, home: &Home) -> Run {
    run.kill_group();
    run.ended().await;
    home.start(&["resume"])
}

/// Each stage completed once, each scene drawn once, and the video ready.
pub(crate) async fn all_is_done_once(home: &Home) {
    let server = Server::start(home).await;
    let fields = "status scenes { startMs } timeline(first: 1000) { type data }";
    let video = server.video(fields).await;
    server.stop().await;
    assert_eq!(video["status"], "READY");

    let timeline = video["timeline"].as_array().unwrap();
    let stages = count(timeline, "StageCompleted", |data| {
        data["stage"].as_str().unwrap().to_owned()
    });
    let once = STAGES.map(|stage| (stage.to_owned(), 1));
    assert_eq!(stages, BTreeMap::from(once));

    let scenes = count(timeline, "SceneImageGenerated", |data| {
        data["scene"].as_u64().unwrap()
    });
    let drawn: Vec<_> = scenes.into_iter().collect();
    let number = video["scenes"].as_array().unwrap().len() as u64;
    let once: Vec<_> = (0..number).map(|scene| (scene, 1)).collect();
    assert_eq!(drawn, once);
}

/// How often the events of one type tell of each thing.
fn count<K: Ord>(timeline: &[Value], kind: &str, of: impl Fn(&Value) -> K) -> BTreeMap<K, u32> {
    let mut counts = BTreeMap::new();
    for event in timeline.iter().filter(|event| event["type"] == kind) {
        *counts.entry(of(&event["data"])).or_default() += 1;
    }
    counts
}

fn kill_process_in(file: &Path) {
    let text = fs::read_to_string(file).unwrap();
    let id = text.lines().next().unwrap().trim().parse().unwrap();
    kill(Pid::from_raw(id), Signal::SIGKILL).unwrap();
}
