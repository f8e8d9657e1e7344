use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::Personal;
use crate::testing::Given;

const ADA: UserId = UserId(Uuid::from_u128(1));

fn given(events: impl IntoIterator<Item = UserEvent>) -> Given<User> {
    crate::testing::given(events)
}

fn sealed(what: &str) -> Personal {
    Personal::new(ADA, format!("v1.{what}"))
}

fn register() -> UserCommand {
    UserCommand::Register {
        user: ADA,
        email: sealed("address"),
        identity: None,
    }
}

fn registered() -> UserEvent {
    UserEvent::Registered {
        user: ADA,
        email: sealed("address"),
    }
}

fn has_role(role: Role) -> UserEvent {
    UserEvent::RoleChanged { role }
}

fn erased() -> UserEvent {
    UserEvent::Erased {
        cause: ErasureCause::Asked,
    }
}

const ERASE: UserCommand = UserCommand::Erase {
    cause: ErasureCause::Asked,
};

#[test]
fn who_registers_has_proved_their_address() {
    given([])
        .when(register())
        .then([registered(), UserEvent::EmailVerified {}]);
}

#[test]
fn who_registers_through_an_identity_is_linked_to_it_at_once() {
    let register = UserCommand::Register {
        user: ADA,
        email: sealed("address"),
        identity: Some(("https://id.example".to_owned(), sealed("subject"))),
    };
    given([]).when(register).then([
        registered(),
        UserEvent::EmailVerified {},
        UserEvent::IdentityLinked {
            issuer: "https://id.example".to_owned(),
            subject: sealed("subject"),
        },
    ]);
}

#[test]
fn registering_again_records_nothing() {
    given([registered()]).when(register()).then_nothing();
}

#[test]
fn a_role_is_changed_once() {
    let to_admin = || UserCommand::ChangeRole { role: Role::Admin };
    given([registered()])
        .when(to_admin())
        .then([has_role(Role::Admin)]);
    given([registered(), has_role(Role::Admin)])
        .when(to_admin())
        .then_nothing();
}

#[test]
fn the_owner_can_be_neither_demoted_nor_erased() {
    let owner = || given([registered(), has_role(Role::Owner)]);
    for role in [Role::User, Role::Admin, Role::Owner] {
        owner()
            .when(UserCommand::ChangeRole { role })
            .then_err(UserError::IsOwner);
    }
    owner().when(ERASE).then_err(UserError::IsOwner);
}

#[test]
fn nobody_becomes_the_owner_by_a_change_of_role() {
    given([registered()])
        .when(UserCommand::ChangeRole { role: Role::Owner })
        .then_err(UserError::OwnerIsPromoted);
}

#[test]
fn an_owner_steps_down_to_admin_and_can_then_be_erased() {
    given([registered(), has_role(Role::Owner)])
        .when(UserCommand::StepDown)
        .then([has_role(Role::Admin)]);
    given([registered(), has_role(Role::Owner), has_role(Role::Admin)])
        .when(ERASE)
        .then([erased()]);
}

#[test]
fn who_was_erased_does_not_come_back() {
    let gone = || given([registered(), erased()]);
    gone().when(ERASE).then_nothing();
    gone().when(register()).then_err(UserError::Erased);
    gone()
        .when(UserCommand::PromoteToOwner)
        .then_err(UserError::Erased);
}

#[test]
fn nothing_can_be_done_to_who_is_not_there() {
    given([])
        .when(UserCommand::SetPassword {
            cause: PasswordCause::Reset,
        })
        .then_err(UserError::NotFound);
    given([]).when(ERASE).then_nothing();
}

fn any_command() -> impl Strategy<Value = UserCommand> {
    let role = prop::sample::select(Role::ALL);
    prop_oneof![
        Just(register()),
        Just(UserCommand::SetPassword {
            cause: PasswordCause::Changed
        }),
        role.prop_map(|role| UserCommand::ChangeRole { role }),
        Just(UserCommand::PromoteToOwner),
        Just(UserCommand::StepDown),
        Just(ERASE),
    ]
}

proptest! {
    /// Whatever is commanded, in whatever order.
    #[test]
    fn an_owner_stays_one_until_they_step_down(
        commands in prop::collection::vec(any_command(), 0..30)
    ) {
        let mut user = User::default();
        for command in commands {
            let was = user.role();
            let steps_down = matches!(command, UserCommand::StepDown);
            let events = user.decide(command).unwrap_or_default();
            user = events.iter().fold(user, User::evolve);
            if was == Some(Role::Owner) && !steps_down {
                prop_assert_eq!(user.role(), Some(Role::Owner));
            }
        }
    }
}
