//! What a language model would write: the offline script of the same topic.

use offline_script::ScriptRequest;
use serde_json::{Value, json};

use crate::Fault;

/// `asked` is the user's first turn: JSON with the topic and the seconds.
pub(crate) fn answer(asked: &Value, fault: Option<Fault>) -> String {
    match fault {
        Some(Fault::WrongContent) => "Once upon a time there was an octopus.".to_owned(),
        Some(Fault::CutShort) => script(asked).chars().take(200).collect(),
        _ => script(asked),
    }
}

fn script(asked: &Value) -> String {
    let asked: Value = serde_json::from_str(asked.as_str().unwrap_or_default()).unwrap_or_default();
    let written = offline_script::write(&ScriptRequest {
        topic: asked["topic"].as_str().unwrap_or("the sea"),
        niche: "science",
        duration_s: asked["seconds"]
            .as_u64()
            .and_then(|s| s.try_into().ok())
            .unwrap_or(60),
        words_per_second: 2.5,
        seed: 1,
    });
    let Ok(written) = written else {
        return "I cannot write about that.".to_owned();
    };
    let last = written.scenes.len().saturating_sub(1);
    let scenes = written.scenes.iter().enumerate().map(|(index, scene)| {
        let part = match index {
            0 => "hook",
            index if index == last => "call_to_action",
            _ => "body",
        };
        json!({ "part": part, "text": scene.text, "visual": scene.visual })
    });
    json!({
        "title": written.title,
        "description": written.description,
        "hashtags": written.hashtags,
        "mood": "calm",
        "scenes": scenes.collect::<Vec<_>>(),
    })
    .to_string()
}
