#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserError {
    #[error("there is no such account")]
    NotFound,
    #[error("the account was erased")]
    Erased,
    #[error(
        "the owner's account cannot be changed so; make another account the owner first, with `narrate admin promote-owner`"
    )]
    IsOwner,
    #[error("nobody becomes the owner here; use `narrate admin promote-owner` on the server")]
    OwnerIsPromoted,
}
