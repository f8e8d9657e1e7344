use crate::Stage;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VideoError {
    #[error("there is no such video")]
    NotFound,
    #[error("the video was deleted")]
    Deleted,
    #[error("the video is already finished; it can be deleted, not cancelled")]
    AlreadyReady,
    #[error("the video has not failed; only a failed or cancelled video can be retried")]
    NotRetryable,
    #[error("the {stage} stage cannot complete yet: {missing}")]
    Incomplete { stage: Stage, missing: String },
}
