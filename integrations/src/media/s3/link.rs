use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use domain::MediaKey;
use url::Url;

use super::S3Store;
use crate::media::{MediaError, MediaStore};

/// What a signature of the API is good for at most.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// At the bucket's public address if it has one, or signed.
pub(super) async fn to(
    store: &S3Store,
    key: &MediaKey,
    valid_for: Duration,
) -> Result<Url, MediaError> {
    let full = store.full(key);
    if let Some(public) = &store.config.public {
        return Ok(below(public, &full));
    }
    let expires = PresigningConfig::expires_in(valid_for.clamp(Duration::from_secs(1), LONGEST))
        .expect("the time was clamped to what can be signed");
    let signed = store
        .client
        .get_object()
        .bucket(&store.config.bucket)
        .key(full)
        .presigned(expires)
        .await
        .map_err(|error| store.error(key, error))?;
    signed
        .uri()
        .parse()
        .map_err(|error: url::ParseError| MediaError::Unavailable {
            place: store.place(),
            problem: format!("its signed address cannot be read: {error}"),
        })
}

/// `full` below an address that may itself have a path.
fn below(public: &Url, full: &str) -> Url {
    let mut url = public.clone();
    // Only addresses with a host are taken, and those have a path.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(full.split('/'));
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_lies_below_the_public_address() {
        for (public, expected) in [
            (
                "https://media.example",
                "https://media.example/videos/1/a.mp4",
            ),
            (
                "https://cdn.example/reels/",
                "https://cdn.example/reels/videos/1/a.mp4",
            ),
        ] {
            let url = below(&public.parse().unwrap(), "videos/1/a.mp4");
            assert_eq!(url.as_str(), expected);
        }
    }
}
