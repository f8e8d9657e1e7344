use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use local_stack::{LocalStack, LocalStackConfig, StackError};

use crate::support::*;

#[tokio::test]
async fn each_damage_is_told_with_its_folder_and_nothing_is_deleted() {
    let folder = Fixture::start().await.stop().await;
    let data = folder.path().join("postgres");
    let damages: [(&str, Option<&str>); 4] = [
        ("PG_VERSION", Some("nonsense")),
        ("PG_VERSION", None),
        ("global/pg_control", None),
        ("global/pg_control", Some("nonsense")),
    ];
    for (name, content) in damages {
        let file = data.join(name);
        let aside = folder.path().join("aside");
        fs::rename(&file, &aside).unwrap();
        if let Some(content) = content {
            fs::write(&file, content).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
        }
        let before = files(folder.path());
        let error = error_in(folder.path()).await;
        assert!(
            matches!(
                error,
                StackError::Damaged { .. } | StackError::DidNotStart { .. }
            ),
            "{name}: {error}"
        );
        assert!(
            error.to_string().contains(data.to_str().unwrap()),
            "{error}"
        );
        let after = files(folder.path());
        assert!(before.iter().all(|file| after.contains(file)), "{name}");
        fs::rename(&aside, &file).unwrap();
    }
    // Mended, it is as good as before: nothing was lost on the way.
    let stack = local_stack::testing::start_in(folder.path()).await.unwrap();
    stack.stop().await;
}

#[tokio::test]
async fn a_folder_of_another_postgres_names_the_version_to_install() {
    let folder = Fixture::start().await.stop().await;
    fs::write(folder.path().join("postgres/PG_VERSION"), "9\n").unwrap();
    let error = error_in(folder.path()).await;
    assert!(
        matches!(error, StackError::OtherVersion { written: 9, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("install Postgres 9"), "{error}");
}

#[tokio::test]
async fn damaged_streams_are_told_rather_than_dropped() {
    let fixture = Fixture::start().await;
    let client = nats(&fixture.nats_url()).await.unwrap();
    async_nats::jetstream::new(client)
        .create_stream("WORK")
        .await
        .unwrap();
    let folder = fixture.stop().await;
    let is_meta = |file: &&std::path::PathBuf| file.ends_with("streams/WORK/meta.inf");
    let meta = files(folder.path()).iter().find(is_meta).unwrap().clone();
    fs::write(&meta, "nonsense").unwrap();

    let error = error_in(folder.path()).await;
    assert!(matches!(error, StackError::Damaged { .. }), "{error}");
    assert!(meta.exists());
    assert_eq!(
        postgres_pid(folder.path()),
        None,
        "Postgres was stopped again"
    );
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let error = error_in(Path::new("/proc/narrate")).await;
    assert!(matches!(error, StackError::NotWritable { .. }), "{error}");
    assert!(error.to_string().contains("/proc/narrate"), "{error}");
}

#[tokio::test]
async fn a_creation_cut_short_is_begun_anew() {
    let folder = local_stack::testing::data_dir().unwrap();
    let unfinished = folder.path().join("postgres.unfinished");
    fs::create_dir(&unfinished).unwrap();
    fs::write(unfinished.join("PG_VERSION"), "15").unwrap();
    let mut steps = Vec::new();
    let stack = LocalStack::start(LocalStackConfig::new(folder.path()), |step| {
        steps.push(step.to_owned());
    })
    .await
    .unwrap();
    stack.stop().await;
    assert!(!unfinished.exists());
    assert_eq!(steps.len(), 3, "{steps:?}");
}
