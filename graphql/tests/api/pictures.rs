use accounts::{Client, Visit};
use bytes::Bytes;
use domain::{MaterialKind, MediaKey};
use integrations::media::{Body, MediaError};
use integrations::testing::grey_picture;
use material::Checked;
use serde_json::{Value, json};

use crate::harness::App;
use crate::uploading::upload;

async fn upload_picture(app: &App, name: &str, content: Vec<u8>) -> Value {
    let fields = "key errors { field code message }";
    upload(app, "uploadPicture", fields, name, content).await
}

async fn request(app: &App, pictures: Value) -> Value {
    let query = "mutation ($input: RequestVideoInput!) { requestVideo(input: $input) {
        video { id } errors { field code message }
    } }";
    let input = json!({ "topic": "Bees", "pictures": pictures });
    let body = json!({ "query": query, "variables": { "input": input } });
    let asked = app.client.post(app.url("/graphql")).json(&body).send();
    let answer: Value = asked.await.unwrap().json().await.unwrap();
    answer["data"]["requestVideo"].clone()
}

#[tokio::test]
async fn an_uploaded_picture_is_kept_as_a_films_and_named_by_a_request() {
    let app = App::start().await;
    // Its name says something else than its content.
    let kept = upload_picture(&app, "bees.svg", grey_picture(300, 400, 7)).await;
    assert_eq!(kept["errors"], json!([]));
    let again = upload_picture(&app, "bees.png", grey_picture(300, 400, 7)).await;
    assert_eq!(again, kept);
    let key = kept["key"].as_str().unwrap();
    let file = app
        .media
        .head(&MediaKey::try_new(key).unwrap())
        .await
        .unwrap();
    assert_eq!(file.content_type, "image/jpeg");

    let done = request(&app, json!([{ "scene": 2, "key": key }])).await;
    assert_eq!(done["errors"], json!([]));
    let requested = app.events().await.pop().unwrap();
    let named = &requested.event.data["brief"]["brought"]["pictures"][0];
    assert_eq!(
        (&named["scene"], &named["picture"]["key"]),
        (&json!(1), &kept["key"])
    );
}

#[tokio::test]
async fn all_that_is_wrong_with_named_pictures_is_said_at_once() {
    let app = App::start().await;
    let kept = upload_picture(&app, "a", grey_picture(300, 400, 7)).await;
    let theirs = "owners/00000000-0000-0000-0000-000000000002/pictures/aa/picture.jpg";
    let refused = request(
        &app,
        json!([
            { "scene": 1, "key": kept["key"] },
            { "scene": 1, "key": kept["key"] },
            { "scene": 61, "key": theirs },
            { "scene": 0, "key": "../x" },
        ]),
    );
    let refused = refused.await;
    let errors: Vec<_> = refused["errors"].as_array().unwrap().iter().collect();
    let of = |name: &str| errors.iter().map(|e| e[name].clone()).collect::<Vec<_>>();
    let fields = ["[1].scene", "[2].scene", "[2].key", "[3].scene", "[3].key"];
    assert_eq!(
        of("field"),
        fields.map(|field| json!(format!("pictures{field}")))
    );
    let codes = ["INVALID", "INVALID", "NOT_FOUND", "INVALID", "INVALID"];
    assert_eq!(of("code"), codes.map(Value::from));
    assert_eq!(of("message")[1], "scene: 61 is no scene; choose 1 to 60");
    assert!(
        app.events().await.is_empty(),
        "it was requested all the same"
    );
}

#[tokio::test]
async fn a_file_that_is_no_picture_says_why() {
    let app = App::start().await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec();
    let refused = upload_picture(&app, "bees.png", svg).await;
    let message = "file: is no picture that is known; convert it to PNG, JPEG or WebP";
    let error = json!({ "field": "file", "code": "INVALID", "message": message });
    assert_eq!(refused, json!({ "key": null, "errors": [error] }));
    let small = upload_picture(&app, "bees.png", grey_picture(1, 1, 7)).await;
    assert_eq!(small["errors"][0]["code"], "INVALID");
    let large = upload_picture(&app, "bees.png", vec![0; 20_000_001]).await;
    let message = large["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("20 MB"), "{message}");
}

#[tokio::test]
async fn what_somebody_brought_goes_when_they_are_erased() {
    let app = App::start_for_strangers(None).await;
    let (user, _) = app.person("ada@example.com").await;
    let picture = Checked {
        kind: MaterialKind::Picture,
        sha256: "ab".to_owned(),
        file_name: "picture.jpg",
        body: Body::Bytes(Bytes::from_static(b"a face")),
    };
    let kept = app.materials.keep(user, picture).await.unwrap();
    let visit = Visit {
        correlation_id: user.0,
        client: Client::new([192, 0, 2, 1].into(), "a test"),
    };
    app.accounts.erase_own(user, None, &visit).await.unwrap();
    app.accounts.do_what_is_due().await.unwrap();
    let taken = app.materials.take(user, MaterialKind::Picture, &kept.key);
    assert_eq!(taken.await.unwrap(), None);
    let file = app.media.head(&kept.key).await;
    assert!(matches!(file, Err(MediaError::NotFound { .. })), "{file:?}");
}
