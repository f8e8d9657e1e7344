use std::sync::Arc;

use integrations::Observer;
use integrations::media::{self, Body, DirectoryStore, MediaError, MediaStore};

use crate::conformance::{self, key};

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_does_what_every_store_does() {
    let folder = tempfile::tempdir().unwrap();
    let store = DirectoryStore::open(folder.path().join("media"))
        .await
        .unwrap();
    conformance::run(Arc::new(store)).await;

    let incoming = folder.path().join("media/.incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
}

#[tokio::test]
async fn what_a_killed_process_left_is_removed_and_a_neighbours_work_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let incoming = folder.path().join(".incoming");
    std::fs::create_dir(&incoming).unwrap();
    std::fs::write(incoming.join("1-0"), "left by a killed process").unwrap();
    let at_work = std::fs::File::create(incoming.join("2-0")).unwrap();
    at_work.lock().unwrap();

    DirectoryStore::open(folder.path().to_owned())
        .await
        .unwrap();

    assert!(!incoming.join("1-0").exists());
    assert!(incoming.join("2-0").exists());
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let address = format!("file://{}/media", file.display());
    let error = media::open(&address).await.err().unwrap();
    assert!(matches!(error, MediaError::NotAllowed { .. }), "{error:?}");
    assert!(error.to_string().contains("a-file/media"), "{error}");
}

#[tokio::test]
async fn a_source_that_cannot_be_read_is_named_and_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = DirectoryStore::open(folder.path().join("media"))
        .await
        .unwrap();
    let body = Body::File(folder.path().join("no-film.mp4"));
    let error = store.put(&key("film.mp4"), body, &Observer::silent()).await;
    assert!(error.unwrap_err().to_string().contains("no-film.mp4"));
    assert!(store.head(&key("film.mp4")).await.is_err());
}
