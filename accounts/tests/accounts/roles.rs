use accounts::{AccountError, Refused};
use domain::Role;
use domain::user::UserError;
use futures::future::join_all;
use uuid::Uuid;

use crate::support::{ADA, Fixture, OWNER, email, refusal, visit};

async fn role(fixture: &Fixture, address: &str) -> Role {
    let account = fixture.accounts.account_of(&email(address)).await.unwrap();
    account.unwrap().role
}

async fn promote(fixture: &Fixture, address: &str) -> Result<(), AccountError> {
    fixture
        .accounts
        .promote_owner(&email(address), Uuid::from_u128(9))
        .await
}

#[tokio::test]
async fn an_owner_is_promoted_and_makes_room_for_another() {
    let fixture = Fixture::open().await;
    assert_eq!(refusal(promote(&fixture, OWNER).await), Refused::NotFound);
    fixture.sign_up(OWNER).await;
    fixture.sign_up(ADA).await;
    promote(&fixture, OWNER).await.unwrap();
    promote(&fixture, OWNER).await.unwrap();
    assert_eq!(role(&fixture, OWNER).await, Role::Owner);

    promote(&fixture, ADA).await.unwrap();
    assert_eq!(role(&fixture, ADA).await, Role::Owner);
    assert_eq!(role(&fixture, OWNER).await, Role::Admin);
    let changes = fixture.event_types("user").await;
    let changes = changes.iter().filter(|name| *name == "RoleChanged");
    assert_eq!(changes.count(), 3);
}

#[tokio::test]
async fn an_admin_changes_roles_but_not_the_owners() {
    let fixture = Fixture::open().await;
    let owner = fixture.sign_up(OWNER).await.user;
    let ada = fixture.sign_up(ADA).await;
    promote(&fixture, OWNER).await.unwrap();
    let change = async |by, user, role| {
        let changed = fixture
            .accounts
            .change_role(by, user, role, &visit(1))
            .await;
        changed.map(|_| ())
    };
    change(owner, ada.user, Role::Admin).await.unwrap();
    assert_eq!(
        fixture
            .accounts
            .authenticate(&ada.access)
            .await
            .unwrap()
            .role,
        Role::Admin
    );

    for (user, role, error) in [
        (owner, Role::User, UserError::IsOwner),
        (ada.user, Role::Owner, UserError::OwnerIsPromoted),
    ] {
        let Err(AccountError::User(refused)) = change(ada.user, user, role).await else {
            panic!("{error} was not said");
        };
        assert_eq!(refused, error);
    }
    let erased = fixture
        .accounts
        .erase_other(ada.user, owner, &visit(1))
        .await;
    assert!(matches!(
        erased,
        Err(AccountError::User(UserError::IsOwner))
    ));
    assert_eq!(role(&fixture, OWNER).await, Role::Owner);
}

#[tokio::test]
async fn a_change_of_role_counts_at_once_for_who_is_signed_in() {
    let fixture = Fixture::open().await;
    let ada = fixture.sign_up(ADA).await;
    let viewer = fixture.accounts.authenticate(&ada.access).await.unwrap();
    let by = ada.user;
    fixture
        .accounts
        .change_role(by, ada.user, Role::Admin, &visit(1))
        .await
        .unwrap();
    let now = fixture.accounts.still(&viewer).await.unwrap().unwrap();
    assert_eq!((viewer.role, now.role), (Role::User, Role::Admin));
}

#[tokio::test]
async fn who_is_promoted_stays_the_owner_whatever_admins_do_meanwhile() {
    let fixture = Fixture::open().await;
    let root = fixture.sign_up("root@example.com").await.user;
    let ada = fixture.sign_up(ADA).await.user;
    fixture.sign_up(OWNER).await;
    for address in [ADA, OWNER, ADA, OWNER] {
        let changes = (1..=8).map(async |host| {
            let visit = visit(host);
            let changed = fixture.accounts.change_role(root, ada, Role::User, &visit);
            match changed.await {
                Ok(_) | Err(AccountError::User(UserError::IsOwner)) => {}
                Err(error) => panic!("{error}"),
            }
        });
        let (promoted, _) = tokio::join!(promote(&fixture, address), join_all(changes));
        promoted.unwrap();
        assert_eq!(role(&fixture, address).await, Role::Owner);
    }
}
