use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::output::{
    Film, ProviderCharge, ProviderJob, ProviderSwitch, Publication, Script, ScriptScene, Speech,
    SpokenWord,
};
use super::*;
use crate::settings::Mood;
use crate::testing::Given;
use crate::{Asset, DomainEvent, MediaKey, Microusd, Provider, UserId};

fn given(events: impl IntoIterator<Item = VideoEvent>) -> Given<Video> {
    crate::testing::given(events)
}

fn brief() -> VideoBrief {
    VideoBrief {
        topic: Topic::try_new("Why octopuses have three hearts").unwrap(),
        settings: ProductionSettings::default(),
        seed: 7,
        brought: Brought::default(),
    }
}

fn asset(key: &str) -> Asset {
    Asset {
        key: MediaKey::try_new(key).unwrap(),
        content_type: "application/octet-stream".to_owned(),
        bytes: 1,
        sha256: "00".repeat(32),
    }
}

fn provider() -> Provider {
    Provider::offline("test")
}

fn request() -> VideoCommand {
    VideoCommand::Request {
        owner: UserId::LOCAL_OWNER,
        series: None,
        brief: brief(),
    }
}

fn requested() -> VideoEvent {
    VideoEvent::Requested {
        owner: UserId::LOCAL_OWNER,
        series: None,
        brief: brief(),
    }
}

fn started(stage: Stage, attempt: u32) -> VideoEvent {
    VideoEvent::StageStarted { stage, attempt }
}

fn start(stage: Stage, attempt: u32) -> VideoCommand {
    VideoCommand::StartStage { stage, attempt }
}

fn release(attempt: u32) -> VideoCommand {
    VideoCommand::ReleaseStage {
        stage: Stage::Script,
        attempt,
    }
}

fn script() -> Script {
    let scene = |visual: &str| ScriptScene {
        text: "one two three four five six seven eight nine ten".to_owned(),
        visual: visual.to_owned(),
    };
    Script {
        title: "Three hearts".to_owned(),
        description: "Why".to_owned(),
        hashtags: vec!["octopus".to_owned()],
        scenes: vec![scene("an octopus"), scene("a heart")],
        sources: vec![],
        mood: Mood::Calm,
        provider: provider(),
    }
}

fn speech() -> Speech {
    let words = (0..20)
        .map(|i| SpokenWord {
            text: format!("w{i}"),
            start_ms: i * 500,
            end_ms: i * 500 + 400,
        })
        .collect();
    Speech {
        audio: asset("speech.wav"),
        duration_ms: 10_000,
        words,
        provider: provider(),
    }
}

fn film() -> Film {
    Film {
        asset: asset("film.mp4"),
        duration_ms: 10_000,
        width: 1080,
        height: 1920,
        integrated_lufs: -14.0,
        true_peak_dbtp: -1.5,
        provider: provider(),
    }
}

fn publication() -> Publication {
    Publication {
        video: asset("video.mp4"),
        thumbnail: asset("thumbnail.jpg"),
        thumbnail_webp: Some(asset("thumbnail.webp")),
        captions_srt: asset("captions.srt"),
        captions_vtt: asset("captions.vtt"),
    }
}

fn complete(attempt: u32, result: StageResult) -> VideoCommand {
    VideoCommand::CompleteStage { attempt, result }
}

fn completed(output: StageOutput) -> VideoEvent {
    VideoEvent::StageCompleted(output)
}

fn image(scene: u16) -> VideoEvent {
    VideoEvent::SceneImageGenerated {
        scene,
        image: asset(&format!("{scene}.png")),
        provider: provider(),
    }
}

fn record(scene: u16) -> VideoCommand {
    VideoCommand::RecordSceneImage {
        scene,
        image: asset(&format!("{scene}.png")),
        provider: provider(),
    }
}

fn failure(class: FailureClass) -> Failure {
    Failure {
        class,
        code: "unavailable".to_owned(),
        message: "the voice is away".to_owned(),
        retry_after_ms: None,
    }
}

fn fail_script(attempt: u32, class: FailureClass) -> VideoCommand {
    VideoCommand::FailStage {
        stage: Stage::Script,
        attempt,
        failure: failure(class),
        at: DateTime::UNIX_EPOCH,
        jitter: 0.0,
    }
}

