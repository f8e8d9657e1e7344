use domain::settings::{Language, Niche, ProductionSettings, SpeechSpeed, TargetDuration, VoiceId};
use domain::video::VideoBrief;
use domain::{Provider, Topic};
use integrations::script::ScriptRequest;
use integrations::speech::SpeechRequest;
use integrations::{Observer, ProviderError, Providers};

fn request(topic: &str, niche: Niche) -> ScriptRequest {
    ScriptRequest::from(&VideoBrief {
        topic: Topic::try_new(topic).unwrap(),
        settings: ProductionSettings {
            niche,
            ..ProductionSettings::default()
        },
        seed: 3,
        brought: domain::video::Brought::default(),
    })
}

#[tokio::test]
async fn every_niche_is_written_for() {
    let writer = Providers::offline().script.first().clone();
    for niche in Niche::ALL {
        let request = request("the smell of rain", *niche);
        let script = writer.write(&request, &Observer::silent()).await.unwrap();
        assert!(!script.title.is_empty(), "{niche}");
        for scene in &script.scenes {
            assert!(!scene.text.trim().is_empty() && !scene.visual.trim().is_empty());
        }
        assert_eq!(script.provider, Provider::offline("general"));
    }
}

#[tokio::test]
async fn a_known_topic_says_which_pack_it_is_from_and_names_its_sources() {
    let request = request("Why octopuses have three hearts", Niche::Science);
    let writer = Providers::offline().script.first().clone();
    let script = writer.write(&request, &Observer::silent()).await.unwrap();
    assert!(
        script.provider.model.starts_with("packs/"),
        "{:?}",
        script.provider
    );
    assert!(!script.sources.is_empty());
}

#[tokio::test]
async fn the_narration_lasts_as_long_as_the_film_should_within_a_tenth() {
    let makers = Providers::offline();
    for (topic, duration, speed) in [
        (
            "Why octopuses have three hearts",
            TargetDuration::Thirty,
            100,
        ),
        (
            "Why octopuses have three hearts",
            TargetDuration::Ninety,
            100,
        ),
        ("the smell of rain", TargetDuration::Sixty, 100),
        ("the smell of rain", TargetDuration::Thirty, 70),
        ("the smell of rain", TargetDuration::Thirty, 130),
        ("What makes thunder so loud", TargetDuration::Sixty, 85),
        ("Why onions make you cry", TargetDuration::Thirty, 115),
    ] {
        let speed = SpeechSpeed::try_from_percent(speed).unwrap();
        let request = ScriptRequest {
            duration,
            speed,
            ..request(topic, Niche::Science)
        };
        let silent = Observer::silent();
        let script = makers
            .script
            .first()
            .write(&request, &silent)
            .await
            .unwrap();
        let request = SpeechRequest {
            text: script.narration(),
            voice: VoiceId::default(),
            speed,
            language: Language::English,
            seed: 3,
        };
        let spoken = makers
            .speech
            .first()
            .speak(&request, &silent)
            .await
            .unwrap();
        let wanted_ms = u32::from(duration.seconds()) * 1_000;
        let off_ms = spoken.duration_ms.abs_diff(wanted_ms);
        assert!(
            off_ms <= wanted_ms / 10,
            "{topic} at {speed:?} lasts {} ms of {wanted_ms}",
            spoken.duration_ms
        );
    }
}

#[tokio::test]
async fn another_language_is_refused_with_the_one_that_is_written() {
    let request = ScriptRequest {
        language: Language::Hindi,
        ..request("bees", Niche::Nature)
    };
    let refused = Providers::offline()
        .script
        .first()
        .write(&request, &Observer::silent())
        .await;
    let Err(ProviderError::InvalidInput { field, remedy, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((field, &*remedy), ("language", "choose \"en\""));
}
