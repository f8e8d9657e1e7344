//! The files of a viewer's videos, whole or in ranges.

use accounts::Visit;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::video::output::Publication;
use domain::{Asset, MediaKey, VideoId};
use integrations::media::MediaError;
use projections::video::VideoView;

use super::Served;
use super::answer::problem;
use super::range::{Wanted, wanted};
use super::reader::Reader;

/// A browser that opens a file by itself shows it in a page of its own making.
const ONLY_ITSELF: &str = "default-src 'none'; img-src 'self'; media-src 'self'; \
                           style-src 'unsafe-inline'; frame-ancestors 'none'";
/// Characters of a title in a file's name.
const NAME_CHARS: usize = 60;

pub(super) async fn get(
    State(served): State<Served>,
    Reader(reader): Reader,
    Extension(visit): Extension<Visit>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Response {
    let correlation_id = visit.correlation_id;
    let broken = |error: &(dyn std::error::Error + 'static)| {
        tracing::error!(%correlation_id, error, "a file could not be served");
        let message = "the file cannot be served now; try again shortly";
        problem(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
    };
    let Some((key, video)) = video_of(key) else {
        return not_found();
    };
    let view = match served.api.videos().by_id(reader, video).await {
        Ok(Some(view)) => view,
        Ok(None) => return not_found(),
        Err(error) => return broken(&error),
    };
    let Some(asset) = assets(&view).find(|asset| asset.key == key) else {
        return not_found();
    };
    let etag = format!("\"{}\"", asset.sha256);
    if names(&headers, header::IF_NONE_MATCH, &etag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    let range = match asked_range(&headers, &etag, asset.bytes) {
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
        Wanted::Unsatisfiable => {
            let whole = [(header::CONTENT_RANGE, format!("bytes */{}", asset.bytes))];
            return (StatusCode::RANGE_NOT_SATISFIABLE, whole).into_response();
        }
    };
    let read = match served.api.media.read(&key, range.clone()).await {
        Ok(read) => read,
        Err(MediaError::NotFound { .. }) => return not_found(),
        Err(error) => return broken(&error),
    };
    let mut response = Body::from_stream(read.bytes).into_response();
    let mut set = |name, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, asset.content_type.clone());
    set(
        header::CONTENT_LENGTH,
        (read.range.end - read.range.start).to_string(),
    );
    set(header::ACCEPT_RANGES, "bytes".to_owned());
    set(header::ETAG, etag);
    // The viewer's own, and asked again each time: it may be deleted.
    set(header::CACHE_CONTROL, "private, no-cache".to_owned());
    set(header::CONTENT_SECURITY_POLICY, ONLY_ITSELF.to_owned());
    set(header::CONTENT_DISPOSITION, disposition(&view, &key));
    if range.is_some() {
        let part = format!(
            "bytes {}-{}/{}",
            read.range.start,
            read.range.end.saturating_sub(1),
            read.stored.bytes
        );
        set(header::CONTENT_RANGE, part);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

fn not_found() -> Response {
    let message = "there is no such file";
    problem(StatusCode::NOT_FOUND, "NOT_FOUND", message)
}

/// `videos/<id>/…`: the key, and whose video it would be of.
pub(super) fn video_of(key: String) -> Option<(MediaKey, VideoId)> {
    let key = MediaKey::try_new(key).ok()?;
    let video = key.as_str().strip_prefix("videos/")?;
    let video = video.split('/').next()?.parse().ok()?;
    Some((key, video))
}

/// Every file that the video's record names; what else lies beside them is not
/// for fetching.
fn assets(view: &VideoView) -> impl Iterator<Item = &Asset> {
    let published = view.publication.iter().flat_map(Publication::files);
    let pictures = view.scenes.iter().filter_map(|scene| scene.image.as_ref());
    let speech = view.speech.iter().map(|speech| &speech.audio);
    let film = view.film.iter().map(|film| &film.asset);
    published.chain(pictures).chain(speech).chain(film)
}

/// Whether one of a header's entity tags is `etag`.
fn names(headers: &HeaderMap, header: header::HeaderName, etag: &str) -> bool {
    let tags = headers.get_all(header).iter();
    tags.filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|tag| tag.trim() == "*" || tag.trim().trim_start_matches("W/") == etag)
}

/// A range of another version of the file is answered with the whole of this.
fn asked_range(headers: &HeaderMap, etag: &str, bytes: u64) -> Wanted {
    let same_file =
        !headers.contains_key(header::IF_RANGE) || names(headers, header::IF_RANGE, etag);
    let range = headers.get(header::RANGE).filter(|_| same_file);
    wanted(range.and_then(|range| range.to_str().ok()), bytes)
}

/// Shown where it can be, and saved under the video's title.
fn disposition(view: &VideoView, key: &MediaKey) -> String {
    let title = view.script.as_ref().map(|script| script.title.as_str());
    let title: String = title
        .unwrap_or(view.topic.as_str())
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(NAME_CHARS)
        .collect();
    let words: Vec<_> = title.split('-').filter(|word| !word.is_empty()).collect();
    let file = key.file_name();
    format!(
        "inline; filename=\"{}-{file}\"",
        words.join("-").to_lowercase()
    )
}
