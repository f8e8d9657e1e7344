//! Signing in by address and password.

use domain::session::SignInMethod;
use domain::{EmailAddress, UserId};
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use crate::accounts::Visit;
use crate::limits::{SIGN_IN_FROM, SIGN_IN_TO};
use crate::password::Verdict;
use crate::{AccountError, Accounts, Refused, SignedIn};

/// What passwords are sealed for.
const PURPOSE: &str = "password";

impl Accounts {
    /// Refused in the same words and time for a wrong password and an unknown
    /// address.
    pub async fn sign_in(
        &self,
        email: &EmailAddress,
        password: &SecretString,
        visit: &Visit,
    ) -> Result<SignedIn, AccountError> {
        self.limits
            .take_from(SIGN_IN_FROM, visit.client.address)
            .await?;
        self.limits.take(SIGN_IN_TO, &email.normalized()).await?;
        let index = self.email_index(email).await?;
        let found = sqlx::query!(
            "SELECT id, password FROM accounts WHERE email_index = $1",
            &index[..]
        )
        .fetch_optional(self.pool())
        .await?;
        let user = found.as_ref().map(|found| UserId(found.id));
        let sealed = found.and_then(|found| found.password);
        let verdict = self.check(user, sealed.as_deref(), password).await?;
        let (Some(user), Verdict::Right | Verdict::RightButOld) = (user, verdict) else {
            tracing::info!(
                correlation_id = %visit.correlation_id,
                user.id = user.map(|user| user.to_string()),
                "a sign-in was refused"
            );
            return Err(Refused::Credentials.into());
        };
        if verdict == Verdict::RightButOld {
            let sealed = self.seal_password(user, password).await?;
            sqlx::query!(
                "UPDATE accounts SET password = $2 WHERE id = $1",
                user.0,
                &sealed
            )
            .execute(self.pool())
            .await?;
        }
        self.open_session(user, SignInMethod::Password, visit).await
    }

    /// What `password` is to a stored one, or to none.
    pub(crate) async fn check(
        &self,
        user: Option<UserId>,
        sealed: Option<&[u8]>,
        password: &SecretString,
    ) -> Result<Verdict, AccountError> {
        let stored = match (user, sealed) {
            (Some(user), Some(sealed)) => {
                Some(self.open_password(user.0.as_bytes(), sealed).await?)
            }
            _ => None,
        };
        Ok(self.passwords.verify(password, stored.as_deref()).await?)
    }

    /// The hash of `password`, sealed for `user`: a copy of the database is of no
    /// use to who guesses.
    pub(crate) async fn seal_password(
        &self,
        user: UserId,
        password: &SecretString,
    ) -> Result<Vec<u8>, AccountError> {
        let hash = self.passwords.hash(password).await?;
        self.seal_hash(user.0.as_bytes(), &hash).await
    }

    /// `place` ties the hash to whose it is.
    pub(crate) async fn seal_hash(
        &self,
        place: &[u8],
        hash: &str,
    ) -> Result<Vec<u8>, AccountError> {
        Ok(self
            .vault()
            .seal_secret(PURPOSE, place, hash.as_bytes())
            .await?)
    }

    pub(crate) async fn open_password(
        &self,
        place: &[u8],
        sealed: &[u8],
    ) -> Result<String, AccountError> {
        let hash: SecretSlice<u8> = self.vault().open_secret(PURPOSE, place, sealed).await?;
        Ok(String::from_utf8_lossy(hash.expose_secret()).into_owned())
    }
}
