use domain::MediaKey;

/// How keeping or fetching media fails. `place` is a path, or a bucket and its
/// endpoint; it never holds credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    #[error("{key} is not in the media store; it was deleted, or MEDIA_URL names another store")]
    NotFound { key: MediaKey },
    #[error("the range begins after the end of {key}, which has {bytes} bytes")]
    OutOfRange { key: MediaKey, bytes: u64 },
    #[error("{key} has {bytes} bytes; at most {limit} are read into memory")]
    TooLarge {
        key: MediaKey,
        bytes: u64,
        limit: u64,
    },
    #[error(
        "{key} is not the file that was recorded: its digest differs; restore it or make the video again"
    )]
    Changed { key: MediaKey },
    #[error("MEDIA_URL: {problem}; write a folder, or s3://bucket/prefix?endpoint=https://...")]
    Address { problem: String },
    #[error("{place} has no space left; free some, then retry")]
    NoSpace { place: String },
    #[error("{place} does not allow this: {problem}; correct its permissions or keys, then retry")]
    NotAllowed { place: String, problem: String },
    #[error("{place} is unavailable: {problem}")]
    Unavailable { place: String, problem: String },
    #[error("stopped on request")]
    Cancelled,
}

impl MediaError {
    /// What went wrong with a local file or folder.
    pub(super) fn local(path: &std::path::Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        let place = path.display().to_string();
        match error.kind() {
            K::StorageFull | K::QuotaExceeded | K::FileTooLarge => Self::NoSpace { place },
            K::PermissionDenied | K::ReadOnlyFilesystem | K::NotADirectory | K::IsADirectory => {
                Self::NotAllowed {
                    place,
                    problem: error.to_string(),
                }
            }
            _ => Self::Unavailable {
                place,
                problem: error.to_string(),
            },
        }
    }
}
