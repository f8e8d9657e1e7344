//! Clients of subscriptions: opens them, sends mutations, times what arrives.

use std::io::BufRead;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt};
use futures::{SinkExt, TryStreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

/// Sockets opened at the same time.
const OPENING: usize = 32;
/// For what the server has begun to be at rest.
const SETTLE: Duration = Duration::from_secs(2);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
/// When which topic arrived.
type Arrivals = mpsc::UnboundedReceiver<(String, Instant)>;

pub(crate) fn run(address: SocketAddr, subscriptions: usize, mutations: usize) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be built");
    runtime.block_on(async {
        let listener = "subscription { videos { video { topic } } }".to_owned();
        let elsewhere = Uuid::from_u128(1);
        let idle = format!(
            r#"subscription {{ videos(seriesId: "{elsewhere}") {{ video {{ topic }} }} }}"#
        );
        let mut arrivals = listen(open(address, listener.clone(), 1).await);
        warm_up(address, &mut arrivals).await;
        say("warm");
        let idle = open(address, idle, subscriptions - 1).await;
        tokio::time::sleep(SETTLE).await;
        say("open");

        let took = time(address, &mut arrivals, "one", mutations, 1).await;
        println!("one {}", percentiles(took));
        drop((idle, arrivals));
        tokio::time::sleep(SETTLE).await;
        let mut arrivals = listen(open(address, listener, subscriptions).await);
        tokio::time::sleep(SETTLE).await;
        while arrivals.try_recv().is_ok() {}
        let rounds = (mutations / 10).max(1);
        let took = time(address, &mut arrivals, "all", rounds, subscriptions).await;
        println!("all {}", percentiles(took));
    });
}

/// And waits to be told to go on.
fn say(word: &str) {
    println!("{word}");
    let mut line = String::new();
    let heard = std::io::stdin().lock().read_line(&mut line);
    heard.expect("the parent answers");
}

async fn warm_up(address: SocketAddr, arrivals: &mut Arrivals) {
    time(address, arrivals, "warm", 5, 1).await;
}

/// How long each of `hearers` waited for each of so many mutations.
async fn time(
    address: SocketAddr,
    arrivals: &mut Arrivals,
    name: &str,
    mutations: usize,
    hearers: usize,
) -> Vec<Duration> {
    let client = reqwest::Client::new();
    let mut took = Vec::with_capacity(mutations * hearers);
    for number in 0..mutations {
        let topic = format!("{name} {number}");
        let query = format!(
            r#"mutation {{ requestVideo(input: {{ topic: "{topic}" }}) {{ position errors {{ code }} }} }}"#
        );
        let sent = Instant::now();
        let request = client
            .post(format!("http://{address}/graphql"))
            .json(&json!({ "query": query }))
            .send();
        let hear = async {
            let mut heard = 0;
            while heard < hearers {
                let (what, at) = arrivals.recv().await.expect("someone listens");
                if what == topic {
                    took.push(at - sent);
                    heard += 1;
                }
            }
        };
        let (answer, ()) = tokio::join!(request, hear);
        answer.expect("the mutation is answered");
    }
    took
}

async fn open(address: SocketAddr, query: String, count: usize) -> Vec<Socket> {
    stream::iter(0..count)
        .map(|_| subscribe(address, &query))
        .buffer_unordered(OPENING)
        .collect()
        .await
}

async fn subscribe(address: SocketAddr, query: &str) -> Socket {
    let url = format!("ws://{address}/graphql");
    let mut request = url.into_client_request().expect("it is an address");
    let protocol = "graphql-transport-ws".parse().expect("it is a header");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = connect_async(request)
        .await
        .expect("the server takes one more");
    let payload = json!({ "query": query });
    for message in [
        json!({ "type": "connection_init" }),
        json!({ "type": "subscribe", "id": "1", "payload": payload }),
    ] {
        let sent = socket.send(Message::text(message.to_string())).await;
        sent.expect("the server listens");
    }
    let acknowledged = socket.next().await.expect("the server answers");
    acknowledged.expect("the server acknowledges");
    socket
}

/// What each of `sockets` hears, with the instant at which it was there.
fn listen(sockets: Vec<Socket>) -> Arrivals {
    let (arrived, arrivals) = mpsc::unbounded_channel();
    for mut socket in sockets {
        let arrived = arrived.clone();
        tokio::spawn(async move {
            while let Ok(Some(message)) = socket.try_next().await {
                let at = Instant::now();
                let Message::Text(text) = message else {
                    continue;
                };
                let answer: Value = serde_json::from_str(&text).expect("answers are JSON");
                let topic = &answer["payload"]["data"]["videos"]["video"]["topic"];
                if let Some(topic) = topic.as_str()
                    && arrived.send((topic.to_owned(), at)).is_err()
                {
                    return;
                }
            }
        });
    }
    arrivals
}

fn percentiles(mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let at = |share: f64| {
        let place = (took.len() as f64 * share) as usize;
        took[place.min(took.len() - 1)].as_secs_f64() * 1_000.0
    };
    format!(
        "{:>10}  {:>6.1}  {:>6.1}  {:>6.1}  {:>6.1}",
        took.len(),
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    )
}
