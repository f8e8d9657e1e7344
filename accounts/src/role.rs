//! Who may do what: changed by admins, and by who runs the server.

use domain::{EmailAddress, Role, UserId};
use event_store::{Actor, Position};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::{Cause, Visit};
use crate::authenticate::role_of;
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
        let cause = self.cause(by, visit).await?;
        let mut tx = self.pool().begin().await?;
        let before =
            sqlx::query_scalar!("SELECT role FROM accounts WHERE id = $1 FOR UPDATE", user.0);
        let before = before.fetch_optional(&mut *tx).await?;
        let before = role_of(&before.ok_or(Refused::NotFound)?)?;
        before.may_become(role).map_err(AccountError::User)?;
        let record = self.record(user, &cause, Happened::RoleChanged { role });
        self.give_role(&mut tx, role, &record).await?;
        tx.commit().await?;
        Ok(self.role_was_given(vec![record]).await)
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
        let mut tx = self.pool().begin().await?;
        let before = sqlx::query_scalar!("SELECT id FROM accounts WHERE role = 'owner' FOR UPDATE");
        let before = before.fetch_optional(&mut *tx).await?.map(UserId);
        let mut records = Vec::new();
        if let Some(before) = before.filter(|before| *before != account.id) {
            let record = self.record(before, &cause, Happened::SteppedDown);
            self.give_role(&mut tx, Role::Admin, &record).await?;
            records.push(record);
        }
        let record = self.record(account.id, &cause, Happened::Promoted);
        self.give_role(&mut tx, Role::Owner, &record).await?;
        records.push(record);
        tx.commit().await?;
        self.role_was_given(records).await;
        Ok(())
    }

    async fn give_role(
        &self,
        tx: &mut PgConnection,
        role: Role,
        record: &Record,
    ) -> Result<(), AccountError> {
        sqlx::query!(
            "UPDATE accounts SET role = $2 WHERE id = $1",
            record.account.0,
            role.slug()
        )
        .execute(&mut *tx)
        .await?;
        self.keep(tx, std::slice::from_ref(record)).await?;
        Ok(())
    }

    async fn role_was_given(&self, records: Vec<Record>) -> Option<Position> {
        self.standing.look_now();
        self.say(records).await
    }
}
