//! `narrate up` on a test's data folder, and questions to it.

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::home::Home;
use crate::run::Run;

pub(crate) struct Server {
    pub(crate) run: Run,
    /// `http://127.0.0.1:<port>`
    pub(crate) url: String,
}

impl Server {
    pub(crate) async fn start(home: &Home) -> Self {
        let mut run = home.start(&["up", "--listen", "127.0.0.1:0"]);
        let line = run.until_printed(|line| line.contains("GraphiQL")).await;
        let page = line.split_whitespace().last().unwrap();
        let url = page.strip_suffix("/graphql").unwrap().to_owned();
        // All of the announcement is out with its last line.
        run.until_printed(|line| line.contains("data ")).await;
        Self { run, url }
    }

    /// The fields of the one video there is.
    pub(crate) async fn video(&self, fields: &str) -> Value {
        let query = format!("{{ videos(first: 2) {{ edges {{ node {{ {fields} }} }} }} }}");
        let request = reqwest::Client::new().post(format!("{}/graphql", self.url));
        let answer = request.json(&json!({ "query": query })).send().await;
        let mut answer: Value = answer.unwrap().json().await.unwrap();
        assert!(answer["errors"].is_null(), "{answer}");
        let edges = answer["data"]["videos"]["edges"].as_array_mut().unwrap();
        assert_eq!(edges.len(), 1);
        edges[0]["node"].take()
    }

    pub(crate) async fn stop(self) {
        self.run.signal(Signal::SIGTERM);
        self.run.ended().await.succeeded();
    }
}
