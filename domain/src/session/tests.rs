use uuid::Uuid;

use super::*;
use crate::testing::Given;

const ADA: UserId = UserId(Uuid::from_u128(1));

fn given(events: impl IntoIterator<Item = SessionEvent>) -> Given<Session> {
    crate::testing::given(events)
}

fn client() -> Personal {
    Personal::new(ADA, "v1.client".to_owned())
}

fn start() -> SessionCommand {
    SessionCommand::Start {
        owner: ADA,
        method: SignInMethod::Password,
        client: client(),
    }
}

fn started() -> SessionEvent {
    SessionEvent::Started {
        owner: ADA,
        method: SignInMethod::Password,
        client: client(),
    }
}

fn end(cause: SessionEnd) -> SessionCommand {
    SessionCommand::End { cause }
}

fn ended(cause: SessionEnd) -> SessionEvent {
    SessionEvent::Ended { cause }
}

#[test]
fn a_session_starts_once() {
    given([]).when(start()).then([started()]);
    given([started()]).when(start()).then_nothing();
}

#[test]
fn a_session_ends_once_for_its_first_cause() {
    given([started()])
        .when(end(SessionEnd::SignedOut))
        .then([ended(SessionEnd::SignedOut)]);
    given([started(), ended(SessionEnd::TokenReused)])
        .when(end(SessionEnd::SignedOut))
        .then_nothing();
}

#[test]
fn what_ended_does_not_start_again() {
    given([started(), ended(SessionEnd::SignedOut)])
        .when(start())
        .then_nothing();
}

#[test]
fn what_never_started_cannot_end() {
    given([])
        .when(end(SessionEnd::SignedOut))
        .then_err(SessionError::NotFound);
}
