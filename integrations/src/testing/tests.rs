use domain::settings::{ArtStyle, ProductionSettings};
use domain::video::VideoBrief;
use domain::{FailureClass, Topic};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::images::Unrecorded;
use crate::{Observer, ProviderError};

fn brief() -> VideoBrief {
    VideoBrief {
        topic: Topic::try_new("bees").unwrap(),
        settings: ProductionSettings::default(),
        seed: 7,
        brought: domain::video::Brought::default(),
    }
}

fn picture_of(description: &str) -> ImageRequest {
    ImageRequest {
        description: description.to_owned(),
        style: ArtStyle::Anime,
        video_seed: 1,
        seed: 1,
        width_px: 108,
        height_px: 192,
    }
}

#[tokio::test]
async fn what_the_fakes_make_fits_together() {
    let makers = FakeProviders::default().providers();
    let silent = Observer::silent();
    let brief = brief();
    let request = ScriptRequest::from(&brief);
    let script = makers
        .script
        .first()
        .write(&request, &silent)
        .await
        .unwrap();
    let request = SpeechRequest {
        text: script.narration(),
        voice: brief.settings.voice.clone(),
        speed: brief.settings.speed,
        language: brief.settings.language,
        seed: brief.seed,
    };
    let spoken = makers
        .speech
        .first()
        .speak(&request, &silent)
        .await
        .unwrap();

    assert_eq!(script.scenes.len(), SCENES);
    let words: Vec<_> = spoken.words.iter().map(|word| &*word.text).collect();
    assert_eq!(words.join(" "), script.narration());
    assert!(spoken.words.iter().all(|w| w.end_ms <= spoken.duration_ms));
    let bytes = u32::from_le_bytes(spoken.wav[40..44].try_into().unwrap());
    assert_eq!(bytes, spoken.duration_ms * 48);
    assert_eq!(spoken.wav.len() as u32, 44 + bytes);

    let drawn = makers
        .images
        .first()
        .draw(&picture_of("bees"), &Unrecorded, &silent)
        .await
        .unwrap();
    let picture = image::load_from_memory(&drawn.bytes).unwrap();
    assert_eq!((picture.width(), picture.height()), (108, 192));
}

#[tokio::test]
async fn a_fake_fails_as_often_as_it_was_told_and_for_whom() {
    let images = Fake::<ImageRequest>::default();
    let unavailable = ProviderError::Unavailable {
        problem: "told so".to_owned(),
    };
    images.fail_where(2, unavailable.clone(), |request| request.description == "b");
    let silent = Observer::silent();
    let draw = async |description| {
        use crate::images::ImageMaker;
        images
            .draw(&picture_of(description), &Unrecorded, &silent)
            .await
    };
    assert!(draw("a").await.is_ok());
    assert_eq!(draw("b").await, Err(unavailable.clone()));
    assert_eq!(draw("b").await, Err(unavailable.clone()));
    assert!(draw("b").await.is_ok());
    assert_eq!(images.calls().len(), 4);
    assert_eq!(images.count(|request| request.description == "b"), 3);
    assert_eq!(unavailable.failure("fake").class, FailureClass::Retryable);
}

#[tokio::test]
async fn a_blocked_call_waits_for_release_or_cancellation() {
    let fakes = FakeProviders::default();
    fakes.images.block();
    let images = Arc::clone(fakes.providers().images.first());
    let cancel = CancellationToken::new();
    let observer = Observer::new(cancel.clone(), |_, _| {});
    let waiting = tokio::spawn({
        let images = Arc::clone(&images);
        async move { images.draw(&picture_of("a"), &Unrecorded, &observer).await }
    });
    let released = tokio::spawn(async move {
        images
            .draw(&picture_of("b"), &Unrecorded, &Observer::silent())
            .await
    });
    fakes.images.called(2).await;
    cancel.cancel();
    assert_eq!(waiting.await.unwrap(), Err(ProviderError::Cancelled));
    fakes.images.release();
    assert!(released.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_fake_mailer_keeps_what_was_sent_and_fails_as_told() {
    use crate::mail::{Mail, MailError, Mailer};
    let mailer = FakeMailer::default();
    let refused = MailError::Refused {
        reason: "told so".to_owned(),
    };
    mailer.fail(1, refused.clone());
    let mail = Mail {
        id: uuid::Uuid::nil(),
        to: domain::EmailAddress::try_new("ada@people.example").unwrap(),
        subject: "Hello".to_owned(),
        text: "Hello".to_owned(),
        html: None,
        link: None,
        unsubscribe: None,
    };
    assert_eq!(mailer.send(&mail).await, Err(refused));
    assert_eq!(mailer.send(&mail).await, Ok(()));
    assert_eq!(mailer.calls().len(), 2);
    assert_eq!(mailer.calls()[1].to, mail.to);
}