fn script_failed(attempt: u32, retry_at: Option<DateTime<Utc>>) -> VideoEvent {
    VideoEvent::StageFailed {
        stage: Stage::Script,
        attempt,
        failure: failure(FailureClass::Retryable),
        retry_at,
    }
}

fn in_seconds(seconds: i64) -> Option<DateTime<Utc>> {
    Some(DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds))
}

/// All that happened until the images stage runs.
fn illustrating() -> Vec<VideoEvent> {
    let speech = speech();
    let scenes = segmentation::segment(&script().scenes, &speech.words, speech.duration_ms);
    vec![
        requested(),
        started(Stage::Script, 1),
        completed(StageOutput::Script(script())),
        started(Stage::Speech, 1),
        completed(StageOutput::Speech(speech)),
        completed(StageOutput::Segmentation { scenes }),
        started(Stage::Images, 1),
    ]
}

fn and(mut events: Vec<VideoEvent>, more: impl IntoIterator<Item = VideoEvent>) -> Vec<VideoEvent> {
    events.extend(more);
    events
}

#[test]
fn a_video_is_requested_once() {
    given([]).when(request()).then([requested()]);
    given([requested()]).when(request()).then_nothing();
}

#[test]
fn only_the_due_stage_starts() {
    given([requested()])
        .when(start(Stage::Script, 1))
        .then([started(Stage::Script, 1)]);
    given([requested()])
        .when(start(Stage::Images, 1))
        .then_nothing();
}

#[test]
fn of_two_workers_that_want_the_same_attempt_one_begins() {
    given([requested(), started(Stage::Script, 1)])
        .when(start(Stage::Script, 1))
        .then_nothing();
}

#[test]
fn a_stage_that_was_let_go_is_taken_up_again_and_is_no_interruption() {
    let released = |attempt| VideoEvent::StageReleased {
        stage: Stage::Script,
        attempt,
    };
    given([requested(), started(Stage::Script, 1)])
        .when(release(1))
        .then([released(1)]);
    let mut events = vec![requested()];
    for attempt in 1..=2 * MAX_INTERRUPTIONS {
        events.push(started(Stage::Script, attempt));
        events.push(released(attempt));
    }
    let next = 2 * MAX_INTERRUPTIONS + 1;
    given(events)
        .when(start(Stage::Script, next))
        .then([started(Stage::Script, next)]);
}

#[test]
fn only_who_holds_a_stage_can_let_go_of_it() {
    given([
        requested(),
        started(Stage::Script, 1),
        started(Stage::Script, 2),
    ])
    .when(release(1))
    .then_nothing();
    given([requested()]).when(release(1)).then_nothing();
}

#[test]
fn a_worker_takes_over_from_one_that_died() {
    given([requested(), started(Stage::Script, 1)])
        .when(start(Stage::Script, 2))
        .then([started(Stage::Script, 2)]);
}

#[test]
fn what_a_worker_says_after_it_was_replaced_is_ignored() {
    given([
        requested(),
        started(Stage::Script, 1),
        started(Stage::Script, 2),
    ])
    .when(complete(1, StageResult::Script(script())))
    .then_nothing();
}

#[test]
fn a_finished_stage_is_not_finished_twice() {
    given([
        requested(),
        started(Stage::Script, 1),
        completed(StageOutput::Script(script())),
    ])
    .when(complete(1, StageResult::Script(script())))
    .then_nothing();
}

#[test]
fn finished_speech_is_cut_into_scenes_at_once() {
    let events = illustrating();
    given(events[..4].to_vec())
        .when(complete(1, StageResult::Speech(speech())))
        .then(events[4..6].to_vec());
}

#[test]
fn a_scene_is_illustrated_once() {
    given(illustrating()).when(record(0)).then([image(0)]);
    given(and(illustrating(), [image(0)]))
        .when(record(0))
        .then_nothing();
}

#[test]
fn a_picture_of_a_scene_that_does_not_exist_is_ignored() {
    given(illustrating()).when(record(2)).then_nothing();
}

