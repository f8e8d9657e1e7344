use proptest::prelude::*;
use uuid::Uuid;

use super::ProjectionEvent as E;
use super::ProjectionOrder as O;
use super::*;

fn video() -> ProjectionName {
    ProjectionName::new("video")
}

fn requested(version: u32) -> E {
    E::RebuildRequested {
        projection: video(),
        version,
        logic: 1,
        cause: RebuildCause::Asked,
    }
}

fn paused(version: u32) -> E {
    E::RebuildPaused {
        projection: video(),
        version,
    }
}

fn resumed(version: u32, accept_difference: bool) -> E {
    E::RebuildResumed {
        projection: video(),
        version,
        accept_difference,
    }
}

fn held(version: u32) -> E {
    E::RebuildHeld {
        projection: video(),
        version,
    }
}

fn cancelled(version: u32) -> E {
    E::RebuildCancelled {
        projection: video(),
        version,
    }
}

fn completed(version: u32) -> E {
    E::RebuildCompleted {
        projection: video(),
        version,
        comparison: Comparison::Same,
    }
}

fn rollback(version: u32) -> E {
    E::RollbackRequested {
        projection: video(),
        version,
    }
}

fn rolled_back(version: u32) -> E {
    E::RolledBack {
        projection: video(),
        version,
    }
}

fn rebuild() -> O {
    O::Rebuild {
        cause: RebuildCause::Asked,
        logic: 1,
    }
}

fn complete(version: u32) -> O {
    O::Complete {
        version,
        comparison: Comparison::Same,
    }
}

const RESUME: O = O::Resume {
    accept_difference: false,
};

fn decide(given: &[E], order: O) -> Result<Vec<E>, ProjectionError> {
    Projection::fold(given).decide(ProjectionCommand {
        projection: video(),
        order,
    })
}

#[test]
fn each_rebuild_has_a_version_of_its_own() {
    assert_eq!(decide(&[], rebuild()), Ok(vec![requested(2)]));
    assert_eq!(
        decide(&[requested(2), cancelled(2)], rebuild()),
        Ok(vec![requested(3)])
    );
}

#[test]
fn a_rebuild_started_twice_is_refused() {
    let given = [requested(2), paused(2)];
    let refused = ProjectionError::AlreadyRebuilding { version: 2 };
    assert_eq!(decide(&given, rebuild()), Err(refused.clone()));
    assert_eq!(decide(&given, O::RollBack), Err(refused));
}

#[test]
fn a_rebuild_pauses_and_goes_on_once() {
    assert_eq!(decide(&[requested(2)], O::Pause), Ok(vec![paused(2)]));
    let given = [requested(2), paused(2)];
    assert_eq!(decide(&given, O::Pause), Ok(vec![]));
    assert_eq!(decide(&given, RESUME), Ok(vec![resumed(2, false)]));
    assert_eq!(decide(&[requested(2)], RESUME), Ok(vec![]));
}

#[test]
fn what_is_not_under_way_is_neither_paused_nor_resumed_nor_cancelled() {
    for order in [O::Pause, RESUME] {
        assert_eq!(decide(&[], order), Err(ProjectionError::NotRebuilding));
    }
    let done = [requested(2), completed(2)];
    assert_eq!(
        decide(&done, O::Cancel),
        Err(ProjectionError::NothingToCancel)
    );
}

#[test]
fn rows_that_differ_hold_the_rebuild_until_somebody_accepts_it() {
    let given = [requested(2)];
    assert_eq!(decide(&given, O::Hold { version: 2 }), Ok(vec![held(2)]));
    let given = [requested(2), held(2)];
    assert_eq!(decide(&given, O::Hold { version: 2 }), Ok(vec![]));
    let accept = O::Resume {
        accept_difference: true,
    };
    assert_eq!(decide(&given, accept), Ok(vec![resumed(2, true)]));
    let accepted = Projection::fold(&[requested(2), held(2), resumed(2, true)]);
    assert_eq!(
        accepted.work(),
        Some(Work::Rebuild {
            version: 2,
            logic: 1,
            pace: Pace::Running,
            accepts_difference: true
        })
    );
}

#[test]
fn a_finished_rebuild_is_live_and_leaves_the_one_before_to_roll_back_to() {
    assert_eq!(decide(&[], O::RollBack), Err(ProjectionError::NoPrevious));
    let given = [requested(2), completed(2)];
    let after = Projection::fold(&given);
    assert_eq!((after.live(), after.previous()), (2, Some(1)));
    assert_eq!(decide(&given, complete(2)), Ok(vec![]));
    assert_eq!(decide(&given, O::RollBack), Ok(vec![rollback(1)]));
}

#[test]
fn a_rollback_can_itself_be_rolled_back() {
    let given = [requested(2), completed(2), rollback(1)];
    assert_eq!(decide(&given, complete(1)), Ok(vec![rolled_back(1)]));
    let given = [requested(2), completed(2), rollback(1), rolled_back(1)];
    assert_eq!(decide(&given, O::RollBack), Ok(vec![rollback(2)]));
    assert_eq!(decide(&given, rebuild()), Ok(vec![requested(3)]));
}

#[test]
fn a_swap_that_was_quicker_than_its_cancellation_is_recorded() {
    let given = [requested(2), cancelled(2)];
    assert_eq!(decide(&given, complete(2)), Ok(vec![completed(2)]));
    assert_eq!(decide(&given, O::Hold { version: 2 }), Ok(vec![]));
}

#[test]
fn a_skip_tells_which_event_and_why() {
    let reason = SkipReason::try_new("written by a broken tool").unwrap();
    let skip = O::SkipParked {
        stream: "video-1".to_owned(),
        event_id: Uuid::nil(),
        reason: reason.clone(),
    };
    assert_eq!(
        decide(&[], skip),
        Ok(vec![E::ParkedSkipped {
            projection: video(),
            stream: "video-1".to_owned(),
            event_id: Uuid::nil(),
            reason
        }])
    );
    let error = SkipReason::try_new(" ").unwrap_err();
    assert_eq!(
        error.to_string(),
        "reason: is empty; write 1 to 300 characters"
    );
}

fn any_order() -> impl Strategy<Value = O> {
    prop_oneof![
        Just(rebuild()),
        Just(O::Pause),
        any::<bool>().prop_map(|accept_difference| O::Resume { accept_difference }),
        Just(O::Cancel),
        Just(O::RollBack),
        (1u32..5).prop_map(|version| O::Hold { version }),
        (1u32..5).prop_map(complete),
    ]
}

proptest! {
    #[test]
    fn whatever_is_ordered_what_is_worked_on_is_never_what_is_live(
        orders in prop::collection::vec(any_order(), 0..40),
    ) {
        let mut state = Projection::default();
        for order in orders {
            let command = ProjectionCommand { projection: video(), order };
            let events = state.decide(command).unwrap_or_default();
            state = events.iter().fold(state, Projection::evolve);
            prop_assert_ne!(state.previous(), Some(state.live()));
            if let Some(Work::Rebuild { version, .. } | Work::Rollback { version }) = state.work() {
                prop_assert_ne!(version, state.live());
            }
        }
    }
}
