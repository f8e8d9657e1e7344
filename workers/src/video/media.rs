//! Where a video's files lie in the media store.
//!
//! `videos/<id>/` holds what people fetch, `videos/<id>/work/` what one stage
//! leaves for the next. Names in `work/` carry the attempt, so a worker that
//! was replaced cannot overwrite what its successor recorded. `work/answers/` holds
//! what providers answered to an attempt, for the next one should there be one.

use domain::{MediaKey, Stage, VideoId};

/// Everything of the video.
pub(super) fn folder(video: VideoId) -> MediaKey {
    key(format!("videos/{video}"))
}

pub(super) fn published(video: VideoId, name: &str) -> MediaKey {
    key(format!("videos/{video}/{name}"))
}

pub(super) fn working(video: VideoId, name: &str, attempt: u32, extension: &str) -> MediaKey {
    key(format!("videos/{video}/work/{name}-{attempt}.{extension}"))
}

/// Answers that were paid for, until the stage is recorded.
pub(super) fn answers(video: VideoId, stage: Stage) -> MediaKey {
    key(format!("videos/{video}/work/answers/{stage}"))
}

/// The same, until the picture of a scene is.
pub(super) fn answers_for_scene(video: VideoId, stage: Stage, scene: u16) -> MediaKey {
    key(format!("videos/{video}/work/answers/{stage}-{scene:03}"))
}

fn key(text: String) -> MediaKey {
    MediaKey::try_new(text).expect("ids and plain names make sound keys")
}
