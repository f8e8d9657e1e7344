#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeriesError {
    #[error("there is no such series")]
    NotFound,
    #[error("the series is archived; create a new one")]
    Archived,
    #[error("the series was deleted")]
    Deleted,
}
