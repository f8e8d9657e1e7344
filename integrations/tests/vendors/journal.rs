//! What is paid for is kept, and given again instead of being bought again.

use std::sync::Arc;

use domain::settings::{Language, Niche, SpeechSpeed, TargetDuration, VoiceId};
use domain::{FailureClass, MediaKey, Topic};
use fake_vendors::{FakeVendors, Fault, Operation};
use integrations::images::{GptImage, GptImageQuality, ImageMaker, StableImage, Unrecorded};
use integrations::media::{DirectoryStore, MediaStore};
use integrations::script::{Claude, ModelWriter, OpenAi, ScriptRequest, ScriptWriter};
use integrations::speech::{ElevenLabs, ModelSpeaker, OpenAiSpeech, SpeechMaker, SpeechRequest};
use integrations::vendor::Prices;
use integrations::{Journal, Observer, Prompts, ProviderError, openai};
use tempfile::TempDir;

use crate::support::{account, painter, scene};

/// Every call that costs and is answered at once.
const PAID: [Operation; 7] = [
    Operation::OpenAiChat,
    Operation::AnthropicMessages,
    Operation::OpenAiImages,
    Operation::StabilityCore,
    Operation::ElevenLabsSpeech,
    Operation::OpenAiSpeech,
    Operation::OpenAiTranscription,
];

/// A folder of answers that outlives who pays for them.
struct Shelf {
    store: Arc<DirectoryStore>,
    folder: TempDir,
}

impl Shelf {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = DirectoryStore::open(folder.path().to_owned());
        Self {
            store: Arc::new(store.await.unwrap()),
            folder,
        }
    }

    fn place() -> MediaKey {
        MediaKey::try_new("videos/1/work/answers").unwrap()
    }

    /// As a process opens it that knows nothing of those before.
    fn journal(&self) -> Arc<Journal> {
        let store = Arc::clone(&self.store) as Arc<dyn MediaStore>;
        Arc::new(Journal::new(store, Self::place()))
    }
}

/// What is made, in any form that can be compared.
async fn make(
    vendors: &FakeVendors,
    operation: Operation,
    journal: &Arc<Journal>,
) -> Result<String, ProviderError> {
    let observer = Observer::silent().keeping(journal);
    let prices = Prices::built_in();
    match operation {
        Operation::OpenAiChat => {
            let model = OpenAi::try_new(openai::NAME, "gpt-4.1-mini", account(&vendors.openai()));
            let writer = ModelWriter::try_new(model.unwrap(), Prompts::built_in(), &prices);
            write(&writer.unwrap(), &observer).await
        }
        Operation::AnthropicMessages => {
            let model = Claude::try_new("claude-haiku-4-5", account(&vendors.anthropic()));
            let writer = ModelWriter::try_new(model.unwrap(), Prompts::built_in(), &prices);
            write(&writer.unwrap(), &observer).await
        }
        Operation::OpenAiImages => {
            let account = account(&vendors.openai());
            let model = GptImage::try_new("gpt-image-2", GptImageQuality::Medium, account);
            draw(&painter(model.unwrap()), &observer).await
        }
        Operation::StabilityCore => {
            let model = StableImage::try_new("core", account(&vendors.stability()));
            draw(&painter(model.unwrap()), &observer).await
        }
        Operation::ElevenLabsSpeech => {
            let model = ElevenLabs::try_new("eleven_turbo_v2_5", account(&vendors.elevenlabs()));
            let speaker = ModelSpeaker::try_new(model.unwrap(), &prices).unwrap();
            speak(&speaker, "fakeVoiceOfAda000001", &observer).await
        }
        Operation::OpenAiSpeech | Operation::OpenAiTranscription => {
            let model = OpenAiSpeech::try_new("tts-1", "whisper-1", account(&vendors.openai()));
            let speaker = ModelSpeaker::try_new(model.unwrap(), &prices).unwrap();
            speak(&speaker, "nova", &observer).await
        }
        other => panic!("{other:?} is not paid for at once"),
    }
}

async fn write(writer: &dyn ScriptWriter, observer: &Observer) -> Result<String, ProviderError> {
    let request = ScriptRequest {
        topic: Topic::try_new("Why octopuses have three hearts").unwrap(),
        niche: Niche::Science,
        duration: TargetDuration::Thirty,
        language: Language::English,
        speed: SpeechSpeed::default(),
        seed: 7,
    };
    let script = writer.write(&request, observer).await?;
    Ok(format!("{script:?}"))
}

async fn draw(drawer: &dyn ImageMaker, observer: &Observer) -> Result<String, ProviderError> {
    let drawn = drawer.draw(&scene(), &Unrecorded, observer).await?;
    Ok(format!("{drawn:?}"))
}

