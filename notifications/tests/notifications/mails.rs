use chrono::TimeDelta;
use domain::video::Video;
use domain::{NotificationChannel, NotificationKind, UserId};
use integrations::mail::{Mail, MailError, Outage};
use notifications::Preference;
use secrecy::ExposeSecret;

use crate::support::{ADA, Fixture, failed};

const ADDRESS: &str = "ada@example.com";

async fn fail(fixture: &Fixture, owner: UserId) -> uuid::Uuid {
    let video = fixture.request(owner, "Bees").await;
    fixture.record::<Video>(owner, video, &[failed()]).await;
    fixture.announce().await;
    video
}

fn token_of(mail: &Mail) -> String {
    let link = mail.unsubscribe.as_ref().unwrap().expose_secret();
    assert!(mail.text.contains(link));
    let (site, token) = link.rsplit_once('/').unwrap();
    assert_eq!(site, "https://reels.example/unsubscribe");
    token.to_owned()
}

#[tokio::test]
async fn a_failure_is_told_by_mail_once_with_what_to_do_and_a_link_that_ends_such_mails() {
    let fixture = Fixture::open().await;
    let ada = fixture.person(ADDRESS).await;
    let video = fail(&fixture, ada).await;
    fixture.announce().await;
    fixture.mails.send_what_is_due().await.unwrap();
    fixture.mails.send_what_is_due().await.unwrap();
    let sent = fixture.mailer.calls();
    let [mail] = &sent[..] else {
        panic!("{sent:?}")
    };
    assert_eq!(mail.to.as_str(), ADDRESS);
    assert_eq!(mail.subject, "“Bees” failed in images");
    for said in [
        "the provider refused scene 3",
        "retry the video",
        &video.to_string(),
    ] {
        assert!(mail.text.contains(said), "{}", mail.text);
    }
    token_of(mail);
}

#[tokio::test]
async fn who_unsubscribed_gets_no_more_of_the_kind_and_others_do() {
    let fixture = Fixture::open().await;
    let ada = fixture.person(ADDRESS).await;
    let bob = fixture.person("bob@example.com").await;
    fail(&fixture, ada).await;
    fixture.mails.send_what_is_due().await.unwrap();
    let token = token_of(&fixture.mailer.calls()[0]);
    let subscribed = fixture.mails.subscribed(&token).await.unwrap().unwrap();
    assert_eq!(subscribed.person, ada);
    assert_eq!(subscribed.kind, NotificationKind::VideoFailed);
    fixture.mails.unsubscribe(subscribed).await.unwrap();
    fixture.mails.unsubscribe(subscribed).await.unwrap();

    fail(&fixture, ada).await;
    fail(&fixture, bob).await;
    fixture.mails.send_what_is_due().await.unwrap();
    let sent = fixture.mailer.calls();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[1].to.as_str(), "bob@example.com");
}

#[tokio::test]
async fn a_link_that_was_changed_is_good_for_nothing() {
    let fixture = Fixture::open().await;
    let ada = fixture.person(ADDRESS).await;
    fail(&fixture, ada).await;
    fixture.mails.send_what_is_due().await.unwrap();
    let token = token_of(&fixture.mailer.calls()[0]);
    let mut parts = token.split('.');
    let (person, kind, signature) = (
        parts.next().unwrap(),
        parts.next().unwrap(),
        parts.next().unwrap(),
    );
    let other = uuid::Uuid::from_u128(9).simple();
    for changed in [
        format!("{other}.{kind}.{signature}"),
        format!("{person}.video-ready.{signature}"),
        format!("{person}.{kind}."),
        format!("{person}.{kind}"),
        format!("{}.{kind}.{signature}", person.to_uppercase()),
        String::new(),
        "...".to_owned(),
    ] {
        let found = fixture.mails.subscribed(&changed).await.unwrap();
        assert_eq!(found, None, "{changed}");
    }
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_asked_again_and_what_it_refuses_is_given_up() {
    let fixture = Fixture::open().await;
    let ada = fixture.person(ADDRESS).await;
    fail(&fixture, ada).await;
    let away = MailError::Unavailable {
        source: Outage::Disconnected {
            problem: "the line is dead".to_owned(),
        },
    };
    fixture.mailer.fail(2, away);
    fixture.mails.send_what_is_due().await.unwrap();
    fixture.mails.send_what_is_due().await.unwrap();
    assert_eq!(fixture.mailer.calls().len(), 1);
    for _ in 0..4 {
        fixture.clock.pass(TimeDelta::seconds(30));
        fixture.mails.send_what_is_due().await.unwrap();
    }
    let calls = fixture.mailer.calls();
    assert_eq!(calls.len(), 3);
    // A repeat is the same mail to whoever looks.
    assert!(calls.iter().all(|mail| mail.id == calls[0].id));

    fail(&fixture, ada).await;
    let reason = "no such mailbox".to_owned();
    fixture.mailer.fail(1, MailError::Refused { reason });
    for _ in 0..3 {
        fixture.mails.send_what_is_due().await.unwrap();
        fixture.clock.pass(TimeDelta::hours(2));
    }
    assert_eq!(fixture.mailer.calls().len(), 4);
}

#[tokio::test]
async fn by_default_what_needs_somebody_is_mailed_and_what_went_well_is_not() {
    let fixture = Fixture::open().await;
    let ada = fixture.person(ADDRESS).await;
    fixture.ready(ada, "Bees").await;
    fixture.announce().await;
    fixture.mails.send_what_is_due().await.unwrap();
    assert!(fixture.mailer.calls().is_empty());
    let wanted = Preference {
        kind: NotificationKind::VideoReady,
        channel: NotificationChannel::Email,
        enabled: true,
    };
    let preferences = fixture.mails.preferences();
    preferences.set(ada, &[wanted]).await.unwrap();
    assert!(preferences.of(ada).await.unwrap().contains(&wanted));
    fixture.ready(ada, "Wasps").await;
    fixture.announce().await;
    fixture.mails.send_what_is_due().await.unwrap();
    assert_eq!(fixture.mailer.calls()[0].subject, "“Wasps” is ready");
}

#[tokio::test]
async fn who_has_no_account_or_was_erased_or_deleted_the_video_is_not_mailed() {
    let fixture = Fixture::open().await;
    fail(&fixture, ADA).await;
    let ada = fixture.person(ADDRESS).await;
    let video = fail(&fixture, ada).await;
    fixture.delete(ada, video).await;
    let bob = fixture.person("bob@example.com").await;
    fail(&fixture, bob).await;
    fixture.erase(bob).await;
    fixture.announce().await;
    fixture.mails.send_what_is_due().await.unwrap();
    assert!(fixture.mailer.calls().is_empty());
}
