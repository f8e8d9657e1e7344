use uuid::Uuid;

use super::*;
use crate::testing::Given;

const ADA: UserId = UserId(Uuid::from_u128(1));

fn given(events: impl IntoIterator<Item = AccessTokenEvent>) -> Given<AccessToken> {
    crate::testing::given(events)
}

fn name() -> Personal {
    Personal::new(ADA, "v1.name".to_owned())
}

fn create() -> AccessTokenCommand {
    AccessTokenCommand::Create {
        owner: ADA,
        name: name(),
        scopes: vec![Scope::Read],
        expires_at: DateTime::UNIX_EPOCH,
    }
}

fn created() -> AccessTokenEvent {
    AccessTokenEvent::Created {
        owner: ADA,
        name: name(),
        scopes: vec![Scope::Read],
        expires_at: DateTime::UNIX_EPOCH,
    }
}

#[test]
fn a_token_is_created_once() {
    given([]).when(create()).then([created()]);
    given([created()]).when(create()).then_nothing();
}

#[test]
fn a_token_is_revoked_once_and_for_good() {
    let revoke = || AccessTokenCommand::Revoke;
    given([created()])
        .when(revoke())
        .then([AccessTokenEvent::Revoked {}]);
    let revoked = || given([created(), AccessTokenEvent::Revoked {}]);
    revoked().when(revoke()).then_nothing();
    revoked().when(create()).then_nothing();
    given([])
        .when(revoke())
        .then_err(AccessTokenError::NotFound);
}
