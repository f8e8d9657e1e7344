use std::sync::Arc;

use domain::Clock;

use super::{FolderMailer, MailArgs, MailError, Mailer, Outbox, Sender, SmtpConfig, SmtpMailer};

/// The mail server that `SMTP_URL` names, or else `outbox`. Nothing is sent and
/// no server asked: that is [`Mailer::probe`].
pub async fn open(
    args: &MailArgs,
    outbox: Outbox,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Mailer>, MailError> {
    let sender = args.mail_from().map(Sender::try_new).transpose()?;
    let Some(url) = args.smtp_url() else {
        let sender = sender.unwrap_or_else(Sender::nobody);
        return Ok(Arc::new(FolderMailer::open(outbox, sender, clock).await?));
    };
    let sender = sender.ok_or_else(|| {
        MailError::misconfigured(
            "MAIL_FROM: is not set; with SMTP_URL, write NarrateAI <no-reply@example.com>",
        )
    })?;
    let mut config = SmtpConfig::from_url(url, sender)?;
    if let Some(file) = args.smtp_ca_file() {
        config.trust(file).await?;
    }
    Ok(Arc::new(SmtpMailer::try_new(config, clock)?))
}
