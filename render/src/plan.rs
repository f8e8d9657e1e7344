//! What to show and to play, as data: also read from a JSON file.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{CaptionStyle, Preset, RenderError};

/// Widest and highest film, in pixels: what H.264 level 5.1 players take.
const MAX_SIDE_PX: usize = 4096;
const MIN_SIDE_PX: usize = 64;
/// TikTok and Instagram take 23 to 60 frames a second.
const FPS_RANGE: std::ops::RangeInclusive<u32> = 23..=60;
/// Films longer than this do not fit the platforms' short form.
const MAX_LENGTH_MS: u64 = 10 * 60 * 1000;

/// A whole film. Times count from its first frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Pixels, even.
    #[serde(default = "default_width")]
    pub width: usize,
    /// Pixels, even.
    #[serde(default = "default_height")]
    pub height: usize,
    #[serde(default = "default_fps")]
    pub fps: u32,
    /// In order of time; each is shown until the next one starts.
    pub scenes: Vec<Shot>,
    /// Speech of any rate and channels; continued in silence or cut at the film's end.
    pub voice: PathBuf,
    /// In order of time; empty for a film without captions.
    #[serde(default)]
    pub words: Vec<CaptionWord>,
    /// Looped or cut to the film's length.
    #[serde(default)]
    pub music: Option<PathBuf>,
    #[serde(default)]
    pub captions: CaptionStyle,
    /// BCP 47, such as `en` or `ja`: chooses among national forms of Han characters.
    #[serde(default = "default_language")]
    pub language: String,
    /// Chooses the camera's paths where a scene names none.
    #[serde(default)]
    pub seed: u64,
    #[serde(default)]
    pub preset: Preset,
}

/// One picture and when it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shot {
    /// PNG, JPEG or WebP of any size; cropped around its middle to the film's shape.
    pub image: PathBuf,
    pub start_ms: u64,
    pub end_ms: u64,
    #[serde(default)]
    pub motion: Option<Motion>,
}

/// How the camera moves over a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Motion {
    ZoomIn,
    ZoomOut,
    PanLeft,
    PanRight,
    PanUp,
    PanDown,
    /// Towards a point off the middle.
    Push,
}

/// A word as it is spoken, with the punctuation it carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaptionWord {
    pub text: String,
    pub start_ms: u32,
    pub end_ms: u32,
}

impl Plan {
    /// Milliseconds from the first frame to the end of the last scene.
    pub fn length_ms(&self) -> u64 {
        self.scenes.last().map_or(0, |scene| scene.end_ms)
    }

    /// Frames of the film: its length rounded to whole frames.
    pub fn total_frames(&self) -> usize {
        crate::timeline::frame_at(self.length_ms(), self.fps)
    }

    /// Checks everything that needs no file.
    ///
    /// # Errors
    /// [`RenderError::Plan`] naming the field, the limit and what was found.
    pub fn check(&self) -> Result<(), RenderError> {
        for (field, side) in [("width", self.width), ("height", self.height)] {
            if !(MIN_SIDE_PX..=MAX_SIDE_PX).contains(&side) || side % 2 == 1 {
                return Err(RenderError::plan(
                    field,
                    format!(
                        "must be an even number of {MIN_SIDE_PX} to {MAX_SIDE_PX} pixels, not {side}"
                    ),
                ));
            }
        }
        if !FPS_RANGE.contains(&self.fps) {
            let problem = format!("must be 23 to 60 frames a second, not {}", self.fps);
            return Err(RenderError::plan("fps", problem));
        }
        self.check_scenes()?;
        self.check_words()
    }

