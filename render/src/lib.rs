//! Turns pictures, speech, word timings and music into an mp4.
//!
//! A [`Plan`] says what to show and to play; [`render`] makes the film. Frames
//! are drawn here and piped raw to the `ffmpeg` program, which only decodes,
//! encodes and muxes: no text of a user ever reaches a filter graph.
//!
//! The colour path is BT.709 limited range from the first step to the last:
//! pictures become planar 4:2:0 with left-sited chroma once, when loaded
//! (`picture`); the camera resamples those planes (`resample`), fades mix
//! them and captions are blended onto them, so nothing is converted twice.
//!
//! It never knows of events, queues or networks, never reads a clock, and
//! gives the same bytes for the same plan on the same machine.
//!
//! To add a motion, write its two ends in `camera`; to add a caption style,
//! add a row to the table in `captions/style.rs`.

mod camera;
mod captions;
mod compose;
mod encode;
mod error;
mod ffmpeg;
mod film;
mod inspect;
mod picture;
mod plan;
mod planes;
mod resample;
mod sound;
mod temp;
mod timeline;

pub use captions::{CaptionStyle, missing_glyphs};
pub use encode::Preset;
pub use error::RenderError;
pub use film::{Film, Phase, Progress, render};
pub use inspect::{AudioInfo, check_audio, check_picture, still};
pub use plan::{CaptionWord, Motion, Plan, Shot};
