//! Signing up: an address and a password, then the link in a mail, opened by who
//! knows both.
//!
//! Until then there is no account and nothing in the log. The password is asked
//! for again with the link: somebody who gave another's address cannot have that
//! other person finish an account to which they know the password.

use chrono::TimeDelta;
use domain::session::SignInMethod;
use domain::user::PasswordCause;
use domain::{EmailAddress, Personal, UserId};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::account::{email_of, register_id};
use crate::accounts::Visit;
use crate::jobs::Job;
use crate::limits::{MAIL_FROM, MAIL_TO, SIGN_IN_TO, TOKENS_FROM};
use crate::password::Verdict;
use crate::records::{Happened, Record};
use crate::{AccountError, Accounts, NewPassword, Refused, SignedIn, secret};

/// How long a link to finish signing up is good.
const LINK_FOR: TimeDelta = TimeDelta::hours(24);

const PURPOSE: &str = "sign-up";

impl Accounts {
    /// Sends a link to `email`, whatever is known of it.
    pub async fn sign_up(
        &self,
        email: &EmailAddress,
        password: &SecretString,
        visit: &Visit,
    ) -> Result<(), AccountError> {
        let password = NewPassword::try_new(password, &words_of(email))?;
        self.limits
            .take_from(MAIL_FROM, visit.client.address)
            .await?;
        self.limits.take(MAIL_TO, &email.normalized()).await?;
        let job = Job::SignUp {
            email: email.as_str().to_owned(),
            password_hash: self.passwords.hash(password.secret()).await?,
        };
        self.enqueue(&job).await
    }