    fn check_scenes(&self) -> Result<(), RenderError> {
        let Some(first) = self.scenes.first() else {
            return Err(RenderError::plan("scenes", "is empty; give at least one"));
        };
        if first.start_ms != 0 {
            let problem = format!("must be 0, not {}", first.start_ms);
            return Err(RenderError::plan("scenes[0].start_ms", problem));
        }
        for (index, scene) in self.scenes.iter().enumerate() {
            let limit_ms = self
                .scenes
                .get(index + 1)
                .map_or(scene.end_ms, |next| next.start_ms);
            if scene.end_ms <= scene.start_ms || scene.end_ms > limit_ms {
                let problem = format!(
                    "is {}; it must lie after the scene's start ({}) and not after the next scene's ({limit_ms})",
                    scene.end_ms, scene.start_ms
                );
                return Err(RenderError::plan(
                    format!("scenes[{index}].end_ms"),
                    problem,
                ));
            }
        }
        if self.length_ms() > MAX_LENGTH_MS || self.total_frames() == 0 {
            let problem = format!(
                "last for {} ms; a film has at least one frame and at most {MAX_LENGTH_MS} ms",
                self.length_ms()
            );
            return Err(RenderError::plan("scenes", problem));
        }
        Ok(())
    }

    fn check_words(&self) -> Result<(), RenderError> {
        let mut previous_ms = 0;
        for (index, word) in self.words.iter().enumerate() {
            if word.start_ms < previous_ms || word.end_ms < word.start_ms {
                let problem = format!(
                    "runs from {} to {} ms; words follow each other in time",
                    word.start_ms, word.end_ms
                );
                return Err(RenderError::plan(format!("words[{index}]"), problem));
            }
            if u64::from(word.start_ms) >= self.length_ms() {
                let problem = format!(
                    "starts at {} ms, after the film's end at {} ms; lengthen the last scene",
                    word.start_ms,
                    self.length_ms()
                );
                return Err(RenderError::plan(format!("words[{index}]"), problem));
            }
            previous_ms = word.start_ms;
        }
        Ok(())
    }
}

fn default_width() -> usize {
    1080
}

fn default_height() -> usize {
    1920
}

fn default_fps() -> u32 {
    30
}

fn default_language() -> String {
    "en".to_owned()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn plan_of(lengths_ms: &[u64]) -> Plan {
        let mut start_ms = 0;
        let scenes = lengths_ms
            .iter()
            .map(|length_ms| {
                let shot = Shot {
                    image: PathBuf::from("scene.png"),
                    start_ms,
                    end_ms: start_ms + length_ms,
                    motion: None,
                };
                start_ms = shot.end_ms;
                shot
            })
            .collect();
        Plan {
            width: 1080,
            height: 1920,
            fps: 30,
            scenes,
            voice: PathBuf::from("voice.wav"),
            words: Vec::new(),
            music: None,
            captions: CaptionStyle::default(),
            language: default_language(),
            seed: 1,
            preset: Preset::default(),
        }
    }

    #[test]
    fn a_plan_file_needs_only_scenes_and_a_voice() {
        let text =
            r#"{"scenes": [{"image": "a.png", "start_ms": 0, "end_ms": 900}], "voice": "v.wav"}"#;
        let plan: Plan = serde_json::from_str(text).unwrap();
        assert_eq!((plan.width, plan.height, plan.fps), (1080, 1920, 30));
        assert_eq!(plan.total_frames(), 27);
        plan.check().unwrap();
    }

    #[test]
    fn a_refused_plan_names_its_field() {
        let refused = |change: fn(&mut Plan)| {
            let mut plan = plan_of(&[1_000, 1_000]);
            change(&mut plan);
            plan.check().unwrap_err().to_string()
        };
        assert!(refused(|plan| plan.width = 101).contains("`width`"));
        assert!(refused(|plan| plan.fps = 0).contains("`fps`"));
        assert!(refused(|plan| plan.scenes.clear()).contains("`scenes`"));
        assert!(refused(|plan| plan.scenes[0].start_ms = 5).contains("`scenes[0].start_ms`"));
        assert!(refused(|plan| plan.scenes[0].end_ms = 1_001).contains("`scenes[0].end_ms`"));
        assert!(refused(|plan| plan.scenes[1].end_ms = 1_000).contains("`scenes[1].end_ms`"));
        let late = refused(|plan| {
            plan.words.push(CaptionWord {
                text: "late".to_owned(),
                start_ms: 2_000,
                end_ms: 2_100,
            });
        });
        assert!(late.contains("`words[0]`"), "{late}");
    }
}
