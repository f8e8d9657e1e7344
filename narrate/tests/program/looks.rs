//! Looks at a finished film with ffmpeg and ffprobe.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Small enough to compare, large enough to tell scenes apart.
const STILL: (usize, usize) = (54, 96);

pub(crate) struct Film {
    path: PathBuf,
    probed: Value,
}

/// When a frame is shown and for how long, in the stream's own unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Packet {
    pub(crate) at: i64,
    pub(crate) lasts: i64,
}

impl Film {
    pub(crate) fn open(path: PathBuf) -> Self {
        let arguments = ["-show_streams", "-show_format", "-of", "json"];
        let probed = ffprobe(&path, &arguments);
        Self { path, probed }
    }

    pub(crate) fn video(&self) -> &Value {
        self.stream("video")
    }

    pub(crate) fn audio(&self) -> &Value {
        self.stream("audio")
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).unwrap()
    }

    /// Of the pictures, in the order in which they are shown.
    pub(crate) fn packets(&self) -> Vec<Packet> {
        let arguments = ["-select_streams", "v", "-show_packets", "-of", "json"];
        let probed = ffprobe(&self.path, &arguments);
        let packets = probed["packets"].as_array().unwrap().iter();
        let mut packets: Vec<_> = packets
            .map(|packet| Packet {
                at: packet["pts"].as_i64().unwrap(),
                lasts: packet["duration"].as_i64().unwrap(),
            })
            .collect();
        packets.sort();
        packets
    }

    /// What a filter of ffmpeg's reports of the whole film.
    pub(crate) fn filtered(&self, kind: &str, filter: &str) -> String {
        let output = ffmpeg(&self.path, &[], &[kind, filter, "-f", "null", "-"]);
        String::from_utf8(output.stderr).unwrap()
    }

    /// The frame at a second, small, as colour values one after another.
    pub(crate) fn still(&self, second: f64) -> Vec<u8> {
        let scale = format!("scale={}:{}", STILL.0, STILL.1);
        let one = ["-vf", &scale, "-frames:v", "1", "-pix_fmt", "rgb24"];
        let seek = second.to_string();
        let raw = [one.as_slice(), &["-f", "rawvideo", "-"]].concat();
        let still = ffmpeg(&self.path, &["-ss", &seek], &raw).stdout;
        assert_eq!(still.len(), STILL.0 * STILL.1 * 3, "no frame at {second} s");
        still
    }

    /// Every frame at the given width and height, as colour values.
    pub(crate) fn frames(&self, (width, height): (usize, usize)) -> Vec<Vec<u8>> {
        let scale = format!("scale={width}:{height}:in_color_matrix=bt709");
        let arguments = ["-vf", &scale, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"];
        let raw = ffmpeg(&self.path, &[], &arguments).stdout;
        let frames = raw.chunks_exact(width * height * 3);
        frames.map(<[u8]>::to_vec).collect()
    }

    fn stream(&self, kind: &str) -> &Value {
        let streams = self.probed["streams"].as_array().unwrap();
        assert_eq!(streams.len(), 2, "pictures and sound, nothing else");
        let found = streams.iter().find(|stream| stream["codec_type"] == kind);
        found.unwrap()
    }
}

/// How far apart two stills are: the mean over all values, 0 to 255.
pub(crate) fn distance(one: &[u8], other: &[u8]) -> f64 {
    let apart = one
        .iter()
        .zip(other)
        .map(|(a, b)| u64::from(a.abs_diff(*b)));
    apart.sum::<u64>() as f64 / one.len() as f64
}

/// A number after `name:` in what a filter said; the last one is of the whole.
pub(crate) fn last_number(said: &str, name: &str) -> f64 {
    let (_, after) = said
        .rsplit_once(name)
        .unwrap_or_else(|| panic!("{name} in {said}"));
    after.split_whitespace().next().unwrap().parse().unwrap()
}

fn ffprobe(film: &Path, arguments: &[&str]) -> Value {
    let mut command = Command::new("ffprobe");
    command
        .args(["-loglevel", "error"])
        .args(arguments)
        .arg(film);
    serde_json::from_slice(&good(&mut command).stdout).unwrap()
}

fn ffmpeg(film: &Path, before: &[&str], after: &[&str]) -> Output {
    let mut command = Command::new("ffmpeg");
    command
        .args(["-hide_banner", "-nostdin", "-nostats"])
        .args(before);
    good(command.arg("-i").arg(film).args(after))
}

fn good(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    output
}
