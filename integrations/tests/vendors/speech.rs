use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::settings::{Language, SpeechSpeed, VoiceId};
use domain::{Microusd, Usage, UsageUnit};
use fake_vendors::{FakeVendors, Fault, KEY, Operation};
use integrations::speech::{
    ElevenLabs, ModelSpeaker, OpenAiSpeech, Preview, SpeechMaker, SpeechRequest, SpokenAudio,
};
use integrations::testing::assert_spoken;
use integrations::vendor::Prices;
use integrations::{Observer, ProviderError};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::support::{account, account_with};

const ELEVENLABS: Operation = Operation::ElevenLabsSpeech;
const OPENAI: Operation = Operation::OpenAiSpeech;
const TRANSCRIPTION: Operation = Operation::OpenAiTranscription;
const BOTH: [Operation; 2] = [ELEVENLABS, OPENAI];

/// 119 characters, 21 words.
const TEXT: &str = "An octopus has three hearts — two of them rest when it swims, \
                    so it would rather crawl! Its blood is blue, not red, too.";

fn elevenlabs(vendors: &FakeVendors, model: &str, key: &str) -> ModelSpeaker<ElevenLabs> {
    let account = account_with(&vendors.elevenlabs(), key);
    let model = ElevenLabs::try_new(model, account).unwrap();
    ModelSpeaker::try_new(model, &Prices::built_in()).unwrap()
}

fn openai(vendors: &FakeVendors, model: &str, key: &str) -> ModelSpeaker<OpenAiSpeech> {
    let account = account_with(&vendors.openai(), key);
    let model = OpenAiSpeech::try_new(model, "whisper-1", account).unwrap();
    ModelSpeaker::try_new(model, &Prices::built_in()).unwrap()
}

fn speaker(vendors: &FakeVendors, operation: Operation, key: &str) -> Box<dyn SpeechMaker> {
    match operation {
        ELEVENLABS => Box::new(elevenlabs(vendors, "eleven_multilingual_v2", key)),
        _ => Box::new(openai(vendors, "tts-1", key)),
    }
}

fn request(operation: Operation, text: &str) -> SpeechRequest {
    let voice = match operation {
        ELEVENLABS => "fakeVoiceOfAda000001",
        _ => "nova",
    };
    SpeechRequest {
        text: text.to_owned(),
        voice: VoiceId::try_new(voice).unwrap(),
        speed: SpeechSpeed::default(),
        language: Language::English,
        seed: u64::MAX,
    }
}

async fn outcome(
    vendors: &FakeVendors,
    operation: Operation,
    text: &str,
) -> Result<SpokenAudio, ProviderError> {
    let speaker = speaker(vendors, operation, KEY);
    let request = request(operation, text);
    speaker.speak(&request, &Observer::silent()).await
}

fn long_text(sentences: usize) -> String {
    let sentences = (1..=sentences).map(|n| format!("Sentence number {n} is about octopuses."));
    sentences.collect::<Vec<_>>().join(" ")
}

fn texts<'a>(calls: &'a [fake_vendors::Call], pointer: &str) -> Vec<&'a str> {
    let texts = calls.iter().map(|call| call.request.pointer(pointer));
    texts
        .map(|text| text.and_then(Value::as_str).unwrap_or_default())
        .collect()
}

#[tokio::test]
async fn a_text_becomes_sound_with_the_times_of_its_own_words_and_what_it_cost() {
    let vendors = FakeVendors::start().await;
    for operation in BOTH {
        let spoken = outcome(&vendors, operation, TEXT).await.unwrap();
        assert_spoken(TEXT, &spoken);
        let characters = Usage {
            unit: UsageUnit::Characters,
            amount: TEXT.chars().count() as u64,
        };
        assert_eq!(spoken.provider.usage[0], characters);
        match operation {
            ELEVENLABS => {
                assert_eq!(spoken.provider.model, "eleven_multilingual_v2");
                assert_eq!(spoken.provider.cost, Microusd(characters.amount * 100));
                // A character is heard for 25 ms, so these times are exact.
                let hearts = &spoken.words[4];
                assert_eq!((hearts.start_ms, hearts.end_ms), (525, 675));
            }
            _ => {
                assert_eq!(spoken.provider.model, "tts-1 + whisper-1");
                let seconds = u64::from(spoken.duration_ms).div_ceil(1_000);
                let sound = Usage {
                    unit: UsageUnit::AudioMilliseconds,
                    amount: seconds * 1_000,
                };
                assert_eq!(spoken.provider.usage[1], sound);
                let cost = characters.amount * 15 + seconds * 100;
                assert_eq!(spoken.provider.cost, Microusd(cost));
            }
        }
    }
}