#[test]
fn images_are_complete_when_every_scene_has_its_picture() {
    given(and(illustrating(), [image(1)]))
        .when(complete(1, StageResult::Images))
        .then_err(VideoError::Incomplete {
            stage: Stage::Images,
            missing: "scene 0 has no picture".to_owned(),
        });
    given(and(illustrating(), [image(1), image(0)]))
        .when(complete(1, StageResult::Images))
        .then([completed(StageOutput::Images {})]);
}

#[test]
fn pictures_survive_a_new_attempt() {
    let events = and(illustrating(), [image(0), started(Stage::Images, 2)]);
    let video = Video::fold(&events);
    let missing: Vec<_> = video.generating().unwrap().missing_images().collect();
    assert_eq!(missing, [1]);
}

#[test]
fn the_last_stage_makes_the_video_ready() {
    let uploading = and(
        illustrating(),
        [
            image(0),
            image(1),
            completed(StageOutput::Images {}),
            started(Stage::Assembly, 1),
            completed(StageOutput::Assembly(film())),
            started(Stage::Upload, 1),
        ],
    );
    given(uploading)
        .when(complete(1, StageResult::Upload(publication().into())))
        .then([
            completed(StageOutput::Upload(publication().into())),
            VideoEvent::Ready {},
        ]);
}

#[test]
fn a_temporary_failure_is_tried_again_later_and_later() {
    given([requested(), started(Stage::Script, 1)])
        .when(fail_script(1, FailureClass::Retryable))
        .then([script_failed(1, in_seconds(2))]);
    given([
        requested(),
        started(Stage::Script, 1),
        script_failed(1, in_seconds(2)),
        started(Stage::Script, 2),
    ])
    .when(fail_script(2, FailureClass::Retryable))
    .then([script_failed(2, in_seconds(4))]);
}

#[test]
fn the_third_failure_is_the_last() {
    given([
        requested(),
        started(Stage::Script, 1),
        script_failed(1, in_seconds(2)),
        started(Stage::Script, 2),
        script_failed(2, in_seconds(4)),
        started(Stage::Script, 3),
    ])
    .when(fail_script(3, FailureClass::Retryable))
    .then([
        script_failed(3, None),
        VideoEvent::Failed {
            stage: Stage::Script,
            failure: failure(FailureClass::Retryable),
        },
    ]);
}

#[test]
fn a_failure_that_waiting_cannot_mend_is_not_tried_again() {
    for class in [FailureClass::Permanent, FailureClass::UserFixable] {
        let events = Video::fold(&[requested(), started(Stage::Script, 1)])
            .decide(fail_script(1, class))
            .unwrap();
        assert!(matches!(events[1], VideoEvent::Failed { .. }), "{class}");
    }
}

#[test]
fn a_stage_that_kills_its_worker_again_and_again_fails_the_video() {
    let mut events = vec![requested()];
    for attempt in 1..=MAX_INTERRUPTIONS + 1 {
        events.push(started(Stage::Script, attempt));
    }
    let decided = Video::fold(&events)
        .decide(start(Stage::Script, MAX_INTERRUPTIONS + 2))
        .unwrap();
    let Some(VideoEvent::Failed { failure, .. }) = decided.last() else {
        panic!("{decided:?}");
    };
    assert_eq!(failure.code, "worker-died");
}

#[test]
fn a_retry_goes_on_from_the_stage_that_failed_with_all_that_was_done() {
    let failed = and(
        illustrating(),
        [
            image(0),
            VideoEvent::Failed {
                stage: Stage::Images,
                failure: failure(FailureClass::Permanent),
            },
        ],
    );
    let retried = VideoEvent::Retried {
        stage: Stage::Images,
    };
    given(failed.clone())
        .when(VideoCommand::Retry)
        .then([retried.clone()]);

    let events = and(failed, [retried, started(Stage::Images, 2)]);
    let video = Video::fold(&events);
    let production = video.generating().unwrap();
    assert_eq!(production.missing_images().collect::<Vec<_>>(), [1]);
    assert_eq!(production.failures, 0);
}

