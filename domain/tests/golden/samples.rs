//! One full event of each form there is. Written field by field, so that a new
//! field has to be named here, and every optional one has a value.

use chrono::{DateTime, NaiveDate};
use domain::access_token::{AccessTokenEvent, Scope};
use domain::inbox::InboxEvent;
use domain::projection::{Comparison, ProjectionEvent, ProjectionName, RebuildCause, SkipReason};
use domain::series::{SeriesEvent, SeriesName};
use domain::session::{SessionEnd, SessionEvent, SignInMethod};
use domain::settings::{
    ArtStyle, CaptionStyle, Language, Mood, Music, Niche, SpeechSpeed, TargetDuration, VoiceId,
};
use domain::user::{ErasureCause, PasswordCause, UserEvent};
use domain::video::output::{
    Film, ProviderCharge, ProviderJob, ProviderSwitch, Publication, Scene, Script, ScriptScene,
    ScriptSource, Speech, SpokenWord, StageOutput,
};
use domain::video::{Brought, ScenePicture, VideoBrief, VideoEvent};
use domain::{
    Asset, Failure, FailureClass, MediaKey, Microusd, NotificationId, Personal, PriceSource,
    ProductionSettings, Provider, Role, SeriesId, Stage, Topic, Usage, UsageUnit, UserId,
};
use uuid::Uuid;

pub(crate) fn user() -> Vec<UserEvent> {
    vec![
        UserEvent::Registered {
            user: owner(),
            email: sealed(),
        },
        UserEvent::EmailVerified {},
        UserEvent::IdentityLinked {
            issuer: "https://accounts.example".to_owned(),
            subject: sealed(),
        },
        UserEvent::PasswordSet {
            cause: PasswordCause::SignUp,
        },
        UserEvent::RoleChanged { role: Role::Admin },
        UserEvent::Erased {
            cause: ErasureCause::Asked,
        },
    ]
}

pub(crate) fn session() -> Vec<SessionEvent> {
    vec![
        SessionEvent::Started {
            owner: owner(),
            method: SignInMethod::Password,
            client: sealed(),
        },
        SessionEvent::Ended {
            cause: SessionEnd::SignedOut,
        },
    ]
}

pub(crate) fn inbox() -> Vec<InboxEvent> {
    vec![InboxEvent::Read {
        owner: owner(),
        notification: NotificationId(Uuid::from_u128(7)),
    }]
}

pub(crate) fn access_token() -> Vec<AccessTokenEvent> {
    vec![
        AccessTokenEvent::Created {
            owner: owner(),
            name: sealed(),
            scopes: vec![Scope::Read, Scope::Events],
            expires_at: DateTime::from_timestamp(1_798_761_600, 0).unwrap(),
        },
        AccessTokenEvent::Revoked {},
    ]
}

fn sealed() -> Personal {
    Personal::new(owner(), "v1.c2VhbGVk")
}

pub(crate) fn projection() -> Vec<ProjectionEvent> {
    use ProjectionEvent as E;
    let projection = ProjectionName::new("video");
    let version = 3;
    let stream = || format!("video-{}", Uuid::from_u128(0x71de0));
    let of = || projection.clone();
    vec![
        E::RebuildRequested {
            projection: of(),
            version,
            logic: 2,
            cause: RebuildCause::LogicChanged,
        },
        E::RebuildPaused {
            projection: of(),
            version,
        },
        E::RebuildResumed {
            projection: of(),
            version,
            accept_difference: true,
        },
        E::RebuildHeld {
            projection: of(),
            version,
        },
        E::RebuildCancelled {
            projection: of(),
            version,
        },
        E::RebuildCompleted {
            projection: of(),
            version,
            comparison: Comparison::NotCompared,
        },
        E::RollbackRequested {
            projection: of(),
            version,
        },
        E::RollbackCancelled {
            projection: of(),
            version,
        },
        E::RolledBack {
            projection: of(),
            version,
        },
        E::ParkedRetried {
            projection: of(),
            stream: stream(),
        },
        E::ParkedSkipped {
            projection: of(),
            stream: stream(),
            event_id: Uuid::from_u128(0xe7e47),
            reason: SkipReason::try_new("written twice by a broken tool").unwrap(),
        },
    ]
}