    /// Sends the link, or says that there is an account already.
    pub(crate) async fn invite(
        &self,
        job: Uuid,
        email: &EmailAddress,
        password_hash: &str,
    ) -> Result<(), AccountError> {
        let index = self.email_index(email).await?;
        let is_known = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM accounts WHERE email_index = $1) AS "is_known!""#,
            &index[..]
        )
        .fetch_one(self.pool())
        .await?;
        if is_known {
            return self.tell_of_account(job, email.clone()).await;
        }
        let token = secret::fresh("", &*self.parts.entropy);
        let hash = secret::hash(&token);
        let address = email.as_str().as_bytes();
        sqlx::query!(
            "INSERT INTO sign_ups (token_hash, email_index, email, password, expires_at)
             VALUES ($1, $2, $3, $4, $5)",
            &hash,
            &index[..],
            &self.vault().seal_secret(PURPOSE, &hash, address).await?,
            &self.seal_hash(&hash, password_hash).await?,
            self.parts.clock.now() + LINK_FOR,
        )
        .execute(self.pool())
        .await?;
        self.send_sign_up_link(job, email.clone(), &token).await
    }

    /// Makes the account that a link was sent for, and signs its person in.
    pub async fn verify_email(
        &self,
        token: &SecretString,
        password: &SecretString,
        visit: &Visit,
    ) -> Result<SignedIn, AccountError> {
        self.limits
            .take_from(TOKENS_FROM, visit.client.address)
            .await?;
        let hash = secret::hash(token);
        let found = sqlx::query!(
            "SELECT email_index, email, password FROM sign_ups
             WHERE token_hash = $1 AND expires_at > $2",
            &hash,
            self.parts.clock.now()
        )
        .fetch_optional(self.pool())
        .await?
        .ok_or(Refused::Link)?;
        let email = self
            .vault()
            .open_secret(PURPOSE, &hash, &found.email)
            .await?;
        let email = EmailAddress::try_new(&String::from_utf8_lossy(email.expose_secret()))?;
        self.limits.take(SIGN_IN_TO, &email.normalized()).await?;
        let stored = self.open_password(&hash, &found.password).await?;
        if self.passwords.verify(password, Some(&stored)).await? == Verdict::Wrong {
            return Err(Refused::Credentials.into());
        }
        let user = self.id_for(&email).await?;
        let account = NewAccount {
            user,
            email: &email,
            email_index: &found.email_index,
            password: Some(self.seal_hash(user.0.as_bytes(), &stored).await?),
            identity: None,
        };
        if !self.register(account, visit).await? {
            // Another link of the same person was faster, or a provider's word.
            return Err(Refused::Link.into());
        }
        self.open_session(user, SignInMethod::Password, visit).await
    }

    /// Whoever owns the server goes on with what they made before there was an
    /// account.
    pub(crate) async fn id_for(&self, email: &EmailAddress) -> Result<UserId, AccountError> {
        let owner = self.config.owner_email.as_ref();
        let is_owner = owner.is_some_and(|owner| owner.normalized() == email.normalized());
        let local = UserId::LOCAL_OWNER;
        if is_owner
            && self.account(local).await?.is_none()
            && !self.vault().is_destroyed(local).await?
        {
            return Ok(local);
        }
        Ok(UserId(self.parts.ids.fresh()))
    }

    /// Makes an account; false when its address has one.
    pub(crate) async fn register(
        &self,
        account: NewAccount<'_>,
        visit: &Visit,
    ) -> Result<bool, AccountError> {
        let NewAccount {
            user,
            email,
            email_index,
            password,
            identity,
        } = account;
        let cause = self.cause(user, visit).await?;
        let email = self
            .vault()
            .seal_personal(user, &email_of(user), email.as_str())
            .await?;
        let mut records = vec![Record {
            id: register_id(user),
            account: user,
            cause: cause.clone(),
            happened: Happened::Registered {
                email: email.clone(),
                identity: identity
                    .as_ref()
                    .map(|linked| (linked.issuer.clone(), linked.subject.clone())),
            },
        }];
        if password.is_some() {
            let cause_of = PasswordCause::SignUp;
            records.push(self.record(user, &cause, Happened::PasswordSet { cause: cause_of }));
        }
        let mut tx = self.pool().begin().await?;
        let made = sqlx::query!(
            "INSERT INTO accounts (id, email_index, email, password, role, created_at)
             VALUES ($1, $2, $3, $4, 'user', $5)
             ON CONFLICT DO NOTHING",
            user.0,
            email_index,
            serde_json::to_value(&email).expect("what is sealed has string keys only"),
            password.as_deref(),
            self.parts.clock.now(),
        )
        .execute(&mut *tx)
        .await?;
        if made.rows_affected() == 0 {
            return Ok(false);
        }
        if let Some(linked) = identity {
            linked.insert(&mut tx, user).await?;
        }
        sqlx::query!("DELETE FROM sign_ups WHERE email_index = $1", email_index)
            .execute(&mut *tx)
            .await?;
        self.keep(&mut tx, &records).await?;
        tx.commit().await?;
        self.say(records).await;
        Ok(true)
    }
}

/// What an account is made of.
pub(crate) struct NewAccount<'a> {
    pub(crate) user: UserId,
    pub(crate) email: &'a EmailAddress,
    pub(crate) email_index: &'a [u8],
    /// Sealed.
    pub(crate) password: Option<Vec<u8>>,
    pub(crate) identity: Option<Linked>,
}

/// An identity at another provider.
pub(crate) struct Linked {
    pub(crate) issuer: String,
    pub(crate) subject_index: [u8; 32],
    /// As its event holds it.
    pub(crate) subject: Personal,
}

impl Linked {
    pub(crate) async fn insert(
        &self,
        tx: &mut sqlx::PgConnection,
        user: UserId,
    ) -> sqlx::Result<()> {
        sqlx::query!(
            "INSERT INTO account_identities (issuer, subject_index, account) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
            self.issuer,
            &self.subject_index[..],
            user.0
        )
        .execute(tx)
        .await?;
        Ok(())
    }
}

/// What of an address makes a bad password.
pub(crate) fn words_of(email: &EmailAddress) -> Vec<&str> {
    let words = email.as_str().split(|c: char| !c.is_alphanumeric());
    words
        .chain([email.as_str(), "narrate", "narrateai"])
        .collect()
}