#[test]
fn only_a_failed_or_cancelled_video_can_be_retried() {
    given([requested()])
        .when(VideoCommand::Retry)
        .then_err(VideoError::NotRetryable);
    given([
        requested(),
        VideoEvent::Cancelled {
            stage: Stage::Script,
        },
    ])
    .when(VideoCommand::Retry)
    .then([VideoEvent::Retried {
        stage: Stage::Script,
    }]);
}

#[test]
fn a_cancelled_video_takes_no_more_work() {
    let cancelled = VideoEvent::Cancelled {
        stage: Stage::Script,
    };
    given([requested(), started(Stage::Script, 1)])
        .when(VideoCommand::Cancel)
        .then([cancelled.clone()]);
    let events = [requested(), started(Stage::Script, 1), cancelled];
    given(events.clone())
        .when(complete(1, StageResult::Script(script())))
        .then_nothing();
    given(events).when(VideoCommand::Cancel).then_nothing();
}

#[test]
fn a_video_that_was_never_requested_is_not_found() {
    given([])
        .when(VideoCommand::Cancel)
        .then_err(VideoError::NotFound);
}

#[test]
fn a_deleted_video_stays_deleted() {
    given([requested(), VideoEvent::Deleted {}])
        .when(VideoCommand::Retry)
        .then_err(VideoError::Deleted);
    given([requested(), VideoEvent::Deleted {}])
        .when(VideoCommand::Delete)
        .then_nothing();
}

#[test]
fn every_event_is_read_back_as_it_was_stored() {
    let events = and(
        illustrating(),
        [
            image(0),
            completed(StageOutput::Images {}),
            completed(StageOutput::Assembly(film())),
            completed(StageOutput::Upload(publication().into())),
            script_failed(1, in_seconds(2)),
            VideoEvent::Ready {},
            VideoEvent::Deleted {},
        ],
    );
    for event in events {
        assert_eq!(VideoEvent::restore(&event.store()).unwrap(), event);
    }
}

#[test]
fn an_event_of_a_newer_program_is_an_error_that_says_so() {
    let mut stored = requested().store();
    stored.schema_version = 99;
    let error = VideoEvent::restore(&stored).unwrap_err();
    assert!(error.to_string().contains("a newer version wrote it"));
}

