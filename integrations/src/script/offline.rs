use async_trait::async_trait;
use domain::Provider;
use domain::settings::{Mood, SpeechSpeed};
use domain::video::output::{Script, ScriptScene, ScriptSource};
use offline_script::{Basis, ScriptError};

use super::{ScriptRequest, ScriptWriter};
use crate::offline::{NAME, compute, english_only};
use crate::{Observer, ProviderError};

/// The offline voice at its own pace, pauses included.
const WORDS_PER_SECOND: f32 = 2.75;

/// Writes English scripts from the checked packs inside the program.
pub struct OfflineScript;

#[async_trait]
impl ScriptWriter for OfflineScript {
    fn name(&self) -> &str {
        NAME
    }

    async fn write(
        &self,
        request: &ScriptRequest,
        observer: &Observer,
    ) -> Result<Script, ProviderError> {
        english_only(request.language, "the offline script writer")?;
        let request = request.clone();
        compute(observer, move |observer| {
            let script = offline_script::write(&offline_script::ScriptRequest {
                topic: request.topic.as_str(),
                niche: request.niche.slug(),
                duration_s: request.duration.seconds(),
                words_per_second: pace(request.speed),
                seed: request.seed,
            })
            .map_err(in_our_words)?;
            observer.progress(1, 1);
            Ok(written(script))
        })
        .await
    }
}

/// The packs hold too few words for the fastest voice: its films come out a few
/// per cent short, as they may.
fn pace(speed: SpeechSpeed) -> f32 {
    let served = offline_script::WORDS_PER_SECOND;
    (WORDS_PER_SECOND * speed.factor()).clamp(*served.start(), *served.end())
}

fn written(script: offline_script::Script) -> Script {
    let scenes = script.scenes.into_iter().map(|scene| ScriptScene {
        text: scene.text,
        visual: scene.visual,
    });
    let sources = script.sources.into_iter().map(|source| ScriptSource {
        title: source.title,
        url: source.url,
    });
    Script {
        title: script.title,
        description: script.description,
        hashtags: script.hashtags,
        scenes: scenes.collect(),
        sources: sources.collect(),
        mood: match script.mood {
            offline_script::Mood::Calm => Mood::Calm,
            offline_script::Mood::Uplift => Mood::Uplift,
            offline_script::Mood::Mystery => Mood::Mystery,
            offline_script::Mood::Scary => Mood::Scary,
        },
        provider: Provider::offline(match script.basis {
            Basis::Pack(id) => format!("packs/{id}"),
            Basis::General => "general".to_owned(),
        }),
    }
}

fn in_our_words(error: ScriptError) -> ProviderError {
    let (field, problem, remedy) = match error {
        ScriptError::UnknownNiche { given, known } => (
            "niche",
            format!("{given:?} is not written offline"),
            format!("choose one of {known}"),
        ),
        ScriptError::EmptyTopic => (
            "topic",
            "has no words".to_owned(),
            "give a few words to talk about".to_owned(),
        ),
        ScriptError::UnsupportedDuration { given_s } => (
            "duration",
            format!("{given_s} seconds is not offered"),
            "choose 30, 60 or 90".to_owned(),
        ),
        ScriptError::UnsupportedPace {
            given,
            slowest,
            fastest,
        } => (
            "speedPercent",
            format!("{given} words a second is outside {slowest} to {fastest}"),
            "choose a speed nearer to 100".to_owned(),
        ),
    };
    ProviderError::InvalidInput {
        field,
        problem,
        remedy,
    }
}
