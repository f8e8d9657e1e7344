//! What the tables of accounts did, said in the log.
//!
//! A record is written in the transaction that does it and appended after that;
//! one that a crash left behind is appended later, under the same ids, so the
//! log says it once.

use commands::CommandContext;
use domain::access_token::{AccessToken, AccessTokenCommand};
use domain::session::{Session, SessionCommand, SessionEnd};
use domain::user::{ErasureCause, PasswordCause, User, UserCommand};
use domain::{AccessTokenId, Personal, Role, SessionId, UserId};
use event_store::Position;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::Cause;
use crate::{AccountError, Accounts};

/// Records that one sweep appends.
const SWEPT: i64 = 100;

/// What happened to an account.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Happened {
    Registered {
        email: Personal,
        identity: Option<(String, Personal)>,
    },
    IdentityLinked {
        issuer: String,
        subject: Personal,
    },
    PasswordSet {
        cause: PasswordCause,
    },
    RoleChanged {
        role: Role,
    },
    Promoted,
    SteppedDown,
    Erased {
        cause: ErasureCause,
    },
    SessionEnded {
        session: SessionId,
        cause: SessionEnd,
    },
    AccessTokenRevoked {
        token: AccessTokenId,
    },
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Of the command that says it.
    pub(crate) id: Uuid,
    pub(crate) account: UserId,
    pub(crate) cause: Cause,
    pub(crate) happened: Happened,
}

impl Accounts {
    /// A record of something new, under an id of its own.
    pub(crate) fn record(&self, account: UserId, cause: &Cause, happened: Happened) -> Record {
        Record {
            id: self.parts.ids.fresh(),
            account,
            cause: cause.clone(),
            happened,
        }
    }

    /// Keeps `records` until the log has them.
    pub(crate) async fn keep(&self, tx: &mut PgConnection, records: &[Record]) -> sqlx::Result<()> {
        for record in records {
            sqlx::query!(
                "INSERT INTO account_records (id, account, record, created_at)
                 VALUES ($1, $2, $3, $4)",
                record.id,
                record.account.0,
                serde_json::to_value(record).expect("records have string keys only"),
                self.parts.clock.now(),
            )
            .execute(&mut *tx)
            .await?;
        }
        Ok(())
    }

    /// Says `records` in the log. What fails is done already, and is said later.
    pub(crate) async fn say(&self, records: Vec<Record>) -> Option<Position> {
        let mut said = None;
        for record in records {
            match self.say_one(&record).await {
                Ok(position) => said = position.or(said),
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the log will be told later what happened to an account"
                    );
                    self.work.notify_one();
                }
            }
        }
        said
    }

    /// Appends what a crash or a log that was away left unsaid, oldest first.
    pub(crate) async fn say_what_was_left(&self) -> Result<(), AccountError> {
        let left = sqlx::query_scalar!(
            "SELECT record FROM account_records ORDER BY created_at, id LIMIT $1",
            SWEPT
        )
        .fetch_all(self.pool())
        .await?;
        for record in left {
            let record: Record = serde_json::from_value(record)
                .map_err(|error| sqlx::Error::Decode(error.into()))?;
            match self.say_one(&record).await {
                // What the domain refuses it always will: others must not wait.
                Err(error @ AccountError::User(_)) => {
                    tracing::error!(
                        record.id = %record.id,
                        error = &error as &dyn std::error::Error,
                        "the log never says what happened to an account"
                    );
                    self.forget_record(record.id).await?;
                }
                outcome => {
                    outcome?;
                }
            }
        }
        Ok(())
    }

    async fn say_one(&self, record: &Record) -> Result<Option<Position>, AccountError> {
        let command = record.cause.command(record.id, record.account);
        let position = self.append(record, &command).await?;
        self.forget_record(record.id).await?;
        Ok(position)
    }

    async fn forget_record(&self, id: Uuid) -> sqlx::Result<()> {
        sqlx::query!("DELETE FROM account_records WHERE id = $1", id)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    async fn append(
        &self,
        record: &Record,
        command: &CommandContext,
    ) -> Result<Option<Position>, AccountError> {
        let user = match &record.happened {
            Happened::SessionEnded { session, cause } => {
                let end = SessionCommand::End { cause: *cause };
                let sent = self
                    .parts
                    .dispatcher
                    .dispatch::<Session>(session.0, end, command);
                return Ok(sent.await?.position);
            }
            Happened::AccessTokenRevoked { token } => {
                let revoke = AccessTokenCommand::Revoke;
                let sent = self
                    .parts
                    .dispatcher
                    .dispatch::<AccessToken>(token.0, revoke, command);
                return Ok(sent.await?.position);
            }
            Happened::Registered { email, identity } => UserCommand::Register {
                user: record.account,
                email: email.clone(),
                identity: identity.clone(),
            },
            Happened::IdentityLinked { issuer, subject } => UserCommand::LinkIdentity {
                issuer: issuer.clone(),
                subject: subject.clone(),
            },
            Happened::PasswordSet { cause } => UserCommand::SetPassword { cause: *cause },
            Happened::RoleChanged { role } => UserCommand::ChangeRole { role: *role },
            Happened::Promoted => UserCommand::PromoteToOwner,
            Happened::SteppedDown => UserCommand::StepDown,
            Happened::Erased { cause } => UserCommand::Erase { cause: *cause },
        };
        let sent = self
            .parts
            .dispatcher
            .dispatch::<User>(record.account.0, user, command);
        Ok(sent.await?.position)
    }
}