fn any_command() -> impl Strategy<Value = VideoCommand> {
    let stage = prop::sample::select(Stage::ALL);
    let class = prop::sample::select(FailureClass::ALL);
    prop_oneof![
        Just(request()),
        (stage.clone(), 1u32..5).prop_map(|(stage, attempt)| start(stage, attempt)),
        (1u32..3).prop_map(release),
        (0u16..3).prop_map(record),
        (1u32..3).prop_map(|a| complete(a, StageResult::Script(script()))),
        (1u32..3).prop_map(|a| complete(a, StageResult::Speech(speech()))),
        (1u32..3).prop_map(|a| complete(a, StageResult::Images)),
        (1u32..3).prop_map(|a| complete(a, StageResult::Assembly(film()))),
        (1u32..3).prop_map(|a| complete(a, StageResult::Upload(publication().into()))),
        (stage, 1u32..3, class).prop_map(|(stage, attempt, class)| VideoCommand::FailStage {
            stage,
            attempt,
            failure: failure(class),
            at: DateTime::UNIX_EPOCH,
            jitter: 0.5,
        }),
        Just(VideoCommand::Cancel),
        Just(VideoCommand::Retry),
        Just(VideoCommand::Delete),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever happens, in whatever order and however often.
    #[test]
    fn no_stage_and_no_scene_is_ever_done_twice(
        commands in prop::collection::vec(any_command(), 0..120),
    ) {
        let mut video = Video::default();
        let mut done = std::collections::BTreeSet::new();
        for command in commands {
            for event in video.decide(command).unwrap_or_default() {
                let work = match &event {
                    VideoEvent::StageCompleted(output) => Some(format!("{}", output.stage())),
                    VideoEvent::SceneImageGenerated { scene, .. } => Some(format!("scene {scene}")),
                    _ => None,
                };
                if let Some(work) = work {
                    prop_assert!(done.insert(work.clone()), "{work} was done twice");
                }
                prop_assert_eq!(&VideoEvent::restore(&event.store()).unwrap(), &event);
                video = video.evolve(&event);
            }
        }
    }
}

fn job(attempt: u32, scene: u16, id: &str) -> ProviderJob {
    ProviderJob {
        stage: Stage::Images,
        attempt,
        scene: Some(scene),
        provider: "fal".to_owned(),
        id: id.to_owned(),
    }
}

fn switch(attempt: u32, scene: u16) -> ProviderSwitch {
    ProviderSwitch {
        stage: Stage::Images,
        attempt,
        scene: Some(scene),
        from: "fal".to_owned(),
        to: "openai".to_owned(),
        failure: failure(FailureClass::Retryable),
    }
}

#[test]
fn a_job_is_recorded_once_and_only_by_who_holds_the_stage() {
    let started = VideoEvent::ProviderJobStarted(job(1, 0, "a"));
    given(illustrating())
        .when(VideoCommand::StartProviderJob(job(1, 0, "a")))
        .then([started.clone()]);
    given(and(illustrating(), [started.clone()]))
        .when(VideoCommand::StartProviderJob(job(1, 0, "a")))
        .then_nothing();
    given(and(illustrating(), [started]))
        .when(VideoCommand::StartProviderJob(job(2, 0, "b")))
        .then_nothing();
}

#[test]
fn the_next_attempt_knows_the_jobs_that_nobody_fetched() {
    let known = |more: Vec<VideoEvent>| {
        let events = and(illustrating(), more);
        let video = events.iter().fold(Video::default(), Video::evolve);
        let production = video.production().unwrap().clone();
        let job = |scene| production.job("fal", Some(scene)).cloned();
        [job(0), job(1)]
    };
    let begun = |scene, id| VideoEvent::ProviderJobStarted(job(1, scene, id));
    let (a, b) = (Some("a".to_owned()), Some("b".to_owned()));
    let both = vec![begun(0, "a"), begun(1, "b")];
    assert_eq!(known(both.clone()), [a.clone(), b.clone()]);
    // The worker died, and another took over.
    let again = and(both.clone(), [started(Stage::Images, 2)]);
    assert_eq!(known(again), [a.clone(), b.clone()]);
    // What was fetched, or given up, is not asked for again.
    assert_eq!(known(and(both.clone(), [image(0)])), [None, b.clone()]);
    let given_up = VideoEvent::ProviderSwitched(switch(1, 1));
    assert_eq!(known(and(both.clone(), [given_up])), [a, None]);
    let newer = known(and(both, [begun(0, "c")]));
    assert_eq!(newer, [Some("c".to_owned()), b]);
}

#[test]
fn a_call_is_charged_once_whatever_has_become_of_the_video() {
    let charge = || ProviderCharge {
        call: "1".to_owned(),
        stage: Stage::Script,
        attempt: 1,
        scene: None,
        provider: "openai".to_owned(),
        model: "gpt-4.1-mini".to_owned(),
        usage: vec![],
        cost: Microusd(1_000),
        price: None,
        is_estimate: false,
    };
    let charged = || VideoEvent::ProviderCharged(charge());
    let record = || VideoCommand::RecordCharge(charge());
    let cancelled = || VideoEvent::Cancelled {
        stage: Stage::Script,
    };
    given([requested(), started(Stage::Script, 1)])
        .when(record())
        .then([charged()]);
    given([requested(), cancelled()])
        .when(record())
        .then([charged()]);
    given([requested(), VideoEvent::Deleted {}])
        .when(record())
        .then([charged()]);
    given([requested(), charged(), cancelled()])
        .when(record())
        .then([]);
    given([]).when(record()).then_err(VideoError::NotFound);
}

#[test]
fn a_switch_of_providers_is_recorded_with_its_reason() {
    given(illustrating())
        .when(VideoCommand::SwitchProvider(switch(1, 0)))
        .then([VideoEvent::ProviderSwitched(switch(1, 0))]);
    given(illustrating())
        .when(VideoCommand::SwitchProvider(switch(2, 0)))
        .then_nothing();
    given([requested(), VideoEvent::Deleted {}])
        .when(VideoCommand::SwitchProvider(switch(1, 0)))
        .then_nothing();
}
