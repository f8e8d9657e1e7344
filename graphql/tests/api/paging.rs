use serde_json::Value;

use crate::harness::App;

async fn page(app: &App, arguments: &str) -> Value {
    let query = format!(
        "{{ videos({arguments}) {{
            totalCount
            pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
            edges {{ cursor node {{ id topic }} }}
        }} }}"
    );
    app.ask_raw(&query).await["data"]["videos"].clone()
}

fn topics(page: &Value) -> Vec<String> {
    let edges = page["edges"].as_array().unwrap().iter();
    edges
        .map(|edge| edge["node"]["topic"].as_str().unwrap().to_owned())
        .collect()
}

/// All 45 were requested at the same instant, so only ids order them.
#[tokio::test]
async fn pages_of_45_videos_hold_each_once_and_new_ones_shift_nothing() {
    let app = App::start().await;
    let mut requested: Vec<String> = (0..45).map(|n| format!("Topic {n}")).collect();
    for topic in &requested {
        app.video(topic).await;
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    let mut sizes = Vec::new();
    loop {
        let page = page(&app, &format!("first: 20{after}")).await;
        let info = &page["pageInfo"];
        assert_eq!(page["totalCount"], 45);
        assert_eq!(info["hasPreviousPage"], !seen.is_empty());
        assert_eq!(info["startCursor"], page["edges"][0]["cursor"]);
        seen.extend(topics(&page));
        sizes.push(topics(&page).len());
        after = format!(", after: {}", info["endCursor"]);
        if info["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(sizes, [20, 20, 5]);
    seen.sort();
    requested.sort();
    assert_eq!(seen, requested);
}

#[tokio::test]
async fn videos_are_narrowed_by_series_and_status() {
    let app = App::start().await;
    app.video("Bees").await;
    let ready = app.video("Wasps").await;
    let position = app.produce(ready).await;
    let found = page(
        &app,
        &format!(r#"status: READY, minPosition: "{position}""#),
    )
    .await;
    assert_eq!(
        (topics(&found), &found["totalCount"]),
        (vec!["Wasps".to_owned()], &1.into())
    );
    let none = page(&app, r#"seriesId: "no id""#).await;
    assert_eq!(topics(&none), Vec::<String>::new());
}

#[tokio::test]
async fn a_page_out_of_range_or_after_nothing_known_names_the_argument() {
    let app = App::start().await;
    let field = async |arguments: &str| {
        let query = format!("{{ videos({arguments}) {{ totalCount }} }}");
        let answer = app.ask_raw(&query).await;
        answer["errors"][0]["extensions"]["field"].clone()
    };
    assert_eq!(field("first: 0").await, "first");
    assert_eq!(field("first: 101").await, "first");
    assert_eq!(field(r#"after: "yesterday""#).await, "after");
}
