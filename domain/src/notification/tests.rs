use super::*;
use crate::DomainEvent;

fn failed(class: FailureClass) -> VideoEvent {
    VideoEvent::Failed {
        stage: Stage::Images,
        failure: Failure {
            class,
            code: "refused".to_owned(),
            message: "the provider refused scene 3; change its text".to_owned(),
            retry_after_ms: None,
        },
    }
}

#[test]
fn every_kind_is_made_by_the_event_it_names() {
    let events = [VideoEvent::Ready {}, failed(FailureClass::Permanent)];
    let made: Vec<_> = events
        .iter()
        .map(|event| {
            let notice = Notice::of_video(event, "Bees").unwrap();
            assert_eq!(event.store().type_name, notice.kind.caused_by());
            notice.kind
        })
        .collect();
    assert_eq!(made, NotificationKind::ALL);
}

#[test]
fn what_happens_on_the_way_is_told_nobody() {
    let started = VideoEvent::StageStarted {
        stage: Stage::Script,
        attempt: 1,
    };
    for event in [started, VideoEvent::Deleted {}] {
        assert_eq!(Notice::of_video(&event, "Bees"), None);
    }
}

#[test]
fn a_failure_says_where_why_and_what_to_do_by_its_class() {
    let notice = |class| Notice::of_video(&failed(class), "Bees").unwrap();
    let fixable = notice(FailureClass::UserFixable);
    assert_eq!(fixable.title, "“Bees” failed in images");
    assert_eq!(
        fixable.text,
        "the provider refused scene 3; change its text"
    );
    assert_eq!(fixable.stage, Some(Stage::Images));
    assert_eq!(fixable.failure.unwrap().code, "refused");
    let steps: std::collections::BTreeSet<_> = FailureClass::ALL
        .iter()
        .map(|class| notice(*class).next_step)
        .collect();
    assert_eq!(steps.len(), FailureClass::ALL.len());
}