#[tokio::test]
async fn what_was_misheard_is_timed_and_never_shown() {
    let vendors = FakeVendors::start().await;
    let text = long_text(20);
    let heard = outcome(&vendors, OPENAI, &text).await.unwrap();
    assert_spoken(&text, &heard);
    // Where each word truly is.
    let told = outcome(&vendors, ELEVENLABS, &text).await.unwrap();
    for (heard, told) in heard.words.iter().zip(&told.words) {
        let apart = heard.start_ms.abs_diff(told.start_ms);
        assert!(apart <= 250, "{heard:?} {told:?}");
    }
}

#[tokio::test]
async fn a_long_text_is_spoken_in_pieces_and_heard_as_one() {
    let vendors = FakeVendors::start().await;
    let text = long_text(100);
    for operation in BOTH {
        let steps = Arc::new(Mutex::new(Vec::new()));
        let listener = Arc::clone(&steps);
        let observer = Observer::new(CancellationToken::new(), move |done, total| {
            listener.lock().unwrap().push((done, total));
        });
        let speaker = speaker(&vendors, operation, KEY);
        let request = request(operation, &text);
        let spoken = speaker.speak(&request, &observer).await.unwrap();
        assert_spoken(&text, &spoken);

        let calls = vendors.calls(operation);
        let pieces = match operation {
            ELEVENLABS => texts(&calls, "/body/text"),
            _ => texts(&calls, "/input"),
        };
        assert_eq!(pieces.len(), 3);
        assert_eq!(pieces.join(" "), text);
        assert!(pieces.iter().all(|piece| piece.ends_with("octopuses.")));
        // Each has 200 ms of silence of its own, and 120 between it and the next.
        let characters: usize = pieces.iter().map(|piece| piece.len()).sum();
        assert_eq!(
            spoken.duration_ms as usize,
            characters * 25 + 3 * 200 + 2 * 120
        );
        assert_eq!(spoken.provider.usage[0].amount, characters as u64);
        let first_of_second = pieces[0].split_whitespace().count();
        let begins_ms = pieces[0].len() as u32 * 25 + 200 + 120;
        assert_eq!(spoken.words[first_of_second].start_ms, begins_ms);
        let steps = steps.lock().unwrap();
        assert_eq!(steps.len(), 3);
        assert_eq!(steps.last(), Some(&(600, 600)));
    }
    let calls = vendors.calls(ELEVENLABS);
    let (before, after) = (
        texts(&calls, "/body/previous_text"),
        texts(&calls, "/body/next_text"),
    );
    assert!(
        before[0].is_empty() && before[1].ends_with("octopuses."),
        "{before:?}"
    );
    assert!(
        after[1].starts_with("Sentence") && after[2].is_empty(),
        "{after:?}"
    );
}

#[tokio::test]
async fn each_model_is_asked_in_the_way_it_takes() {
    let vendors = FakeVendors::start().await;
    let text = long_text(60);
    let mut wanted = request(ELEVENLABS, &text);
    wanted.speed = SpeechSpeed::try_from_percent(120).unwrap();
    for model in ["eleven_v3", "eleven_flash_v2_5"] {
        let speaker = elevenlabs(&vendors, model, KEY);
        let spoken = speaker.speak(&wanted, &Observer::silent()).await.unwrap();
        assert_spoken(&text, &spoken);
        let body = &vendors.calls(ELEVENLABS).pop().unwrap().request["body"];
        assert_eq!(body["language_code"], "en");
        assert_eq!(body["voice_settings"]["speed"], 1.2);
        assert_eq!(body["previous_text"].is_null(), model == "eleven_v3");
    }
    wanted.voice = VoiceId::try_new("nova").unwrap();
    let speaker = openai(&vendors, "tts-1-hd", KEY);
    let spoken = speaker.speak(&wanted, &Observer::silent()).await.unwrap();
    assert_spoken(&text, &spoken);
    assert_eq!(vendors.calls(OPENAI)[0].request["speed"], 1.2);
}

