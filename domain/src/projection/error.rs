#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProjectionError {
    #[error("version {version} is being built already; wait for it, or cancel it first")]
    AlreadyRebuilding { version: u32 },
    #[error("it is being rolled back to version {version}; wait for that, or cancel it first")]
    AlreadyRollingBack { version: u32 },
    #[error("no rebuild of it is under way")]
    NotRebuilding,
    #[error("no rebuild or rollback of it is under way")]
    NothingToCancel,
    #[error("there is no earlier version to roll back to; one is kept after each rebuild")]
    NoPrevious,
}