pub(crate) fn video() -> Vec<VideoEvent> {
    let outputs = [
        StageOutput::Script(script()),
        StageOutput::Speech(speech()),
        StageOutput::Segmentation {
            scenes: vec![scene()],
        },
        StageOutput::Segmentation {
            scenes: vec![Scene {
                own_picture: Some(asset("jpg")),
                ..scene()
            }],
        },
        StageOutput::Images {},
        StageOutput::Assembly(film()),
        StageOutput::Upload(publication().into()),
        StageOutput::Upload(Box::new(Publication {
            thumbnail_webp: Some(asset("webp")),
            ..publication()
        })),
    ];
    let others = [
        VideoEvent::Requested {
            owner: owner(),
            series: Some(SeriesId(Uuid::from_u128(0x5e51e5))),
            brief: brief(),
        },
        VideoEvent::Requested {
            owner: owner(),
            series: None,
            brief: VideoBrief {
                brought: Brought {
                    pictures: vec![ScenePicture {
                        scene: 3,
                        picture: asset("jpg"),
                    }],
                },
                ..brief()
            },
        },
        VideoEvent::StageStarted {
            stage: Stage::Images,
            attempt: 2,
        },
        VideoEvent::StageReleased {
            stage: Stage::Assembly,
            attempt: 3,
        },
        VideoEvent::ProviderJobStarted(ProviderJob {
            stage: Stage::Images,
            attempt: 2,
            scene: Some(3),
            provider: "fal".to_owned(),
            id: "764cabcf-b745-4b3e-ae38-1200304cf45b".to_owned(),
        }),
        VideoEvent::ProviderCharged(ProviderCharge {
            call: "0193f0a1c0de7c3e9b1a5d2f4e6a8b0c".to_owned(),
            stage: Stage::Images,
            attempt: 2,
            scene: Some(3),
            provider: "openai".to_owned(),
            model: "gpt-image-2".to_owned(),
            usage: vec![Usage {
                unit: UsageUnit::OutputTokens,
                amount: 1_584,
            }],
            cost: Microusd(47_520),
            price: Some(PriceSource {
                checked: NaiveDate::from_ymd_opt(2026, 6, 21).unwrap(),
                source: "https://example.com/prices".to_owned(),
            }),
            is_estimate: true,
        }),
        VideoEvent::ProviderSwitched(ProviderSwitch {
            stage: Stage::Images,
            attempt: 2,
            scene: Some(3),
            from: "fal".to_owned(),
            to: "openai".to_owned(),
            failure: failure(),
        }),
        VideoEvent::SceneImageGenerated {
            scene: 3,
            image: asset("png"),
            provider: provider(),
        },
        VideoEvent::StageFailed {
            stage: Stage::Speech,
            attempt: 1,
            failure: failure(),
            retry_at: DateTime::from_timestamp_millis(1_793_534_400_123),
        },
        VideoEvent::Ready {},
        VideoEvent::Failed {
            stage: Stage::Assembly,
            failure: failure(),
        },
        VideoEvent::Cancelled {
            stage: Stage::Upload,
        },
        VideoEvent::Retried {
            stage: Stage::Script,
        },
        VideoEvent::Deleted {},
    ];
    let outputs = outputs.map(VideoEvent::StageCompleted);
    outputs.into_iter().chain(others).collect()
}

pub(crate) fn series() -> Vec<SeriesEvent> {
    let name = SeriesName::try_new("Deep sea").unwrap();
    vec![
        SeriesEvent::Created {
            owner: owner(),
            name: name.clone(),
            settings: settings(Music::Bed {
                mood: Some(Mood::Mystery),
            }),
        },
        SeriesEvent::Changed {
            name,
            settings: settings(Music::None),
        },
        SeriesEvent::Archived {},
        SeriesEvent::Deleted {},
    ]
}

fn owner() -> UserId {
    UserId(Uuid::from_u128(0x0b5e55ed))
}

fn settings(music: Music) -> ProductionSettings {
    ProductionSettings {
        niche: Niche::ScaryStories,
        art_style: ArtStyle::OilPainting,
        voice: VoiceId::try_new("heart").unwrap(),
        speed: SpeechSpeed::try_from_percent(110).unwrap(),
        language: Language::English,
        duration: TargetDuration::Ninety,
        music,
        caption_style: CaptionStyle::KaraokeFill,
    }
}

fn script() -> Script {
    Script {
        title: "Three hearts".to_owned(),
        description: "Why an octopus needs them".to_owned(),
        hashtags: vec!["octopus".to_owned()],
        scenes: vec![ScriptScene {
            text: "It has three hearts.".to_owned(),
            visual: "an octopus on a reef".to_owned(),
        }],
        sources: vec![ScriptSource {
            title: "Octopus".to_owned(),
            url: Some("https://example.org/octopus".to_owned()),
        }],
        mood: Mood::Calm,
        provider: provider(),
    }
}

fn speech() -> Speech {
    Speech {
        audio: asset("wav"),
        duration_ms: 1_900,
        words: vec![SpokenWord {
            text: "It".to_owned(),
            start_ms: 120,
            end_ms: 310,
        }],
        provider: provider(),
    }
}

fn brief() -> VideoBrief {
    VideoBrief {
        topic: Topic::try_new("Why “octopuses” have 3 hearts: 100% \\ naïve 心 🐙").unwrap(),
        settings: settings(Music::Own {
            key: asset("mp3").key,
        }),
        seed: u64::MAX,
        brought: Brought::default(),
    }
}

fn scene() -> Scene {
    Scene {
        start_ms: 0,
        end_ms: 1_900,
        text: "It has three hearts.".to_owned(),
        visual: "an octopus on a reef".to_owned(),
        own_picture: None,
    }
}

fn film() -> Film {
    Film {
        asset: asset("mp4"),
        duration_ms: 61_600,
        width: 1080,
        height: 1920,
        integrated_lufs: -14.1,
        true_peak_dbtp: -1.3,
        provider: provider(),
    }
}

fn publication() -> Publication {
    Publication {
        video: asset("mp4"),
        thumbnail: asset("jpg"),
        thumbnail_webp: None,
        captions_srt: asset("srt"),
        captions_vtt: asset("vtt"),
    }
}

fn asset(extension: &str) -> Asset {
    Asset {
        key: MediaKey::try_new(format!("videos/1/file.{extension}")).unwrap(),
        content_type: "application/octet-stream".to_owned(),
        bytes: 14_500_000,
        sha256: "0a".repeat(32),
    }
}

fn provider() -> Provider {
    Provider {
        name: "offline".to_owned(),
        model: "test".to_owned(),
        cost: Microusd(12_345),
        usage: Vec::new(),
        prompt: None,
    }
}

fn failure() -> Failure {
    Failure {
        class: FailureClass::UserFixable,
        code: "voice-unavailable".to_owned(),
        message: "the voice is not there; choose another".to_owned(),
        retry_after_ms: Some(60_000),
    }
}
