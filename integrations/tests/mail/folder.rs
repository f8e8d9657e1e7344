use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use integrations::mail::{FolderMailer, Mail, Mailer, Outbox};
use tracing::instrument::WithSubscriber;

use crate::letters::{ID, LINK, clock, mail_to, misconfiguration, sender};

async fn mailer(folder: &Path, log_links: bool) -> FolderMailer {
    let outbox = Outbox {
        folder: folder.to_owned(),
        log_links,
    };
    FolderMailer::open(outbox, sender(), clock()).await.unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_mail_is_a_file_for_its_owner_only_named_by_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("data/mail");
    mailer(&outbox, false)
        .await
        .send(&mail_to("ada"))
        .await
        .unwrap();
    let [file] = &files(&outbox)[..] else {
        panic!("{:?}", files(&outbox))
    };
    let name = file.file_name().unwrap().to_str().unwrap();
    assert_eq!(name, format!("20300105T070809.123Z-{ID}.eml"));
    assert_eq!((mode(&outbox), mode(file)), (0o700, 0o600));
    let content = std::fs::read_to_string(file).unwrap();
    assert!(content.contains("To: ada@people.example\r\n"), "{content}");
    assert!(content.contains(LINK), "{content}");
}

#[tokio::test]
async fn a_folder_that_was_open_to_others_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let mailer = mailer(folder.path(), false).await;
    assert_eq!(mode(folder.path()), 0o700);
    mailer.probe().await.unwrap();
    assert!(files(folder.path()).is_empty());
}

#[tokio::test]
async fn a_mail_that_could_not_be_kept_whole_is_not_there_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let mailer = mailer(folder.path(), false).await;
    // Its name is taken by something that no file can replace.
    let name = format!("20300105T070809.123Z-{ID}.eml");
    std::fs::create_dir(folder.path().join(&name)).unwrap();
    mailer.send(&mail_to("ada")).await.unwrap_err();
    assert_eq!(files(folder.path()), [folder.path().join(&name)]);
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let outbox = Outbox {
        folder: file.join("mail"),
        log_links: false,
    };
    let error = FolderMailer::open(outbox, sender(), clock()).await.err();
    let reason = misconfiguration(error.unwrap());
    assert!(reason.contains("a-file/mail"), "{reason}");
}

/// What a program logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn logged(folder: &Path, log_links: bool, mail: &Mail) -> String {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let mailer = mailer(folder, log_links).await;
    mailer.send(mail).with_subscriber(subscriber).await.unwrap();
    let lines = log.0.lock().unwrap().clone();
    String::from_utf8(lines).unwrap()
}

#[tokio::test]
async fn the_log_says_where_a_mail_is_and_its_link_only_when_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let mail = mail_to("ada");
    for log_links in [false, true] {
        let log = logged(folder.path(), log_links, &mail).await;
        let path = folder.path().join(format!("20300105T070809.123Z-{ID}.eml"));
        assert!(log.contains(" INFO "), "{log}");
        assert!(log.contains(path.to_str().unwrap()), "{log}");
        assert_eq!(log.contains(LINK), log_links, "{log}");
        for hidden in ["people.example", "Your link", "Open http"] {
            assert!(!log.contains(hidden), "{log}");
        }
    }
    assert_eq!(format!("{mail:?}"), format!("Mail {{ id: {ID}, .. }}"));
}
