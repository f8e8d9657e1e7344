//! Who may do what: changed by admins, and by who runs the server.

use domain::{EmailAddress, Role, UserId};
use event_store::{Actor, Position};
use uuid::Uuid;

use crate::accounts::{Cause, Visit};
use crate::records::{Happened, Record};
use crate::{AccountError, Accounts, Refused};

impl Accounts {
    /// `by` makes `user` an admin, or one no longer.
    pub async fn change_role(
        &self,
        by: UserId,
        user: UserId,
        role: Role,
        visit: &Visit,
    ) -> Result<Option<Position>, AccountError> {
        let account = self.account(user).await?.ok_or(Refused::NotFound)?;
        account.role.may_become(role).map_err(AccountError::User)?;
        let cause = self.cause(by, visit).await?;
        let record = self.record(user, &cause, Happened::RoleChanged { role });
        self.give_role(role, record).await
    }

    /// Makes the account of `email` the owner. Who was it before becomes an admin.
    pub async fn promote_owner(
        &self,
        email: &EmailAddress,
        correlation_id: Uuid,
    ) -> Result<(), AccountError> {
        let account = self.account_of(email).await?.ok_or(Refused::NotFound)?;
        let cause = Cause {
            correlation_id,
            actor: Actor::System {
                name: "command-line".to_owned(),
            },
            origin: None,
        };
        let before = sqlx::query_scalar!("SELECT id FROM accounts WHERE role = 'owner'");
        let before = before.fetch_optional(self.pool()).await?.map(UserId);
        if let Some(before) = before.filter(|before| *before != account.id) {
            let record = self.record(before, &cause, Happened::SteppedDown);
            self.give_role(Role::Admin, record).await?;
        }
        let record = self.record(account.id, &cause, Happened::Promoted);
        self.give_role(Role::Owner, record).await?;
        Ok(())
    }

    async fn give_role(
        &self,
        role: Role,
        record: Record,
    ) -> Result<Option<Position>, AccountError> {
        let mut tx = self.pool().begin().await?;
        sqlx::query!(
            "UPDATE accounts SET role = $2 WHERE id = $1",
            record.account.0,
            role.slug()
        )
        .execute(&mut *tx)
        .await?;
        self.keep(&mut tx, std::slice::from_ref(&record)).await?;
        tx.commit().await?;
        self.standing.look_now();
        Ok(self.say(vec![record]).await)
    }
}
