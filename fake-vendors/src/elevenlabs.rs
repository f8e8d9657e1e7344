//! ElevenLabs: <https://elevenlabs.io/docs/api-reference>

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::server::{Desk, Dialect, KEY, Problem};
use crate::voice::Spoken;
use crate::{Fault, Operation};

/// Of the first page, and of the second.
const VOICES: [&[(&str, &str)]; 2] = [
    &[
        ("fakeVoiceOfAda000001", "Ada"),
        ("fakeVoiceOfBen000002", "Ben"),
    ],
    &[("fakeVoiceOfCleo00003", "Cleo")],
];
const SECOND_PAGE: &str = "page=2";

struct ElevenLabs;

impl Dialect for ElevenLabs {
    fn is_known(&self, headers: &HeaderMap) -> bool {
        headers.get("xi-api-key").is_some_and(|key| key == KEY)
    }

    fn problem(&self, problem: &Problem) -> Response {
        let (status, kind, message) = match problem {
            Problem::Unauthorized => (401, "invalid_api_key", "Invalid API key"),
            Problem::Invalid(problem) => return invalid(problem),
            Problem::RateLimited => (
                429,
                "too_many_concurrent_requests",
                "Too many requests are made at the same time.",
            ),
            Problem::OutOfCredit => (401, "quota_exceeded", "No credits remain."),
            Problem::Refused => (
                403,
                "blocked_generation",
                "The text is against the terms of use.",
            ),
            Problem::ServerError => (500, "internal_server_error", "Something went wrong."),
        };
        failure(status, kind, message)
    }
}

pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .route("/v1/text-to-speech/{voice}/with-timestamps", post(speech))
        .route("/v2/voices", get(voices))
}

async fn speech(
    State(desk): State<Desk>,
    Path(voice): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let request = json!({ "voice_id": voice, "query": query, "body": body });
    let operation = Operation::ElevenLabsSpeech;
    desk.take(operation, &ElevenLabs, &headers, request, spoken)
        .await
}

fn spoken(request: &Value, fault: Option<Fault>) -> Response {
    let voice = &request["voice_id"];
    if !VOICES
        .iter()
        .any(|page| page.iter().any(|(id, _)| voice == id))
    {
        return failure(404, "voice_not_found", "There is no such voice.");
    }
    if fault == Some(Fault::Refused) {
        return failure(400, "content_against_policy", "This is against our terms.");
    }
    let body = &request["body"];
    let text = body["text"].as_str().unwrap_or_default();
    let speed = body["voice_settings"]["speed"].as_f64().unwrap_or(1.0);
    let speed = speed * 100.0;
    let said = Spoken { text, speed };
    let other = Spoken {
        text: "Nobody ordered soup.",
        speed,
    };
    let read_aloud = text.replace("three", "3").to_lowercase();
    let read_aloud = Spoken {
        text: &read_aloud,
        speed,
    };
    let (alignment, normalized) = match fault {
        Some(Fault::Sparse) => (Value::Null, alignment(&read_aloud)),
        Some(Fault::WrongContent) => (alignment(&other), alignment(&other)),
        _ => (alignment(&said), alignment(&read_aloud)),
    };
    let answer = json!({
        "audio_base64": BASE64_STANDARD.encode(said.pcm(fault)),
        "alignment": alignment,
        "normalized_alignment": normalized,
    });
    ([("request-id", "fakeRequest000000001")], Json(answer)).into_response()
}

fn alignment(spoken: &Spoken<'_>) -> Value {
    let all: Vec<_> = spoken.characters().collect();
    json!({
        "characters": all.iter().map(|(character, ..)| character).collect::<Vec<_>>(),
        "character_start_times_seconds": all.iter().map(|(_, start, _)| start).collect::<Vec<_>>(),
        "character_end_times_seconds": all.iter().map(|(.., end)| end).collect::<Vec<_>>(),
    })
}

async fn voices(
    State(desk): State<Desk>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let operation = Operation::ElevenLabsVoices;
    desk.take(operation, &ElevenLabs, &headers, json!(query), page)
        .await
}

fn page(query: &Value, _: Option<Fault>) -> Response {
    let is_second = query["next_page_token"] == SECOND_PAGE;
    let voices = VOICES[usize::from(is_second)].iter().map(|(id, name)| {
        json!({
            "voice_id": id,
            "name": name,
            "category": "premade",
            "labels": { "accent": "british", "gender": "neutral" },
            "description": (*name != "Ben").then(|| format!("{name} is calm.")),
            "preview_url": format!("https://files.example.com/{id}.mp3"),
            "available_for_tiers": [],
            "high_quality_base_model_ids": [],
        })
    });
    Json(json!({
        "voices": voices.collect::<Vec<_>>(),
        "has_more": !is_second,
        "total_count": 3,
        "next_page_token": (!is_second).then_some(SECOND_PAGE),
    }))
    .into_response()
}

fn failure(status: u16, kind: &str, message: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("it is a status");
    let detail = json!({ "status": kind, "message": message });
    (status, Json(json!({ "detail": detail }))).into_response()
}

/// A request of a form that it may not have is told in a list.
fn invalid(problem: &str) -> Response {
    let detail = json!([{ "loc": ["body"], "msg": problem, "type": "value_error" }]);
    let body = Json(json!({ "detail": detail }));
    (StatusCode::UNPROCESSABLE_ENTITY, body).into_response()
}