/// In two pieces.
async fn speak(
    speaker: &dyn SpeechMaker,
    voice: &str,
    observer: &Observer,
) -> Result<String, ProviderError> {
    let sentences = (1..=50).map(|n| format!("Sentence number {n} is about octopuses."));
    let request = SpeechRequest {
        text: sentences.collect::<Vec<_>>().join(" "),
        voice: VoiceId::try_new(voice).unwrap(),
        speed: SpeechSpeed::default(),
        language: Language::English,
        seed: 7,
    };
    let spoken = speaker.speak(&request, observer).await?;
    Ok(format!("{spoken:?}"))
}

/// Calls that one whole thing takes.
fn pieces(operation: Operation) -> usize {
    match operation {
        Operation::ElevenLabsSpeech | Operation::OpenAiSpeech | Operation::OpenAiTranscription => 2,
        _ => 1,
    }
}

#[tokio::test]
async fn the_same_call_is_answered_from_what_was_paid_for_until_that_is_recorded() {
    for operation in PAID {
        let (vendors, shelf) = (FakeVendors::start().await, Shelf::new().await);
        let whole = pieces(operation);
        let first = make(&vendors, operation, &shelf.journal()).await.unwrap();
        let journal = shelf.journal();
        let again = make(&vendors, operation, &journal).await.unwrap();
        assert!(again == first, "{operation:?} was told otherwise");
        assert_eq!(vendors.calls(operation).len(), whole, "{operation:?}");

        journal.close().await;
        make(&vendors, operation, &shelf.journal()).await.unwrap();
        assert_eq!(vendors.calls(operation).len(), 2 * whole, "{operation:?}");
    }
}

#[tokio::test]
async fn what_was_answered_before_a_failure_is_not_bought_again() {
    for operation in [Operation::ElevenLabsSpeech, Operation::OpenAiTranscription] {
        let (vendors, shelf) = (FakeVendors::start().await, Shelf::new().await);
        vendors.fault(operation, Fault::Sparse);
        vendors.fault(operation, Fault::ServerError);
        let outcome = make(&vendors, operation, &shelf.journal()).await;
        outcome.unwrap_err();
        make(&vendors, operation, &shelf.journal()).await.unwrap();
        let calls = vendors.calls(operation);
        let answered = calls.iter().filter(|call| call.is_answered).count();
        assert_eq!((calls.len(), answered), (3, 2), "{operation:?}");
        let spoken = vendors.calls(Operation::OpenAiSpeech);
        assert!(spoken.len() <= 2, "{operation:?}: {spoken:#?}");
    }
}

#[tokio::test]
async fn an_answer_of_no_use_is_asked_for_anew_once_it_is_rejected() {
    for operation in PAID {
        let (vendors, shelf) = (FakeVendors::start().await, Shelf::new().await);
        let wrong = match operation {
            // The first of the two is taken for a script that wants mending.
            Operation::OpenAiChat | Operation::AnthropicMessages => 2,
            _ => 1,
        };
        for _ in 0..wrong {
            vendors.fault(operation, Fault::WrongContent);
        }
        let journal = shelf.journal();
        let error = make(&vendors, operation, &journal).await.unwrap_err();
        assert!(matches!(error, ProviderError::Malformed { .. }), "{error}");
        let bought = vendors.calls(operation).len();
        assert_eq!(bought, wrong, "{operation:?}");

        // A crash before it was rejected changes nothing.
        let journal = shelf.journal();
        make(&vendors, operation, &journal).await.unwrap_err();
        assert_eq!(vendors.calls(operation).len(), bought, "{operation:?}");
        journal.reject().await;
        make(&vendors, operation, &journal).await.unwrap();
        let whole = pieces(operation);
        assert_eq!(vendors.calls(operation).len(), bought + whole);
    }
}

#[tokio::test]
async fn nobody_is_asked_while_it_cannot_be_told_what_was_paid_for() {
    for operation in PAID {
        let (vendors, shelf) = (FakeVendors::start().await, Shelf::new().await);
        // A way that leads nowhere.
        let videos = shelf.folder.path().join("videos");
        std::os::unix::fs::symlink(&videos, &videos).unwrap();
        let error = make(&vendors, operation, &shelf.journal()).await;
        let Err(ProviderError::NotAsked { failure }) = error else {
            panic!("{operation:?}: {error:?}")
        };
        assert_eq!(failure.class, FailureClass::Retryable, "{failure:?}");
        assert!(
            failure.message.contains("was paid for already"),
            "{failure:?}"
        );
        assert!(vendors.calls(operation).is_empty(), "{operation:?}");
    }
}
