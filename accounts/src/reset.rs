//! Passwords: forgotten ones set anew by a link, known ones changed.

use chrono::TimeDelta;
use domain::session::SessionEnd;
use domain::user::PasswordCause;
use domain::{EmailAddress, SessionId, UserId};
use secrecy::SecretString;
use uuid::Uuid;

use crate::accounts::Visit;
use crate::jobs::{Job, Notice};
use crate::limits::{MAIL_FROM, MAIL_TO, SIGN_IN_TO, TOKENS_FROM};
use crate::password::Verdict;
use crate::records::Happened;
use crate::sign_up::words_of;
use crate::{AccountError, Accounts, NewPassword, Refused, secret};

const LINK_FOR: TimeDelta = TimeDelta::hours(1);

impl Accounts {
    /// Sends a link to `email` if it has an account; says nothing of whether.
    pub async fn request_password_reset(
        &self,
        email: &EmailAddress,
        visit: &Visit,
    ) -> Result<(), AccountError> {
        self.limits
            .take_from(MAIL_FROM, visit.client.address)
            .await?;
        self.limits.take(MAIL_TO, &email.normalized()).await?;
        let email = email.as_str().to_owned();
        self.enqueue(&Job::ResetPassword { email }).await
    }

    pub(crate) async fn offer_reset(
        &self,
        job: Uuid,
        email: &EmailAddress,
    ) -> Result<(), AccountError> {
        let index = self.email_index(email).await?;
        let token = secret::fresh("", &*self.parts.entropy);
        let offered = sqlx::query!(
            "INSERT INTO password_resets (token_hash, account, expires_at)
             SELECT $1, id, $3 FROM accounts WHERE email_index = $2",
            &secret::hash(&token),
            &index[..],
            self.parts.clock.now() + LINK_FOR
        )
        .execute(self.pool())
        .await?;
        if offered.rows_affected() == 0 {
            return Ok(());
        }
        self.send_reset_link(job, email.clone(), &token).await
    }

    /// Sets a new password by a link, once. Every session ends.
    pub async fn reset_password(
        &self,
        token: &SecretString,
        password: &SecretString,
        visit: &Visit,
    ) -> Result<(), AccountError> {
        self.limits
            .take_from(TOKENS_FROM, visit.client.address)
            .await?;
        let user = sqlx::query_scalar!(
            "SELECT account FROM password_resets WHERE token_hash = $1 AND expires_at > $2",
            &secret::hash(token),
            self.parts.clock.now()
        )
        .fetch_optional(self.pool())
        .await?;
        let user = UserId(user.ok_or(Refused::Link)?);
        self.set_password(
            user,
            password,
            PasswordCause::Reset,
            Some(token),
            None,
            visit,
        )
        .await
    }

    /// Sets a new password by the current one. Every other session ends.
    pub async fn change_password(
        &self,
        user: UserId,
        session: Option<SessionId>,
        current: &SecretString,
        password: &SecretString,
        visit: &Visit,
    ) -> Result<(), AccountError> {
        self.check_current(user, current).await?;
        self.set_password(user, password, PasswordCause::Changed, None, session, visit)
            .await
    }

    /// Refuses unless `password` is the one that `user` has.
    pub(crate) async fn check_current(
        &self,
        user: UserId,
        password: &SecretString,
    ) -> Result<(), AccountError> {
        self.limits.take(SIGN_IN_TO, &user.to_string()).await?;
        let sealed = sqlx::query_scalar!("SELECT password FROM accounts WHERE id = $1", user.0)
            .fetch_optional(self.pool())
            .await?
            .flatten();
        match self.check(Some(user), sealed.as_deref(), password).await? {
            Verdict::Right | Verdict::RightButOld => Ok(()),
            Verdict::Wrong => Err(Refused::CurrentPassword.into()),
        }
    }

    async fn set_password(
        &self,
        user: UserId,
        password: &SecretString,
        cause_of: PasswordCause,
        link: Option<&SecretString>,
        keep: Option<SessionId>,
        visit: &Visit,
    ) -> Result<(), AccountError> {
        let account = self.account(user).await?.ok_or(Refused::NotFound)?;
        let password = NewPassword::try_new(password, &words_of(&account.email))?;
        let sealed = self.seal_password(user, password.secret()).await?;
        let cause = self.cause(user, visit).await?;
        let others = self.other_sessions(user, keep).await?;
        let end = match cause_of {
            PasswordCause::Reset => SessionEnd::PasswordReset,
            PasswordCause::Changed | PasswordCause::SignUp => SessionEnd::PasswordChanged,
        };
        let set = self.record(user, &cause, Happened::PasswordSet { cause: cause_of });

        let mut tx = self.pool().begin().await?;
        if let Some(link) = link {
            // Of two who use the link at once, one finds it gone.
            let used = sqlx::query!(
                "DELETE FROM password_resets WHERE token_hash = $1",
                &secret::hash(link)
            );
            if used.execute(&mut *tx).await?.rows_affected() == 0 {
                return Err(Refused::Link.into());
            }
        }
        sqlx::query!("DELETE FROM password_resets WHERE account = $1", user.0)
            .execute(&mut *tx)
            .await?;
        sqlx::query!(
            "UPDATE accounts SET password = $2 WHERE id = $1",
            user.0,
            &sealed
        )
        .execute(&mut *tx)
        .await?;
        let mut records = self.end_in(&mut tx, user, &others, end, &cause).await?;
        self.keep(&mut tx, std::slice::from_ref(&set)).await?;
        tx.commit().await?;
        self.standing.look_now();
        records.push(set);
        self.say(records).await;
        let email = account.email.as_str().to_owned();
        let notice = Notice::PasswordChanged;
        self.enqueue(&Job::Notice { email, notice }).await
    }
}
