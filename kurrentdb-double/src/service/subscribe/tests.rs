use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use tokio::time::timeout;
use uuid::Uuid;

use super::{Filter, Node, StreamOption, subscribe};
use crate::log::{Expected, Proposed};
use crate::protocol::Empty;
use crate::protocol::streams::ReadResp;
use crate::protocol::streams::read_req::options::filter_options::{
    Expression, Filter as By, Window,
};
use crate::protocol::streams::read_req::options::{
    AllOptions, FilterOption, FilterOptions, all_options::AllOption,
};
use crate::protocol::streams::read_resp::Content;
use crate::service::Answers;
use std::sync::Arc;

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_subscription_tells_the_past_then_that_it_caught_up_then_what_comes() {
    let node = node();
    append(&node, "video-1", 2);
    let mut answers = subscribed(&node, None);

    assert_eq!(next(&mut answers).await, "confirmed");
    for expected in [
        "$system 0",
        "$system 1",
        "video-1 0",
        "video-1 1",
        "caught up",
    ] {
        assert_eq!(next(&mut answers).await, expected);
    }
    append(&node, "video-1", 1);
    assert_eq!(next(&mut answers).await, "video-1 2");
}

#[tokio::test]
async fn a_filtered_one_has_checkpoints_after_each_window_and_before_it_caught_up() {
    let node = node();
    append(&node, "video-1", 1);
    append(&node, "other-1", 4);
    let mut answers = subscribed(&node, Some("video-"));

    let mut told = Vec::new();
    while told.last().is_none_or(|last| last != "caught up") {
        told.push(next(&mut answers).await);
    }
    // Seven events in windows of three: two of the server, one wanted, four not.
    assert_eq!(
        told,
        [
            "confirmed",
            "video-1 0",
            "checkpoint",
            "checkpoint",
            "checkpoint",
            "caught up"
        ]
    );
}

#[tokio::test]
async fn its_end_is_clean_when_the_fault_says_so() {
    let node = node();
    let mut answers = subscribed(&node, None);
    assert_eq!(next(&mut answers).await, "confirmed");

    node.faults.end_subscriptions();

    let ended = timeout(PATIENCE, async {
        while let Some(answer) = answers.next().await {
            answer.unwrap();
        }
    });
    ended.await.expect("it ends without an error");
}

fn node() -> Arc<Node> {
    Arc::new(Node::new())
}

fn subscribed(node: &Arc<Node>, prefix: Option<&str>) -> Answers<ReadResp> {
    let everything = StreamOption::All(AllOptions {
        all_option: Some(AllOption::Start(Empty {})),
    });
    let filter = match prefix {
        None => FilterOption::NoFilter(Empty {}),
        Some(prefix) => FilterOption::Filter(FilterOptions {
            checkpoint_interval_multiplier: 1,
            filter: Some(By::StreamIdentifier(Expression {
                regex: String::new(),
                prefix: vec![prefix.to_owned()],
            })),
            window: Some(Window::Max(3)),
        }),
    };
    let filter = Filter::of_request(Some(filter)).unwrap();
    subscribe(node, everything, filter).unwrap()
}

async fn next(answers: &mut Answers<ReadResp>) -> String {
    let answer = timeout(PATIENCE, answers.next()).await.unwrap();
    match answer.unwrap().unwrap().content.unwrap() {
        Content::Event(event) => {
            let event = event.event.unwrap();
            let stream = event.stream_identifier.unwrap().stream_name;
            let stream = String::from_utf8_lossy(&stream).into_owned();
            format!("{stream} {}", event.stream_revision)
        }
        Content::Confirmation(_) => "confirmed".to_owned(),
        Content::Checkpoint(_) => "checkpoint".to_owned(),
        Content::CaughtUp(_) => "caught up".to_owned(),
        other => panic!("{other:?}"),
    }
}

fn append(node: &Node, stream: &str, count: u128) {
    let events = (0..count).map(|_| Proposed {
        id: Uuid::nil(),
        type_name: "happened".to_owned(),
        content_type: "application/json".to_owned(),
        data: Bytes::new(),
        metadata: Bytes::new(),
    });
    let at = node.log().last_revision(stream);
    let expected = at.map_or(Expected::NoStream, |at| {
        Expected::Revision(at.cast_signed())
    });
    node.append(stream, expected, events.collect()).unwrap();
}
