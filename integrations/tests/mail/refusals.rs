//! Mail that does not arrive, and what its sender can do about it.

use std::net::TcpListener;
use std::time::Duration;

use integrations::mail::{MailError, Mailer, Outage, Sender, SmtpMailer};

use crate::letters::{mail_to, misconfiguration, outage, refusal};
use crate::sink::{LOGIN, Sink, config, mailer};

async fn fails(mailer: &SmtpMailer, local: &str) -> MailError {
    mailer.send(&mail_to(local)).await.unwrap_err()
}

#[tokio::test]
async fn an_unknown_recipient_is_refused_for_good_and_the_next_mail_goes_out() {
    let mut sink = Sink::open().await;
    let mailer = sink.plain_mailer().await;
    assert_eq!(
        refusal(fails(&mailer, "refused").await),
        "the mail server does not accept the recipient: 550 5.1.1"
    );
    assert_eq!(
        refusal(fails(&mailer, "spam").await),
        "the mail server does not accept the content: 554 5.7.0"
    );
    mailer.send(&mail_to("ada")).await.unwrap();
    assert_eq!(sink.mail().await["recipients"][0], "ada@people.example");
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_unavailable() {
    let sink = Sink::open().await;
    let error = fails(&sink.plain_mailer().await, "later").await;
    assert_eq!(
        outage(error),
        Outage::AskedToWait {
            reply: "451".to_owned()
        }
    );
}

#[tokio::test]
async fn a_wrong_password_is_for_the_operator() {
    let sink = Sink::guarded().await;
    let mailer = sink.mailer("smtp://narrator:people.example@", "").await;
    let reason = misconfiguration(mailer.probe().await.unwrap_err());
    assert!(
        reason
            .starts_with("SMTP_URL: the mail server does not accept user and password: 535 5.7.8"),
        "{reason}"
    );
    assert_eq!(misconfiguration(fails(&mailer, "ada").await), reason);
}

#[tokio::test]
async fn a_login_that_is_wanted_or_unknown_is_for_the_operator() {
    let guarded = Sink::guarded().await;
    let reason = misconfiguration(fails(&guarded.mailer("smtp://", "").await, "ada").await);
    assert!(reason.contains("wants a login: 530"), "{reason}");

    let without = Sink::start("wrapped", &["--no-login"]).await;
    let mailer = without.mailer(&format!("smtps://{LOGIN}"), "").await;
    let reason = misconfiguration(fails(&mailer, "ada").await);
    assert!(reason.contains("offers no login"), "{reason}");
}

#[tokio::test]
async fn a_sender_that_is_not_ours_is_for_the_operator() {
    let sink = Sink::open().await;
    let mut config = sink.config("smtp://", "?tls=none").await;
    config.sender = Sender::try_new("unwanted@people.example").unwrap();
    let mailer = mailer(config);
    let reason = misconfiguration(fails(&mailer, "ada").await);
    assert!(
        reason.starts_with("MAIL_FROM: the mail server does not accept the sender: 553 5.7.1"),
        "{reason}"
    );
}

#[tokio::test]
async fn without_starttls_nothing_is_said_to_the_server() {
    let sink = Sink::open().await;
    let mailer = sink.mailer(&format!("smtp://{LOGIN}"), "").await;
    let reason = misconfiguration(fails(&mailer, "hang").await);
    assert!(reason.contains("offers no STARTTLS"), "{reason}");
}

#[tokio::test]
async fn an_unknown_authority_or_no_tls_at_all_is_for_the_operator() {
    let (sink, plain) = (Sink::guarded().await, Sink::open().await);
    let stranger = format!("smtp://{LOGIN}127.0.0.1:{}", sink.port);
    let in_clear = format!("smtps://127.0.0.1:{}", plain.port);
    // The certificate is for the address only.
    let other_name = format!("smtp://{LOGIN}localhost:{}", sink.port);
    for (address, authority) in [
        (stranger, None),
        (in_clear, None),
        (other_name, Some(&sink)),
    ] {
        let mut config = config(&address);
        if let Some(sink) = authority {
            config.trust(&sink.ca_file()).await.unwrap();
        }
        let mailer = mailer(config);
        let reason = misconfiguration(mailer.probe().await.unwrap_err());
        assert!(
            reason.contains("TLS with the mail server failed"),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_unavailable_when_the_time_is_over() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    for scheme in ["smtp", "smtps"] {
        let address = format!("{scheme}://{LOGIN}127.0.0.1:{port}");
        let mut config = config(&address);
        let after = Duration::from_millis(150);
        config.timeout = after;
        let mailer = mailer(config);
        assert_eq!(
            outage(fails(&mailer, "ada").await),
            Outage::TimedOut { after }
        );
        assert_eq!(
            outage(mailer.probe().await.unwrap_err()),
            Outage::TimedOut { after }
        );
    }
}

#[tokio::test]
async fn a_server_that_is_gone_is_unavailable_also_between_two_mails() {
    let mut sink = Sink::open().await;
    let mailer = sink.plain_mailer().await;
    mailer.send(&mail_to("ada")).await.unwrap();
    sink.stop().await;
    for error in [
        fails(&mailer, "ada").await,
        mailer.probe().await.unwrap_err(),
    ] {
        let outage = outage(error);
        assert!(matches!(outage, Outage::Disconnected { .. }), "{outage:?}");
    }
}
