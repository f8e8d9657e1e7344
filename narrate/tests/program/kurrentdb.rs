//! Events in KurrentDB, as far as a double of it goes.

use std::sync::Arc;

use commands::RandomIds;
use event_store::{EventStore, Filter, KurrentLog};
use kurrentdb_double::Double;

use crate::home::Home;
use crate::run::{Ended, Run};

const URL: &str = "EVENT_STORE_URL";

/// One test, as the film takes most of its time.
#[tokio::test]
async fn a_film_is_made_with_its_events_in_kurrentdb_and_there_they_stay() {
    let home = Home::new();
    let double = Double::start().await.unwrap();
    let make = [
        "make",
        "Why bees dance",
        "--duration",
        "30",
        "--out",
        "bees.mp4",
    ];
    run_on(&home, &double.url(), &make).await.succeeded();
    home.assert_only(&["bees.mp4"]);

    let told = types_of_videos(&double).await;
    assert_eq!(told.first().map(String::as_str), Some("VideoRequested"));
    assert_eq!(told.last().map(String::as_str), Some("VideoReady"));

    // What was read from one log is not shown as if it came from another.
    let refused = home.run(&["up", "--listen", "127.0.0.1:0"]).await;
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    for said in ["follow another event log", URL, "--data"] {
        assert!(refused.stderr.contains(said), "{refused:#?}");
    }
    home.assert_only(&["bees.mp4"]);
}

#[tokio::test]
async fn the_doctor_says_whether_kurrentdb_answers_and_never_its_password() {
    let home = Home::new();
    let double = Double::start().await.unwrap();
    let address = double.address();
    let url = format!("kurrentdb://ann:hush@{address}?tls=false");
    let well = run_on(&home, &url, &["doctor"]).await.succeeded();
    assert!(well.stdout.contains("KurrentDB answers"), "{well:#?}");

    double.go_down();
    let ill = run_on(&home, &url, &["doctor"]).await;
    assert_eq!(ill.code, Some(1), "{ill:#?}");
    assert!(ill.stdout.contains(URL), "{ill:#?}");
    let unreadable = run_on(&home, "ann:hush@nowhere", &["up"]).await;
    assert!(
        unreadable.stderr.contains("kurrentdb://user"),
        "{unreadable:#?}"
    );
    for ended in [well, ill, unreadable] {
        assert!(!format!("{ended:?}").contains("hush"), "{ended:#?}");
    }
}

async fn run_on(home: &Home, url: &str, arguments: &[&str]) -> Ended {
    let mut command = home.narrate(arguments);
    command.env(URL, url);
    Run::start(command).ended().await
}

/// Of all events of videos, in order.
async fn types_of_videos(double: &Double) -> Vec<String> {
    let url = double.url().into();
    let log = KurrentLog::connect(&url, Arc::new(RandomIds))
        .await
        .unwrap();
    let start = log.start().await.unwrap();
    let filter = Filter {
        categories: vec!["video".to_owned()],
        ..Filter::default()
    };
    let page = log.read_all(start, 10_000, &filter).await.unwrap();
    let events = page.events.into_iter();
    events.map(|event| event.event.type_name).collect()
}
