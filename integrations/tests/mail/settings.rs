//! From settings to a mailer.

use integrations::mail::{self, MailArgs, Outbox};
use tempfile::TempDir;

use crate::letters::{clock, mail_to, misconfiguration};
use crate::sink::{LOGIN, Sink};

fn outbox(folder: &TempDir) -> Outbox {
    Outbox {
        folder: folder.path().join("mail"),
        log_links: false,
    }
}

async fn refused(args: &MailArgs) -> String {
    let folder = tempfile::tempdir().unwrap();
    let opened = mail::open(args, outbox(&folder), clock()).await;
    misconfiguration(opened.err().unwrap())
}

#[tokio::test]
async fn mail_goes_to_the_server_that_is_set() {
    let mut sink = Sink::guarded().await;
    let folder = tempfile::tempdir().unwrap();
    let args = MailArgs {
        smtp_url: Some(format!("smtp://{LOGIN}127.0.0.1:{}", sink.port).into()),
        mail_from: Some("Studio <hello@narrate.example>".to_owned()),
        smtp_ca_file: Some(sink.ca_file()),
    };
    let mailer = mail::open(&args, outbox(&folder), clock()).await.unwrap();
    mailer.probe().await.unwrap();
    mailer.send(&mail_to("ada")).await.unwrap();
    assert_eq!(sink.mail().await["sender"], "hello@narrate.example");
    assert!(!folder.path().join("mail").exists());
}

#[tokio::test]
async fn without_a_server_or_with_empty_settings_mail_goes_to_the_folder() {
    let empty = MailArgs {
        smtp_url: Some("".into()),
        mail_from: Some(String::new()),
        smtp_ca_file: Some("".into()),
    };
    for args in [MailArgs::default(), empty] {
        let folder = tempfile::tempdir().unwrap();
        let mailer = mail::open(&args, outbox(&folder), clock()).await.unwrap();
        mailer.probe().await.unwrap();
        mailer.send(&mail_to("ada")).await.unwrap();
        let place = folder.path().join("mail");
        assert_eq!(mailer.place(), format!("folder {}", place.display()));
        assert_eq!(std::fs::read_dir(place).unwrap().count(), 1);
    }
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_named() {
    let url = Some("smtp://narrator:s3cr3t@mail.example".into());
    let args = MailArgs {
        smtp_url: url,
        ..MailArgs::default()
    };
    assert!(refused(&args).await.starts_with("MAIL_FROM: is not set"));

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let args = MailArgs {
        mail_from: Some("no-reply@narrate.example".to_owned()),
        smtp_ca_file: Some(file.clone()),
        ..args
    };
    let reason = refused(&args).await;
    assert!(reason.starts_with("SMTP_CA_FILE: "), "{reason}");
    assert!(reason.contains("cannot be read"), "{reason}");
    for content in [
        "",
        "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n",
    ] {
        std::fs::write(&file, content).unwrap();
        let reason = refused(&args).await;
        assert!(reason.contains("SMTP_CA_FILE"), "{reason}");
    }
}
