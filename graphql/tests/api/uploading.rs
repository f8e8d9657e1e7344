use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::harness::App;

/// What `mutation` answers of `fields` to a file.
pub(crate) async fn upload(
    app: &App,
    mutation: &str,
    fields: &str,
    name: &str,
    content: Vec<u8>,
) -> Value {
    let query = format!("mutation ($file: Upload!) {{ {mutation}(file: $file) {{ {fields} }} }}");
    let operations = json!({ "query": query, "variables": { "file": null } });
    let form = Form::new()
        .text("operations", operations.to_string())
        .text("map", json!({ "0": ["variables.file"] }).to_string())
        .part("0", Part::bytes(content).file_name(name.to_owned()));
    let request = app.client.post(app.url("/graphql")).multipart(form);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    answer["data"][mutation].clone()
}
