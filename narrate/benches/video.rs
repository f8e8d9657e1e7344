//! A whole video, from the command to the film: wall and CPU seconds by stage.
//!
//! CPU is that of the whole process tree, the program's own Postgres, NATS and
//! ffmpeg included, read from /proc when a stage ends. The yardstick is the
//! film's own length: a ratio under 1 is faster than watching it. How close the
//! film stage comes to the encoder's floor is the benchmark of `render`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Clock ticks a second, as Linux reports CPU time in /proc.
const TICKS: f64 = 100.0;

fn main() {
    let folder = local_stack::testing::data_dir().expect("a temporary folder");
    let out = folder.path().join("film.mp4");
    for duration in ["30", "60"] {
        measure(folder.path(), &out, duration);
    }
}

/// Seconds since the run began, and CPU seconds of its processes.
#[derive(Clone, Copy)]
struct Reading {
    wall_s: f64,
    cpu_s: f64,
}

fn measure(data: &std::path::Path, out: &std::path::Path, duration: &str) {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_narrate"))
        .args(["make", "Why octopuses have three hearts"])
        .args(["--niche", "science", "--duration", duration])
        .arg("--data")
        .arg(data)
        .arg("--out")
        .arg(out)
        .env_remove("DATABASE_URL")
        .env_remove("NATS_URL")
        .env_remove("MEDIA_URL")
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let root = child.id();
    let lines = BufReader::new(child.stderr.take().expect("stderr is piped")).lines();

    println!("\n{duration} s of film        wall s    CPU s");
    let mut before = Reading {
        wall_s: 0.0,
        cpu_s: 0.0,
    };
    let mut last = before;
    for line in lines.map_while(Result::ok) {
        let now = Reading {
            wall_s: begun.elapsed().as_secs_f64(),
            cpu_s: cpu_of_tree(root),
        };
        if line.contains("asking for the video") {
            row("start", before, now);
            before = now;
        } else if let Some((stage, _)) = line.split_once(": done in") {
            row(stage, before, now);
            before = now;
        }
        last = now;
    }
    assert!(child.wait().expect("it can be waited for").success());
    let nothing = Reading {
        wall_s: 0.0,
        cpu_s: 0.0,
    };
    row("total", nothing, last);
    let film_s = film_seconds(out);
    println!(
        "of the film's {film_s:.1} s   {:>6.2}   {:>6.2}",
        last.wall_s / film_s,
        last.cpu_s / film_s
    );
}

fn row(name: &str, from: Reading, to: Reading) {
    println!(
        "{name:<18} {:>8.1} {:>8.1}",
        to.wall_s - from.wall_s,
        to.cpu_s - from.cpu_s
    );
}

fn film_seconds(film: &std::path::Path) -> f64 {
    let probed = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-show_entries",
            "format=duration",
            "-of",
            "csv=p=0",
        ])
        .arg(film)
        .output()
        .expect("ffprobe runs");
    let text = String::from_utf8_lossy(&probed.stdout);
    text.trim().parse().expect("ffprobe tells the length")
}

/// CPU seconds of `root` and all below it, those that have ended included.
fn cpu_of_tree(root: u32) -> f64 {
    let processes: Vec<Process> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Process::read(&entry.file_name().to_string_lossy()))
        .collect();
    let mut tree = vec![root];
    let mut ticks = 0;
    while let Some(pid) = tree.pop() {
        ticks += processes
            .iter()
            .filter(|process| process.pid == pid)
            .map(|process| process.ticks)
            .sum::<u64>();
        let children = processes.iter().filter(|process| process.parent == pid);
        tree.extend(children.map(|process| process.pid));
    }
    ticks as f64 / TICKS
}

struct Process {
    pid: u32,
    parent: u32,
    /// Its own and those of its children that have ended.
    ticks: u64,
}

impl Process {
    /// From `/proc/<pid>/stat`, see proc(5). The name may hold spaces.
    fn read(pid: &str) -> Option<Self> {
        let pid: u32 = pid.parse().ok()?;
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
        let ticks = fields
            .get(11..15)?
            .iter()
            .filter_map(|f| f.parse::<u64>().ok());
        Some(Self {
            pid,
            parent: fields.get(1)?.parse().ok()?,
            ticks: ticks.sum(),
        })
    }
}