#[tokio::test]
async fn times_of_the_text_as_it_was_read_aloud_are_laid_on_the_text_as_written() {
    let vendors = FakeVendors::start().await;
    vendors.fault(ELEVENLABS, Fault::Sparse);
    let spoken = outcome(&vendors, ELEVENLABS, TEXT).await.unwrap();
    assert_spoken(TEXT, &spoken);
    // "3" for "three": what follows is heard 100 ms earlier.
    assert_eq!(
        (spoken.words[3].start_ms, spoken.words[3].end_ms),
        (375, 400)
    );
    assert_eq!(spoken.words[4].start_ms, 425);
    // What is charged for is not told then.
    vendors.fault(TRANSCRIPTION, Fault::Sparse);
    let spoken = outcome(&vendors, OPENAI, TEXT).await.unwrap();
    assert_eq!(
        spoken.provider.usage[1].amount,
        u64::from(spoken.duration_ms)
    );
}

#[tokio::test]
async fn every_fault_is_told_as_what_can_be_done_about_it() {
    let vendors = FakeVendors::start().await;
    for failing in [ELEVENLABS, OPENAI, TRANSCRIPTION] {
        let operation = if failing == ELEVENLABS {
            ELEVENLABS
        } else {
            OPENAI
        };
        for (fault, says) in [
            (Fault::Unauthorized, "does not accept the key"),
            (Fault::OutOfCredit, "no credit left"),
            (
                Fault::ServerError,
                "unavailable: it answered with status 500",
            ),
            (Fault::Refused, "refused: it is against"),
            (Fault::CutConnection, "unavailable: there is no connection"),
            (Fault::Stalled, "unavailable: it did not answer in time"),
            (Fault::WrongJson, "unusable: it is no"),
            (Fault::Huge, "unusable: it answered with more than"),
            (
                Fault::WrongContent,
                "unusable: what is heard in it is not the text",
            ),
            (Fault::CutShort, "unusable: "),
        ] {
            vendors.fault(failing, fault);
            let error = outcome(&vendors, operation, TEXT).await.unwrap_err();
            let error = error.to_string();
            assert!(error.contains(says), "{failing:?} {fault:?}: {error}");
            let is_told = |secret| error.contains(secret);
            assert!(
                !is_told(KEY) && !is_told("127.0.0.1") && !is_told("octopus"),
                "{error}"
            );
        }
        let before = vendors.calls(failing).len();
        let retry_after_s = Some(7);
        vendors.fault(failing, Fault::RateLimited { retry_after_s });
        let retry_after = Some(Duration::from_secs(7));
        let limited = Err(ProviderError::RateLimited { retry_after });
        assert_eq!(outcome(&vendors, operation, TEXT).await, limited);
        // Whether to try again is for who asked.
        assert_eq!(vendors.calls(failing).len(), before + 1);
        // It is back.
        outcome(&vendors, operation, TEXT).await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_spoken_is_refused_before_it_costs() {
    let vendors = FakeVendors::start().await;
    let fast = SpeechSpeed::try_from_percent(125).unwrap();
    let stranger = VoiceId::try_new("heart").unwrap();
    for operation in BOTH {
        let speaker = speaker(&vendors, operation, KEY);
        let fine = request(operation, TEXT);
        let silent = Observer::silent();
        let unspeakable = SpeechRequest {
            text: "— 🐙 —".to_owned(),
            ..fine.clone()
        };
        let error = speaker
            .speak(&unspeakable, &silent)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("text: has nothing to speak"), "{error}");
        let endless = SpeechRequest {
            text: "o".repeat(2_000),
            ..fine.clone()
        };
        let error = speaker
            .speak(&endless, &silent)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("text: has 2000 characters"), "{error}");
        let strange = SpeechRequest {
            voice: stranger.clone(),
            ..fine.clone()
        };
        let error = speaker
            .speak(&strange, &silent)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("voice: \"heart\" is not"), "{error}");
        let hasty = SpeechRequest {
            speed: fast,
            ..fine
        };
        let hasty = speaker.speak(&hasty, &silent).await;
        if operation == ELEVENLABS {
            let error = hasty.unwrap_err().to_string();
            assert!(error.starts_with("speedPercent: 125 is out of"), "{error}");
            assert!(error.ends_with("choose 70 to 120"), "{error}");
        } else {
            assert_spoken(TEXT, &hasty.unwrap());
        }
    }
    // Only the voice was asked for, where only the provider knows them all.
    assert!(
        vendors
            .calls(ELEVENLABS)
            .iter()
            .all(|call| !call.is_answered)
    );
    assert_eq!(vendors.calls(OPENAI).len(), 1);
}

