//! The mails, in plain words. Links carry their secret behind `#`, which
//! browsers keep to themselves: no server, log or proxy sees it.

use domain::EmailAddress;
use integrations::mail::Mail;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::jobs::Notice;
use crate::{AccountError, Accounts};

impl Accounts {
    pub(crate) async fn send_sign_up_link(
        &self,
        id: Uuid,
        to: EmailAddress,
        token: &SecretString,
    ) -> Result<(), AccountError> {
        let link = self.page_with("verify", token);
        let text = format!(
            "Somebody, probably you, signed up for NarrateAI with this address. Open this link \
             within 24 hours and type the password that you chose:\n\n{}\n\nIf it was not you, \
             ignore this mail: without the link there is no account.\n",
            link.expose_secret()
        );
        self.send(id, to, "Finish signing up", text, Some(link))
            .await
    }

    pub(crate) async fn tell_of_account(
        &self,
        id: Uuid,
        to: EmailAddress,
    ) -> Result<(), AccountError> {
        let text = format!(
            "Somebody, probably you, signed up for NarrateAI with this address, which has an \
             account already. Sign in, or ask for a new password if you forgot yours:\n\n\
             {}/account\n\nIf it was not you, there is nothing to do.\n",
            self.config.public_url
        );
        self.send(id, to, "You have an account already", text, None)
            .await
    }

    pub(crate) async fn send_reset_link(
        &self,
        id: Uuid,
        to: EmailAddress,
        token: &SecretString,
    ) -> Result<(), AccountError> {
        let link = self.page_with("reset", token);
        let text = format!(
            "Somebody, probably you, asked for a new password for NarrateAI. Open this link \
             within an hour to choose one:\n\n{}\n\nIf it was not you, ignore this mail: your \
             password stays as it is.\n",
            link.expose_secret()
        );
        self.send(id, to, "Choose a new password", text, Some(link))
            .await
    }

    pub(crate) async fn notify(
        &self,
        id: Uuid,
        to: EmailAddress,
        notice: Notice,
    ) -> Result<(), AccountError> {
        let account = format!("{}/account", self.config.public_url);
        let (subject, happened) = match notice {
            Notice::PasswordChanged => (
                "Your password was changed",
                "The password of your NarrateAI account was changed, and its other sessions were \
                 signed out.",
            ),
            Notice::IdentityLinked => (
                "Another way to sign in was added",
                "Your NarrateAI account can now also be signed in to through another provider \
                 that knows this address as yours.",
            ),
            Notice::Erased => (
                "Your account was erased",
                "Your NarrateAI account was erased, with everything personal in it. This cannot \
                 be undone.",
            ),
        };
        let mend = match notice {
            Notice::PasswordChanged | Notice::IdentityLinked => {
                format!("If it was not you, ask for a new password at {account}")
            }
            Notice::Erased => format!("You are welcome to begin anew at {account}"),
        };
        let text = format!("{happened}\n\n{mend}\n");
        self.send(id, to, subject, text, None).await
    }

    async fn send(
        &self,
        id: Uuid,
        to: EmailAddress,
        subject: &str,
        text: String,
        link: Option<SecretString>,
    ) -> Result<(), AccountError> {
        let mail = Mail {
            id,
            to,
            subject: subject.to_owned(),
            text,
            html: None,
            link,
            unsubscribe: None,
        };
        Ok(self.parts.mailer.send(&mail).await?)
    }

    /// The link to a page of ours that finds `token` behind it.
    fn page_with(&self, page: &str, token: &SecretString) -> SecretString {
        let site = &self.config.public_url;
        format!("{site}/account/{page}#{}", token.expose_secret()).into()
    }
}
