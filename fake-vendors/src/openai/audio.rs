//! Speech without times, and transcriptions with them.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, body::Bytes};
use serde_json::{Map, Value, json};

use super::{OpenAi, answer};
use crate::server::Desk;
use crate::voice::{Spoken, heard};
use crate::{Fault, Operation};

/// As large as a file may be.
const FILE_BYTES: usize = 25 * 1024 * 1024;

pub(crate) fn routes() -> Router<Desk> {
    let transcriptions = post(transcription).layer(DefaultBodyLimit::max(FILE_BYTES));
    Router::new()
        .route("/audio/speech", post(speech))
        .route("/audio/transcriptions", transcriptions)
}

async fn speech(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Json(request): Json<Value>,
) -> Response {
    let operation = Operation::OpenAiSpeech;
    desk.take(operation, &OpenAi, &headers, request, spoken)
        .await
}

fn spoken(request: &Value, fault: Option<Fault>) -> Response {
    if fault == Some(Fault::Refused) {
        return refused();
    }
    let said = Spoken {
        text: request["input"].as_str().unwrap_or_default(),
        speed: request["speed"].as_f64().unwrap_or(1.0) * 100.0,
    };
    ([(CONTENT_TYPE, "audio/pcm")], said.pcm(fault)).into_response()
}

async fn transcription(State(desk): State<Desk>, headers: HeaderMap, form: Multipart) -> Response {
    let (request, file) = match fields(form).await {
        Ok(read) => read,
        Err(problem) => return problem.into_response(),
    };
    let operation = Operation::OpenAiTranscription;
    let answer = |_: &Value, fault: Option<Fault>| transcript(&file, fault);
    desk.take(operation, &OpenAi, &headers, request, answer)
        .await
}

/// The fields, those whose names end in `[]` as lists, and the bytes of the file.
async fn fields(
    mut form: Multipart,
) -> Result<(Value, Bytes), axum::extract::multipart::MultipartError> {
    let mut fields = Map::new();
    let mut file = Bytes::new();
    while let Some(field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(file_name) = field.file_name() {
            let told = json!({ "name": file_name, "type": field.content_type() });
            fields.insert(name, told);
            file = field.bytes().await?;
        } else if name.ends_with("[]") {
            let text = field.text().await?;
            let list = fields.entry(name).or_insert_with(|| json!([]));
            list.as_array_mut()
                .expect("it began as one")
                .push(text.into());
        } else {
            let text = field.text().await?;
            fields.insert(name, text.into());
        }
    }
    Ok((Value::Object(fields), file))
}

fn transcript(wav: &[u8], fault: Option<Fault>) -> Response {
    if fault == Some(Fault::Refused) {
        return refused();
    }
    let (seconds, mut words) = heard(wav);
    match fault {
        Some(Fault::CutShort) => words.truncate(words.len() / 4),
        Some(Fault::WrongContent) => words.fill(json!({ "word": "you", "start": 0.0, "end": 0.1 })),
        _ => {}
    }
    let text: Vec<_> = words
        .iter()
        .filter_map(|word| word["word"].as_str())
        .collect();
    let mut transcript = json!({
        "task": "transcribe",
        "language": "english",
        "duration": seconds,
        "text": text.join(" "),
        "words": words,
    });
    if fault != Some(Fault::Sparse) {
        transcript["usage"] = json!({ "type": "duration", "seconds": seconds.ceil() });
    }
    answer(200, &transcript)
}

fn refused() -> Response {
    let error = json!({
        "message": "This was rejected by our safety system.",
        "type": "invalid_request_error",
        "param": null,
        "code": "content_policy_violation",
    });
    answer(400, &json!({ "error": error }))
}