#[tokio::test]
async fn a_wrong_key_and_a_model_without_a_price_are_told_apart() {
    let vendors = FakeVendors::start().await;
    for operation in BOTH {
        let speaker = speaker(&vendors, operation, "another");
        let request = request(operation, TEXT);
        let refused = speaker.speak(&request, &Observer::silent()).await;
        assert_eq!(refused, Err(ProviderError::Unauthorized));
    }
    let account = account(&vendors.openai());
    for (model, transcription) in [("tts-9", "whisper-1"), ("tts-1", "whisper-9")] {
        let model = OpenAiSpeech::try_new(model, transcription, account.clone()).unwrap();
        let unknown = ModelSpeaker::try_new(model, &Prices::built_in());
        let error = unknown.err().unwrap().to_string();
        assert!(error.contains("no price for the model"), "{error}");
    }
}

#[tokio::test]
async fn voices_are_listed_with_what_they_speak_and_where_to_hear_them() {
    let vendors = FakeVendors::start().await;
    let speaker_of_ours = speaker(&vendors, ELEVENLABS, KEY);
    let voices = speaker_of_ours.voices().await.unwrap();
    assert_eq!(speaker_of_ours.voices().await.unwrap(), voices);
    // Two pages, asked for once.
    assert_eq!(vendors.calls(Operation::ElevenLabsVoices).len(), 2);
    let names: Vec<_> = voices.iter().map(|voice| &*voice.name).collect();
    assert_eq!(names, ["Ada", "Ben", "Cleo"]);
    assert_eq!(voices[0].description, "Ada is calm.");
    assert_eq!(voices[1].description, "british, neutral");
    assert!(voices[2].languages.contains(&Language::Hindi));
    let Preview::At(preview) = &voices[2].preview else {
        panic!("{:?}", voices[2]);
    };
    assert!(preview.ends_with("fakeVoiceOfCleo00003.mp3"), "{preview}");

    let refused = speaker(&vendors, ELEVENLABS, "another").voices().await;
    assert_eq!(refused, Err(ProviderError::Unauthorized));

    let first = openai(&vendors, "tts-1", KEY).voices().await.unwrap();
    assert_eq!(first.len(), 9);
    assert_eq!(first[0].name, "Alloy");
}

#[tokio::test]
async fn a_call_ends_as_soon_as_its_caller_asks() {
    let vendors = FakeVendors::start().await;
    for slow in [ELEVENLABS, OPENAI, TRANSCRIPTION] {
        let operation = if slow == ELEVENLABS {
            ELEVENLABS
        } else {
            OPENAI
        };
        vendors.fault(slow, Fault::Slow(Duration::from_secs(3_600)));
        let cancel = CancellationToken::new();
        let observer = Observer::new(cancel.clone(), |_, _| {});
        let speaker = speaker(&vendors, operation, KEY);
        let request = request(operation, TEXT);
        let speak = speaker.speak(&request, &observer);
        tokio::pin!(speak);
        while vendors.calls(slow).is_empty() {
            tokio::select! {
                outcome = &mut speak => panic!("{outcome:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
        cancel.cancel();
        assert_eq!(speak.await, Err(ProviderError::Cancelled));
    }
}
