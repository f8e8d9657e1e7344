use async_trait::async_trait;
use domain::Provider;
use domain::settings::{Mood, SpeechSpeed};
use domain::video::output::{Script, ScriptScene, ScriptSource};
use offline_script::{Basis, ScriptError};

use super::{ScriptRequest, ScriptWriter};
use crate::offline::{NAME, compute, english_only};
use crate::{Observer, ProviderError};

/// [`offline_script::spoken_words`] a second of the offline voice, pauses
/// included, by its speed in percent: means over 28 scripts, each within 4%. The
/// voice rounds the length of every sound, so its pace does not follow its speed
/// exactly. `tests/offline/script.rs` notices when these no longer fit.
const PACES: [(u16, f32); 5] = [
    (70, 2.27),
    (85, 2.87),
    (100, 3.19),
    (115, 3.37),
    (130, 3.70),
];

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

/// In proportion between the speeds that were measured.
fn pace(speed: SpeechSpeed) -> f32 {
    let percent = speed.percent();
    let after = PACES
        .partition_point(|(measured, _)| *measured < percent)
        .clamp(1, PACES.len() - 1);
    let [(slower, low), (faster, high)] = [PACES[after - 1], PACES[after]];
    let part = (f32::from(percent) - f32::from(slower)) / f32::from(faster - slower);
    low + part * (high - low)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_faster_voice_gets_more_words_and_every_speed_is_served() {
        let paces: Vec<_> = (SpeechSpeed::MIN_PERCENT..=SpeechSpeed::MAX_PERCENT)
            .map(|percent| pace(SpeechSpeed::try_from_percent(percent.into()).unwrap()))
            .collect();
        assert!(paces.is_sorted(), "{paces:?}");
        let served = offline_script::WORDS_PER_SECOND;
        assert!(paces.iter().all(|pace| served.contains(pace)), "{paces:?}");
    }
}
