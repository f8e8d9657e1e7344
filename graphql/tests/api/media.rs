use domain::MediaKey;
use integrations::Observer;
use integrations::media::Body;
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Response, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;
use uuid::Uuid;

use crate::harness::App;

/// A ready video, whose film's bytes are `0123456789`.
async fn ready(app: &App) -> Uuid {
    let video = app.video("Bees").await;
    let position = app.produce(video).await;
    app.ask(&format!(
        r#"{{ video(id: "{video}", minPosition: "{position}") {{ id }} }}"#
    ))
    .await;
    video
}

async fn film(app: &App, video: Uuid, headers: &[(&str, &str)]) -> Response {
    let mut request = app
        .client
        .get(app.url(&format!("/media/videos/{video}/video.mp4")));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn header(headers: &HeaderMap, name: &'static str) -> String {
    let value = headers.get(HeaderName::from_static(name));
    value
        .map_or("none", |value| value.to_str().unwrap())
        .to_owned()
}

#[tokio::test]
async fn a_film_is_served_whole_under_its_title() {
    let app = App::start().await;
    let video = ready(&app).await;
    let response = film(&app, video, &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers().clone();
    assert_eq!(header(&headers, "content-type"), "video/mp4");
    assert_eq!(header(&headers, "content-length"), "10");
    assert_eq!(header(&headers, "accept-ranges"), "bytes");
    assert_eq!(
        header(&headers, "content-disposition"),
        "inline; filename=\"three-hearts-why-video.mp4\""
    );
    assert_eq!(header(&headers, "x-content-type-options"), "nosniff");
    assert_eq!(response.text().await.unwrap(), "0123456789");
}

#[tokio::test]
async fn ranges_are_served_as_players_ask_for_them() {
    let app = App::start().await;
    let video = ready(&app).await;
    for (range, part, content_range) in [
        ("bytes=0-3", "0123", "bytes 0-3/10"),
        ("bytes=8-", "89", "bytes 8-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=5-500", "56789", "bytes 5-9/10"),
    ] {
        let response = film(&app, video, &[("range", range)]).await;
        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(header(response.headers(), "content-range"), content_range);
        assert_eq!(response.text().await.unwrap(), part, "{range}");
    }
    let response = film(&app, video, &[("range", "bytes=10-")]).await;
    assert_eq!(response.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(header(response.headers(), "content-range"), "bytes */10");
}

#[tokio::test]
async fn an_unchanged_film_is_not_sent_again() {
    let app = App::start().await;
    let video = ready(&app).await;
    let etag = header(film(&app, video, &[]).await.headers(), "etag");
    let again = film(&app, video, &[("if-none-match", &etag)]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let resumed = film(&app, video, &[("range", "bytes=8-"), ("if-range", &etag)]).await;
    assert_eq!(resumed.status(), StatusCode::PARTIAL_CONTENT);
    let changed = film(
        &app,
        video,
        &[("range", "bytes=8-"), ("if-range", "\"old\"")],
    )
    .await;
    assert_eq!(changed.status(), StatusCode::OK);
    assert_eq!(changed.text().await.unwrap(), "0123456789");
}

#[tokio::test]
async fn every_address_in_an_answer_can_be_fetched() {
    let app = App::start().await;
    let video = ready(&app).await;
    let answer = app
        .ask_raw(&format!(
            r#"{{ video(id: "{video}") {{
                videoUrl thumbnailUrl thumbnailWebpUrl captionsSrtUrl captionsVttUrl
                scenes {{ imageUrl }}
            }} }}"#
        ))
        .await;
    let video = &answer["data"]["video"];
    let named = [
        "videoUrl",
        "thumbnailUrl",
        "thumbnailWebpUrl",
        "captionsSrtUrl",
        "captionsVttUrl",
    ];
    let named = named.map(|name| video[name].clone());
    let pictures = video["scenes"].as_array().unwrap().iter();
    let pictures = pictures.map(|scene| scene["imageUrl"].clone());
    let urls: Vec<_> = named.into_iter().chain(pictures).collect();
    assert_eq!(urls.len(), 7);
    for url in urls {
        let url = app.url(url.as_str().unwrap());
        let response = app.client.get(&url).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{url}");
    }
}

#[tokio::test]
async fn only_files_that_a_video_names_are_served() {
    let app = App::start().await;
    let video = ready(&app).await;
    let unnamed = format!("videos/{video}/work/plan.json");
    let key = MediaKey::try_new(&unnamed).unwrap();
    let body = Body::Bytes("{}".into());
    app.media
        .put(&key, body, &Observer::silent())
        .await
        .unwrap();
    for path in [
        unnamed.as_str(),
        "videos",
        "videos/no-id/video.mp4",
        "owners/1/music/a.mp3",
        "videos/%2e%2e/%2e%2e/etc/passwd",
    ] {
        let response = app
            .client
            .get(app.url(&format!("/media/{path}")))
            .send()
            .await;
        assert_eq!(response.unwrap().status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_files_of_a_deleted_video_are_gone_at_once() {
    let app = App::start().await;
    let video = ready(&app).await;
    app.ask(&format!(
        r#"mutation {{ deleteVideo(input: {{ videoId: "{video}" }}) {{ videoId }} }}"#
    ))
    .await;
    assert_eq!(film(&app, video, &[]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_link_opens_one_file_to_anybody() {
    let app = App::start().await;
    let video = app.video("Bees").await;
    let link = async |arguments: &str, position: &str| {
        let query = format!(
            r#"{{ video(id: "{video}", minPosition: "{position}") {{
                link{arguments} {{ url expiresAt }}
            }} }}"#
        );
        app.ask_raw(&query).await
    };
    let written = app.write(video).await;
    let answer = link("", &written).await;
    assert_eq!(answer["data"]["video"]["link"], Value::Null, "{answer}");

    let ready = app.produce_what_is_written(video).await;
    let answer = link("(file: FILM, validForSeconds: 60)", &ready).await;
    let url = answer["data"]["video"]["link"]["url"].as_str().unwrap();
    let (_, eve) = app.person("eve@example.com").await;
    let fetch = async |url: &str| {
        let request = app.client.get(url).bearer_auth(eve.expose_secret());
        request.send().await.unwrap()
    };
    assert_eq!(fetch(url).await.text().await.unwrap(), "0123456789");

    let (address, proof) = url.split_once('?').unwrap();
    assert_eq!(fetch(address).await.status(), StatusCode::NOT_FOUND);
    let other_file = url.replace("video.mp4", "captions.srt");
    let longer = proof.replacen("expires=", "expires=9", 1);
    for changed in [other_file, format!("{address}?{longer}")] {
        assert_eq!(fetch(&changed).await.status(), StatusCode::FORBIDDEN);
    }

    for seconds in [0, 604_801] {
        let refused = link(&format!("(validForSeconds: {seconds})"), &ready).await;
        let field = &refused["errors"][0]["extensions"]["field"];
        assert_eq!(field, "validForSeconds");
    }
}
