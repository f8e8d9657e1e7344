//! Every event ever stored can still be read, and none changes its shape
//! without a new version.
//!
//! `domain/golden/<category>/` has one file for each version of each type, and
//! for each form a type has: the data as it was stored. A file is never changed.
//! After a change of an event's shape raise its version in the catalogue, teach
//! `upcast` the step, and let `make golden` add the new file.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod samples;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use domain::access_token::{AccessToken, Scope};
use domain::inbox::Inbox;
use domain::projection::{Comparison, Projection, RebuildCause};
use domain::series::Series;
use domain::session::{Session, SessionEnd, SignInMethod};
use domain::settings::{ArtStyle, CaptionStyle, Language, Mood, Niche, TargetDuration};
use domain::user::{ErasureCause, PasswordCause, User};
use domain::video::Video;
use domain::{Aggregate, DomainEvent, FailureClass, Role, Stage, StoredEvent, UsageUnit};
use serde::Serialize;
use serde_json::{Value, json};

/// Set by `make golden`: what is missing is written instead of missed.
const WRITE: &str = "NARRATE_WRITE_GOLDEN";

#[test]
fn a_video_is_stored_as_it_always_was() {
    check::<Video>(&samples::video());
}

#[test]
fn a_series_is_stored_as_it_always_was() {
    check::<Series>(&samples::series());
}

#[test]
fn a_projection_is_stored_as_it_always_was() {
    check::<Projection>(&samples::projection());
}

#[test]
fn a_user_is_stored_as_they_always_were() {
    check::<User>(&samples::user());
}

#[test]
fn a_session_is_stored_as_it_always_was() {
    check::<Session>(&samples::session());
}

#[test]
fn an_access_token_is_stored_as_it_always_was() {
    check::<AccessToken>(&samples::access_token());
}

#[test]
fn an_inbox_is_stored_as_it_always_was() {
    check::<Inbox>(&samples::inbox());
}

/// Settings and stages are stored by their slugs.
#[test]
fn every_choice_ever_stored_is_still_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/choices.json");
    let now = json!({
        "ArtStyle": slugs(ArtStyle::ALL),
        "CaptionStyle": slugs(CaptionStyle::ALL),
        "Comparison": slugs(Comparison::ALL),
        "ErasureCause": slugs(ErasureCause::ALL),
        "FailureClass": slugs(FailureClass::ALL),
        "Language": slugs(Language::ALL),
        "Mood": slugs(Mood::ALL),
        "UsageUnit": slugs(UsageUnit::ALL),
        "Niche": slugs(Niche::ALL),
        "PasswordCause": slugs(PasswordCause::ALL),
        "RebuildCause": slugs(RebuildCause::ALL),
        "Role": slugs(Role::ALL),
        "Scope": slugs(Scope::ALL),
        "SessionEnd": slugs(SessionEnd::ALL),
        "SignInMethod": slugs(SignInMethod::ALL),
        "Stage": slugs(Stage::ALL),
        "TargetDuration": slugs(TargetDuration::ALL),
    });
    let kept = kept(&file, &now);
    for (of, choices) in kept.as_object().unwrap() {
        for choice in choices.as_array().unwrap() {
            let still = now[of].as_array().is_some_and(|now| now.contains(choice));
            assert!(still, "{of} {choice} was stored and can no longer be read");
        }
    }
}

fn slugs(choices: &[impl Serialize]) -> Value {
    serde_json::to_value(choices).unwrap()
}

/// `samples` has each form of each event, in full.
fn check<A: Aggregate>(samples: &[A::Event])
where
    A::Event: PartialEq + std::fmt::Debug,
{
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(A::CATEGORY);
    let sampled: BTreeSet<String> = samples
        .iter()
        .map(|event| event.store().type_name)
        .collect();
    let named = A::Event::CATALOGUE
        .iter()
        .map(|(name, _)| (*name).to_owned());
    assert_eq!(
        sampled,
        named.collect(),
        "each type has a sample and a line"
    );

    for event in samples {
        let stored = event.store();
        let file = folder.join(name_of(&stored));
        assert_eq!(
            kept(&file, &stored.data),
            stored.data,
            "{} changed its shape: raise its version",
            stored.type_name
        );
        assert_eq!(&A::Event::restore(&stored).unwrap(), event);
    }
    let mut versions = BTreeSet::new();
    for file in fs::read_dir(&folder).unwrap() {
        let file = file.unwrap().path();
        let stored = read(&file);
        A::Event::restore(&stored)
            .unwrap_or_else(|error| panic!("{} cannot be read: {error:?}", file.display()));
        versions.insert((stored.type_name, stored.schema_version));
    }
    let known = A::Event::CATALOGUE
        .iter()
        .flat_map(|&(name, current)| (1..=current).map(move |version| (name.to_owned(), version)));
    assert_eq!(versions, known.collect(), "one file for each version");
}

/// What is only there in some events, and what such a form is called.
const FORMS: [(&str, &str); 3] = [
    ("/brief/brought", "own"),
    ("/output/scenes/0/own_picture", "own"),
    ("/output/thumbnail_webp", "webp"),
];

/// `<Type>.v<version>[.<form>].json`; a stage's output has the stage's form.
fn name_of(stored: &StoredEvent) -> String {
    let StoredEvent {
        type_name,
        schema_version,
        data,
    } = stored;
    let of = data.get("output").and(data["stage"].as_str());
    let named = FORMS
        .iter()
        .filter(|(place, _)| data.pointer(place).is_some());
    let forms = of.into_iter().chain(named.map(|(_, form)| *form));
    let forms: String = forms.map(|form| format!(".{form}")).collect();
    format!("{type_name}.v{schema_version}{forms}.json")
}

fn kept(file: &Path, now: &Value) -> Value {
    if !file.exists() {
        assert!(
            std::env::var_os(WRITE).is_some(),
            "{} is missing: type `make golden`, look at what it adds, and commit it",
            file.display()
        );
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let text = serde_json::to_string_pretty(now).unwrap();
        fs::write(file, text + "\n").unwrap();
    }
    json_of(file)
}

fn read(file: &Path) -> StoredEvent {
    let name = file.file_name().unwrap().to_str().unwrap();
    let mut parts = name.split('.');
    let type_name = parts.next().unwrap().to_owned();
    let version = parts.next().unwrap().strip_prefix('v').unwrap();
    StoredEvent {
        type_name,
        schema_version: version.parse().unwrap(),
        data: json_of(file),
    }
}

fn json_of(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}
