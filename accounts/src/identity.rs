//! Signing in by another provider's word.

use domain::session::SignInMethod;
use domain::{EmailAddress, UserId};
use integrations::identity::Identity;
use vault::Place;

use crate::account::register_id;
use crate::accounts::Visit;
use crate::jobs::{Job, Notice};
use crate::limits::TOKENS_FROM;
use crate::records::{Happened, Record};
use crate::sign_up::{Linked, NewAccount};
use crate::{AccountError, Accounts, Refused, SignedIn};

/// Of an account's events, when it begins with an identity: registered, address
/// verified, identity linked.
const LINKED_ORDINAL: usize = 2;

impl Accounts {
    /// Signs in whom a provider vouches for. An identity seen for the first time
    /// is linked to the account of its address, or begins one, but only when the
    /// provider knows the address to be theirs: ours are all verified, so both
    /// sides are.
    pub async fn sign_in_with_identity(
        &self,
        identity: &Identity,
        visit: &Visit,
    ) -> Result<SignedIn, AccountError> {
        self.limits
            .take_from(TOKENS_FROM, visit.client.address)
            .await?;
        let subject_index = self.vault().index("identity", &identity.subject).await?;
        let known = sqlx::query_scalar!(
            "SELECT account FROM account_identities WHERE issuer = $1 AND subject_index = $2",
            identity.issuer,
            &subject_index[..]
        )
        .fetch_optional(self.pool())
        .await?;
        let user = match known {
            Some(user) => UserId(user),
            None => self.link(identity, subject_index, visit).await?,
        };
        self.open_session(user, SignInMethod::Identity, visit).await
    }

    async fn link(
        &self,
        identity: &Identity,
        subject_index: [u8; 32],
        visit: &Visit,
    ) -> Result<UserId, AccountError> {
        let email = identity
            .email
            .as_deref()
            .filter(|_| identity.email_verified);
        let email = email.ok_or(Refused::UnverifiedIdentity)?;
        let email = EmailAddress::try_new(email)?;
        match self.account_of(&email).await? {
            Some(account) => {
                self.link_to(account.id, identity, subject_index, visit)
                    .await?;
                let email = email.as_str().to_owned();
                let notice = Notice::IdentityLinked;
                self.enqueue(&Job::Notice { email, notice }).await?;
                Ok(account.id)
            }
            None => {
                self.register_by(identity, &email, subject_index, visit)
                    .await
            }
        }
    }

    async fn link_to(
        &self,
        user: UserId,
        identity: &Identity,
        subject_index: [u8; 32],
        visit: &Visit,
    ) -> Result<(), AccountError> {
        let cause = self.cause(user, visit).await?;
        let id = self.parts.ids.fresh();
        let event_id = commands::event_id(id, 0);
        let place = subject_of(event_id);
        let subject = self
            .vault()
            .seal_personal(user, &place, &identity.subject)
            .await?;
        let issuer = identity.issuer.clone();
        let record = Record {
            id,
            account: user,
            cause,
            happened: Happened::IdentityLinked {
                issuer: issuer.clone(),
                subject: subject.clone(),
            },
        };
        let linked = Linked {
            issuer,
            subject_index,
            subject,
        };
        let mut tx = self.pool().begin().await?;
        linked.insert(&mut tx, user).await?;
        self.keep(&mut tx, std::slice::from_ref(&record)).await?;
        tx.commit().await?;
        self.say(vec![record]).await;
        Ok(())
    }

    async fn register_by(
        &self,
        identity: &Identity,
        email: &EmailAddress,
        subject_index: [u8; 32],
        visit: &Visit,
    ) -> Result<UserId, AccountError> {
        let user = self.id_for(email).await?;
        let event_id = commands::event_id(register_id(user), LINKED_ORDINAL);
        let place = subject_of(event_id);
        let subject = self
            .vault()
            .seal_personal(user, &place, &identity.subject)
            .await?;
        let linked = Linked {
            issuer: identity.issuer.clone(),
            subject_index,
            subject,
        };
        let account = NewAccount {
            user,
            email,
            email_index: &self.email_index(email).await?,
            password: None,
            identity: Some(linked),
        };
        if self.register(account, visit).await? {
            Ok(user)
        } else {
            // Somebody else began one with this address at the same moment.
            Err(Refused::Session.into())
        }
    }
}

fn subject_of(event_id: uuid::Uuid) -> Place<'static> {
    Place {
        event_id,
        field: "subject",
    }
}
