//! Where a video's files lie in the media store.
//!
//! `videos/<id>/` holds what people fetch, `videos/<id>/work/` what one stage
//! leaves for the next. Names in `work/` carry the attempt, so a worker that
//! was replaced cannot overwrite what its successor recorded.

use domain::{MediaKey, VideoId};

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

fn key(text: String) -> MediaKey {
    MediaKey::try_new(text).expect("ids and plain names make sound keys")
}
