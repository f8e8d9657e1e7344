//! The log to files and to the terminal.

use std::fs::File;
use std::path::Path;

use nix::sys::signal::Signal;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::{Value, json};

use crate::home::Home;
use crate::server::Server;

async fn create_series(server: &Server, name: &str) {
    let query =
        format!(r#"mutation {{ createSeries(input: {{ name: "{name}" }}) {{ position }} }}"#);
    let request = reqwest::Client::new().post(format!("{}/graphql", server.url));
    let answer = request.json(&json!({ "query": query })).send().await;
    let answer: Value = answer.unwrap().json().await.unwrap();
    assert!(
        answer["data"]["createSeries"]["position"].is_string(),
        "{answer}"
    );
}

fn rows(path: &Path) -> i64 {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    reader.metadata().file_metadata().num_rows()
}

/// The names of the series that a line each was printed of.
fn names(printed: &str) -> Vec<String> {
    let name = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap();
        event["data"]["name"].as_str().unwrap().to_owned()
    };
    printed.lines().map(name).collect()
}

#[tokio::test]
async fn the_log_is_exported_part_by_part_and_followed() {
    let home = Home::new();
    let server = Server::start(&home).await;
    for name in ["A", "B"] {
        create_series(&server, name).await;
    }
    let told = home
        .run(&["events", "export", "--out", "1.parquet"])
        .await
        .succeeded();
    assert!(told.stdout.contains("events    2,"), "{told:#?}");
    assert!(told.stdout.contains("--after 2@"), "{told:#?}");
    assert_eq!(rows(&home.films().join("1.parquet")), 2);

    create_series(&server, "C").await;
    let next = ["events", "export", "--after", "1.parquet"];
    home.run(&[&next[..], &["--out", "2.parquet"]].concat())
        .await
        .succeeded();
    assert_eq!(rows(&home.films().join("2.parquet")), 1);

    let lines = ["--format", "ndjson", "--out", "3.ndjson"];
    home.run(&[&next[..], &lines].concat()).await.succeeded();
    let lines = std::fs::read_to_string(home.films().join("3.ndjson")).unwrap();
    assert_eq!(names(&lines), ["C"]);

    let told = home.run(&["events", "tail"]).await.succeeded();
    assert_eq!(names(&told.stdout), ["A", "B", "C"]);

    let mut tail = home.start(&["events", "tail", "--follow", "--after", "3.ndjson"]);
    create_series(&server, "D").await;
    let told = tail.until_printed(|line| line.starts_with('{')).await;
    assert_eq!(names(&told), ["D"]);
    tail.signal(Signal::SIGINT);
    tail.ended().await.succeeded();

    server.stop().await;
    home.assert_only(&["1.parquet", "2.parquet", "3.ndjson"]);
}

#[tokio::test]
async fn without_a_server_one_is_started_that_makes_no_video() {
    let home = Home::new();
    let told = home
        .run(&["events", "export", "--out", "none.parquet"])
        .await
        .succeeded();
    assert!(told.stdout.contains("events    0,"), "{told:#?}");
    assert_eq!(rows(&home.films().join("none.parquet")), 0);
    home.assert_only(&["none.parquet"]);
}

#[tokio::test]
async fn what_cannot_be_exported_is_refused_and_leaves_no_file() {
    let home = Home::new();
    let export = ["events", "export", "--out", "e.parquet"];
    for (arguments, says) in [
        (vec!["--types", "VideoRedy"], "types:"),
        (vec!["--streams", "vide"], "streams:"),
        (vec!["--after", "42"], "neither a position nor a file"),
        (vec!["--after", "42@x"], "after:"),
        (vec!["--format", "ndjson"], "should end in .ndjson"),
    ] {
        let told = home.run(&[&export[..], &arguments].concat()).await;
        assert_ne!(told.code, Some(0), "{arguments:?}");
        assert!(told.stderr.contains(says), "{arguments:?}: {told:#?}");
        home.assert_only(&[]);
    }
}
