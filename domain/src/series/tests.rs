use super::*;
use crate::settings::Niche;

fn name(text: &str) -> SeriesName {
    SeriesName::try_new(text).unwrap()
}

fn created() -> SeriesEvent {
    SeriesEvent::Created {
        owner: UserId::LOCAL_OWNER,
        name: name("Sea facts"),
        settings: ProductionSettings::default(),
    }
}

fn decide(given: &[SeriesEvent], when: SeriesCommand) -> Result<Vec<SeriesEvent>, SeriesError> {
    Series::fold(given).decide(when)
}

fn create() -> SeriesCommand {
    SeriesCommand::Create {
        owner: UserId::LOCAL_OWNER,
        name: name("Sea facts"),
        settings: ProductionSettings::default(),
    }
}

#[test]
fn a_series_is_created_once() {
    assert_eq!(decide(&[], create()), Ok(vec![created()]));
    assert_eq!(decide(&[created()], create()), Ok(vec![]));
}

#[test]
fn a_change_keeps_what_it_does_not_name() {
    let settings = ProductionSettings {
        niche: Niche::History,
        ..ProductionSettings::default()
    };
    let change = SeriesCommand::Change {
        name: None,
        settings: Some(settings.clone()),
    };
    assert_eq!(
        decide(&[created()], change),
        Ok(vec![SeriesEvent::Changed {
            name: name("Sea facts"),
            settings
        }])
    );
}

#[test]
fn a_change_to_what_already_is_records_nothing() {
    let change = SeriesCommand::Change {
        name: Some(name("Sea facts")),
        settings: None,
    };
    assert_eq!(decide(&[created()], change), Ok(vec![]));
}

#[test]
fn an_archived_series_refuses_changes() {
    let change = SeriesCommand::Change {
        name: Some(name("Land facts")),
        settings: None,
    };
    let given = [created(), SeriesEvent::Archived {}];
    assert_eq!(decide(&given, change), Err(SeriesError::Archived));
    assert_eq!(decide(&given, SeriesCommand::Archive), Ok(vec![]));
}

#[test]
fn a_series_that_was_never_created_is_not_found() {
    assert_eq!(
        decide(&[], SeriesCommand::Archive),
        Err(SeriesError::NotFound)
    );
}

#[test]
fn an_archived_series_takes_no_new_videos() {
    let series = Series::fold(&[created()]);
    assert_eq!(series.for_new_video(), Ok(series.state().unwrap()));
    let archived = Series::fold(&[created(), SeriesEvent::Archived {}]);
    assert_eq!(archived.for_new_video(), Err(SeriesError::Archived));
    assert_eq!(archived.state(), series.state());
    assert_eq!(Series::Absent.for_new_video(), Err(SeriesError::NotFound));
}

#[test]
fn a_series_is_deleted_once_archived_or_not_and_is_then_closed() {
    let deleted = SeriesEvent::Deleted {};
    let archived = SeriesEvent::Archived {};
    for before in [vec![created()], vec![created(), archived]] {
        assert_eq!(
            decide(&before, SeriesCommand::Delete),
            Ok(vec![deleted.clone()])
        );
        let after = [before, vec![deleted.clone()]].concat();
        assert_eq!(decide(&after, SeriesCommand::Delete), Ok(vec![]));
        assert_eq!(
            decide(&after, SeriesCommand::Archive),
            Err(SeriesError::Deleted)
        );
        assert_eq!(Series::fold(&after).owner(), Some(UserId::LOCAL_OWNER));
    }
}
