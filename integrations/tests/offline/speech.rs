use std::sync::{Arc, Mutex};

use domain::settings::{Language, SpeechSpeed, VoiceId};
use integrations::speech::{OfflineSpeech, SpeechMaker, SpeechRequest};
use integrations::testing::assert_spoken;
use integrations::{Observer, ProviderError};
use tokio_util::sync::CancellationToken;

const TEXT: &str = "An octopus has three hearts. Two of them rest — when it swims!";

fn request() -> SpeechRequest {
    SpeechRequest {
        text: TEXT.to_owned(),
        voice: VoiceId::default(),
        speed: SpeechSpeed::default(),
        language: Language::English,
        seed: 1,
    }
}

async fn refused(request: SpeechRequest) -> (&'static str, String) {
    let maker = OfflineSpeech::default();
    match maker.speak(&request, &Observer::silent()).await {
        Err(ProviderError::InvalidInput {
            field,
            problem,
            remedy,
        }) => (field, format!("{problem}; {remedy}")),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_texts_own_words_are_timed_within_the_sound() {
    let maker = OfflineSpeech::default();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&heard);
    let observer = Observer::new(CancellationToken::new(), move |done, total| {
        listener.lock().unwrap().push((done, total));
    });
    let spoken = maker.speak(&request(), &observer).await.unwrap();

    assert_spoken(TEXT, &spoken);
    assert_eq!(spoken.provider.name, "offline");
    assert_eq!(heard.lock().unwrap().last(), Some(&(13, 13)));
}

#[tokio::test]
async fn the_default_voice_is_one_that_is_listed() {
    let voices = OfflineSpeech::default().voices().await.unwrap();
    let default = voices.iter().find(|voice| voice.id == VoiceId::default());
    assert_eq!(default.unwrap().languages, [Language::English]);
}

#[tokio::test]
async fn another_language_is_refused_with_the_one_that_is_spoken() {
    let (field, said) = refused(SpeechRequest {
        language: Language::Spanish,
        ..request()
    })
    .await;
    assert_eq!(field, "language");
    assert!(
        said.contains("Spanish") && said.contains("choose \"en\""),
        "{said}"
    );
}

#[tokio::test]
async fn an_unknown_voice_is_refused_with_those_that_are_known() {
    let (field, said) = refused(SpeechRequest {
        voice: VoiceId::try_new("nova").unwrap(),
        ..request()
    })
    .await;
    assert_eq!(field, "voice");
    assert!(
        said.contains("\"nova\"") && said.contains("heart"),
        "{said}"
    );
}

#[tokio::test]
async fn a_text_without_words_or_in_another_script_is_refused_by_name() {
    for (text, said) in [
        ("— 🐝 —", "nothing to speak"),
        ("章鱼有三颗心脏", "English only"),
    ] {
        let (_, refusal) = refused(SpeechRequest {
            text: text.to_owned(),
            ..request()
        })
        .await;
        assert!(refusal.contains(said), "{refusal}");
    }
}

#[tokio::test]
async fn a_cancelled_narration_stops() {
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let observer = Observer::new(cancel, move |_, _| stop.cancel());
    let stopped = OfflineSpeech::default().speak(&request(), &observer).await;
    assert_eq!(stopped, Err(ProviderError::Cancelled));
}
