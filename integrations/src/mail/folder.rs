//! Mail of an installation that has no mail server: files to be opened with any
//! mail program.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use domain::Clock;
use secrecy::ExposeSecret;

use super::message::compose;
use super::{Mail, MailError, Mailer, Outage, Sender};
use crate::partial::Partial;

/// Where mail is kept instead of sent.
#[derive(Debug, Clone)]
pub struct Outbox {
    pub folder: PathBuf,
    /// Writes each mail's link into the log. Whoever reads the log can then open
    /// it in the name of the mail's reader, so this is only for a program that
    /// serves nobody but the person at its terminal: on loopback.
    pub log_links: bool,
}

/// Writes each mail to a file of its own, which only its owner can read. Names
/// begin with the time, so they sort by it, and do not tell the recipient.
#[derive(Clone)]
pub struct FolderMailer {
    outbox: Outbox,
    sender: Sender,
    clock: Arc<dyn Clock>,
}

impl FolderMailer {
    /// Makes the folder if need be, and closes it to others.
    pub async fn open(
        outbox: Outbox,
        sender: Sender,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, MailError> {
        let mailer = Self {
            outbox,
            sender,
            clock,
        };
        mailer.blocking(make_private).await?;
        Ok(mailer)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, MailError> {
        let folder = self.outbox.folder.clone();
        tokio::task::spawn_blocking(move || work(&folder))
            .await
            .unwrap_or_else(|stopped| Err(io::Error::other(stopped)))
            .map_err(|error| failure(&self.outbox.folder, &error))
    }
}

#[async_trait]
impl Mailer for FolderMailer {
    fn place(&self) -> String {
        format!("folder {}", self.outbox.folder.display())
    }

    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let now = self.clock.now();
        let message = compose(mail, &self.sender, now)?;
        let name = format!("{}-{}.eml", now.format("%Y%m%dT%H%M%S%.3fZ"), mail.id);
        let path = self
            .blocking(move |folder| keep(folder, &name, &message))
            .await?;
        let link = mail.link.as_ref().filter(|_| self.outbox.log_links);
        tracing::info!(
            mail.id = %mail.id,
            path = %path.display(),
            link = link.map(ExposeSecret::expose_secret),
            "kept a mail in a folder, as no mail server is set"
        );
        Ok(())
    }

    async fn probe(&self) -> Result<(), MailError> {
        self.blocking(|folder| {
            let trial = Partial::at(folder.join(format!(".probe-{}", std::process::id())));
            create(trial.path()).map(drop)
        })
        .await
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    // It may have been there before, open to others.
    std::fs::set_permissions(folder, Permissions::from_mode(0o700))
}

fn keep(folder: &Path, name: &str, message: &[u8]) -> io::Result<PathBuf> {
    let path = folder.join(name);
    let partial = Partial::beside(&path);
    let mut file = create(partial.path())?;
    file.write_all(message)?;
    file.sync_all()?;
    partial.become_file(&path)?;
    File::open(folder)?.sync_all()?;
    Ok(path)
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
}

fn failure(folder: &Path, error: &io::Error) -> MailError {
    use io::ErrorKind as K;
    let place = folder.display().to_string();
    match error.kind() {
        K::PermissionDenied | K::ReadOnlyFilesystem | K::NotADirectory | K::AlreadyExists => {
            MailError::misconfigured(format!(
                "the folder {place} takes no mail: {error}; correct its permissions, or set SMTP_URL"
            ))
        }
        _ => MailError::from(Outage::Folder {
            place,
            problem: error.to_string(),
        }),
    }
}
