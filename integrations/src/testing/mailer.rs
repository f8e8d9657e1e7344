use async_trait::async_trait;

use super::Fake;
use crate::mail::{Mail, MailError, Mailer};

/// Keeps mail in memory: [`calls`](Fake::calls) has every attempt.
pub type FakeMailer = Fake<Mail, MailError>;

#[async_trait]
impl Mailer for FakeMailer {
    fn place(&self) -> String {
        "memory of a test".to_owned()
    }

    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.count_call(mail);
        self.outcome(mail).await
    }

    async fn probe(&self) -> Result<(), MailError> {
        Ok(())
    }
}
