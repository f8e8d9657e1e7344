//! Webhooks to a receiver on loopback, by names that lead where a test wants.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::DateTime;
use integrations::testing::{Reply, WebhookReceiver};
use integrations::webhook::{
    Answered, HttpWebhookSender, Lookup, Message, NotSent, Reach, SigningSecret, WebhookSender,
    WebhookUrl,
};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const METADATA: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254));

#[derive(Default, Clone)]
struct Names(HashMap<&'static str, Vec<IpAddr>>);

#[async_trait]
impl Lookup for Names {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(self.0.get(name).cloned().unwrap_or_default())
    }
}

fn loopback_only() -> Reach {
    Reach::with(vec!["127.0.0.0/8".parse().unwrap()])
}

fn sender(reach: Reach, names: &Names) -> HttpWebhookSender {
    HttpWebhookSender::try_new(reach, Arc::new(names.clone())).unwrap()
}

async fn send(
    sender: &HttpWebhookSender,
    url: &str,
    secrets: &[SigningSecret],
) -> Result<Answered, NotSent> {
    // Taken with a wide reach: what is tried here is the sender's own judgement.
    let everywhere = Reach::with(vec!["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()]);
    let url = WebhookUrl::try_new(url, &everywhere).unwrap();
    let message = Message {
        url: &url,
        id: "msg_1",
        at: DateTime::from_timestamp(1_793_448_000, 0).unwrap(),
        body: br#"{"type":"video.ready"}"#.as_slice().into(),
        secrets,
    };
    sender.send(&message).await
}

fn secrets(count: u8) -> Vec<SigningSecret> {
    (0..count)
        .map(|one| SigningSecret::new(&[one; 32]))
        .collect()
}

#[tokio::test]
async fn a_message_comes_with_the_headers_of_the_standard_signed_by_every_secret() {
    let receiver = WebhookReceiver::start().await;
    let both = secrets(2);
    let sent = send(
        &sender(loopback_only(), &Names::default()),
        &receiver.url(),
        &both,
    )
    .await;
    assert_eq!(sent.unwrap().status, 204);
    let received = receiver.received();
    let [message] = &received[..] else {
        panic!("{received:?}")
    };
    assert_eq!(message.header("content-type"), "application/json");
    assert_eq!(message.header("webhook-id"), "msg_1");
    assert_eq!(message.header("webhook-timestamp"), "1793448000");
    assert_eq!(&message.body[..], br#"{"type":"video.ready"}"#);
    assert!(
        both.iter()
            .all(|secret| message.is_signed_by(secret.expose()))
    );
    assert!(!message.is_signed_by(SigningSecret::new(&[9; 32]).expose()));
}

#[tokio::test]
async fn what_the_receiver_says_is_told_and_redirects_are_not_followed() {
    let elsewhere = WebhookReceiver::start().await;
    let receiver = WebhookReceiver::start().await;
    let retry = vec![("retry-after", "120".to_owned())];
    receiver.reply([
        Reply::Status(500),
        Reply::With(429, retry),
        Reply::With(307, vec![("location", elsewhere.url())]),
    ]);
    let sender = sender(loopback_only(), &Names::default());
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(send(&sender, &receiver.url(), &secrets(1)).await.unwrap());
    }
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [500, 429, 307]);
    assert_eq!(answers[1].retry_after, Some(Duration::from_secs(120)));
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_connected_to_whatever_it_led_to_before() {
    let receiver = WebhookReceiver::start().await;
    let port = receiver.address().port();
    let names = Names(HashMap::from([
        ("inside.example", vec![LOOPBACK]),
        ("cloud.example", vec![METADATA]),
        ("mapped.example", vec!["::ffff:127.0.0.1".parse().unwrap()]),
    ]));
    let sender = sender(Reach::default(), &names);
    for name in ["inside.example", "cloud.example", "mapped.example"] {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{name}:{port}/hooks");
            let sent = send(&sender, &url, &secrets(1)).await;
            assert_eq!(sent, Err(NotSent::Forbidden), "{url}");
        }
    }
    for host in [
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
    ] {
        let url = format!("http://{host}:{port}/hooks");
        assert_eq!(
            send(&sender, &url, &secrets(1)).await,
            Err(NotSent::Forbidden),
            "{url}"
        );
    }
    assert!(receiver.received().is_empty());
}

#[tokio::test]
async fn of_the_addresses_of_a_name_only_those_that_may_be_reached_are_tried() {
    let receiver = WebhookReceiver::start().await;
    let port = receiver.address().port();
    // The first, which stands for a service of the cloud, is passed over.
    let names = Names(HashMap::from([("both.example", vec![METADATA, LOOPBACK])]));
    let sender = sender(loopback_only(), &names);
    let url = format!("http://both.example:{port}/hooks");
    assert_eq!(send(&sender, &url, &secrets(1)).await.unwrap().status, 204);
}

#[tokio::test]
async fn a_receiver_that_is_silent_or_away_is_told_apart_from_one_that_answers() {
    let receiver = WebhookReceiver::start().await;
    receiver.reply([Reply::Silence]);
    let within = Duration::from_millis(300);
    let names = Arc::new(Names::default());
    let hasty = HttpWebhookSender::patient(loopback_only(), names.clone(), within).unwrap();
    let silent = send(&hasty, &receiver.url(), &secrets(1)).await;
    assert_eq!(silent, Err(NotSent::TimedOut { within }));

    let url = receiver.url();
    drop(receiver);
    let away = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = format!("http://{}/", away.local_addr().unwrap());
    drop(away);
    let away = send(&sender(loopback_only(), &names), &closed, &secrets(1)).await;
    let Err(NotSent::NoConnection { problem }) = away else {
        panic!("{away:?}")
    };
    assert!(
        !problem.contains("127.0.0.1") && !problem.contains(&url),
        "{problem}"
    );
    let polite = sender(loopback_only(), &names);
    let unknown = send(&polite, "https://nowhere.example/", &secrets(1)).await;
    assert!(matches!(unknown, Err(NotSent::NoConnection { .. })));
}
