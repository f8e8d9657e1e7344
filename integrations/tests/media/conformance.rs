//! What every media store must do.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use domain::{Asset, MediaKey};
use futures::StreamExt;
use integrations::Observer;
use integrations::media::{Body, MediaError, MediaStore};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

/// Runs the suite; the store may hold other files, none of them below
/// `conformance`.
pub(crate) async fn run(store: Arc<dyn MediaStore>) {
    let store = &*store;
    what_is_put_is_read_back(store).await;
    the_content_type_follows_from_the_key(store).await;
    ranges_are_cut_at_the_end(store).await;
    a_second_put_replaces_the_first(store).await;
    a_copy_is_independent_of_its_source(store).await;
    only_the_folder_is_deleted(store).await;
    only_the_folders_own_files_are_listed(store).await;
    what_is_missing_is_named(store).await;
    a_hundred_puts_at_once_are_all_kept(store).await;
    a_large_file_passes_through_in_pieces(store).await;
    a_fetch_is_whole_or_nothing(store).await;
    a_cancelled_put_leaves_what_was_there(store).await;
    store.check().await.unwrap();

    assert!(store.delete_prefix(&key("")).await.unwrap() > 0);
    assert_eq!(store.delete_prefix(&key("")).await.unwrap(), 0);
}

/// Incompressible, the same for the same length.
pub(crate) fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    })
    .flatten()
    .take(bytes)
    .collect()
}

pub(crate) fn key(below: &str) -> MediaKey {
    let key = format!("conformance/{below}");
    MediaKey::try_new(key.trim_end_matches('/')).unwrap()
}

async fn put(store: &dyn MediaStore, below: &str, bytes: &[u8]) -> Asset {
    let body = Body::Bytes(Bytes::copy_from_slice(bytes));
    let put = store.put(&key(below), body, &Observer::silent()).await;
    put.unwrap()
}

async fn get(store: &dyn MediaStore, below: &str) -> Bytes {
    store.get(&key(below), 64 * 1024 * 1024).await.unwrap()
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

async fn what_is_put_is_read_back(store: &dyn MediaStore) {
    for (name, bytes) in [
        ("empty.txt", &b""[..]),
        ("small.txt", b"na\xc3\xafve \xf0\x9f\x90\x9d"),
    ] {
        let asset = put(store, name, bytes).await;
        assert_eq!(asset.key, key(name));
        assert_eq!(asset.bytes, bytes.len() as u64);
        assert_eq!(asset.sha256, sha256(bytes));
        assert_eq!(get(store, name).await, bytes);
        assert_eq!(store.head(&asset.key).await.unwrap().bytes, asset.bytes);
    }
}

async fn the_content_type_follows_from_the_key(store: &dyn MediaStore) {
    for (name, content_type) in [
        ("captions.vtt", "text/vtt; charset=utf-8"),
        ("film.mp4", "video/mp4"),
    ] {
        let asset = put(store, name, b"WEBVTT\n\nna\xc3\xafve").await;
        assert_eq!(asset.content_type, content_type);
        let stored = store.head(&asset.key).await.unwrap();
        assert_eq!(stored.content_type, content_type);
        let read = store.read(&asset.key, None).await.unwrap();
        assert_eq!(read.stored, stored);
    }
}

async fn ranges_are_cut_at_the_end(store: &dyn MediaStore) {
    let bytes = noise(1_000);
    put(store, "ranges.bin", &bytes).await;
    let ranges = key("ranges.bin");
    for (wanted, given) in [(0..1, 0..1), (10..20, 10..20), (990..5_000, 990..1_000)] {
        let mut read = store.read(&ranges, Some(wanted)).await.unwrap();
        assert_eq!(read.range, given);
        assert_eq!(read.stored.bytes, 1_000);
        let mut part = Vec::new();
        while let Some(piece) = read.bytes.next().await {
            part.extend_from_slice(&piece.unwrap());
        }
        assert_eq!(part, bytes[given.start as usize..given.end as usize]);
    }
    for outside in [1_000..1_001, 7_000..9_000, 5..5] {
        let refused = store.read(&ranges, Some(outside)).await.err();
        let expected = MediaError::OutOfRange {
            key: ranges.clone(),
            bytes: 1_000,
        };
        assert_eq!(refused, Some(expected));
    }
}

async fn a_second_put_replaces_the_first(store: &dyn MediaStore) {
    put(store, "twice.bin", &noise(300_000)).await;
    put(store, "twice.bin", b"shorter").await;
    assert_eq!(get(store, "twice.bin").await, &b"shorter"[..]);
}

async fn a_copy_is_independent_of_its_source(store: &dyn MediaStore) {
    put(store, "source.mp4", b"first").await;
    put(store, "copies/there.mp4", b"replaced by the copy").await;
    let (from, to) = (key("source.mp4"), key("copies/there.mp4"));
    store.copy(&from, &to).await.unwrap();
    store.copy(&from, &to).await.unwrap();
    put(store, "source.mp4", b"second").await;
    assert_eq!(get(store, "copies/there.mp4").await, &b"first"[..]);
    assert_eq!(store.head(&to).await.unwrap().content_type, "video/mp4");
    store.delete_prefix(&key("copies")).await.unwrap();
    assert_eq!(get(store, "source.mp4").await, &b"second"[..]);
}

async fn only_the_folder_is_deleted(store: &dyn MediaStore) {
    for name in ["v/1/a.png", "v/1/deep/b.png", "v/12/c.png", "v/1.png"] {
        put(store, name, b"picture").await;
    }
    assert_eq!(store.delete_prefix(&key("v/1")).await.unwrap(), 2);
    assert!(store.head(&key("v/1/a.png")).await.is_err());
    assert!(store.head(&key("v/12/c.png")).await.is_ok());
    assert!(store.head(&key("v/1.png")).await.is_ok());
}

async fn only_the_folders_own_files_are_listed(store: &dyn MediaStore) {
    for below in [
        "list/a.txt",
        "list/b.txt",
        "list/deeper/c.txt",
        "list-2/d.txt",
    ] {
        put(store, below, b"here").await;
    }
    let mut listed = store.list(&key("list")).await.unwrap();
    listed.sort_unstable();
    assert_eq!(listed, [key("list/a.txt"), key("list/b.txt")]);
    assert_eq!(store.list(&key("nowhere")).await.unwrap(), []);
}

async fn what_is_missing_is_named(store: &dyn MediaStore) {
    put(store, "file.txt", b"a file, not a folder").await;
    for missing in ["nothing.png", "file.txt/below.png", "v"] {
        let missing = key(missing);
        let expected = Some(MediaError::NotFound {
            key: missing.clone(),
        });
        assert_eq!(store.head(&missing).await.err(), expected);
        assert_eq!(store.read(&missing, None).await.err(), expected);
        assert_eq!(store.read(&missing, Some(0..9)).await.err(), expected);
        assert_eq!(store.copy(&missing, &key("to.png")).await.err(), expected);
    }
}

async fn a_hundred_puts_at_once_are_all_kept(store: &dyn MediaStore) {
    let puts = (0..100).map(|i| async move {
        put(
            store,
            &format!("many/{i}.txt"),
            format!("file {i}").as_bytes(),
        )
        .await;
    });
    futures::future::join_all(puts).await;
    for i in [0, 37, 99] {
        assert_eq!(
            get(store, &format!("many/{i}.txt")).await,
            format!("file {i}")
        );
    }
    assert_eq!(store.delete_prefix(&key("many")).await.unwrap(), 100);
}

async fn a_large_file_passes_through_in_pieces(store: &dyn MediaStore) {
    let folder = tempfile::tempdir().unwrap();
    let bytes = noise(12 * 1024 * 1024 + 7);
    let source = folder.path().join("film.mp4");
    std::fs::write(&source, &bytes).unwrap();

    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&heard);
    let observer = Observer::new(CancellationToken::new(), move |done, total| {
        listener.lock().unwrap().push((done, total));
    });
    let asset = store
        .put(&key("large.mp4"), Body::File(source), &observer)
        .await
        .unwrap();

    assert_eq!(asset.sha256, sha256(&bytes));
    assert_eq!(get(store, "large.mp4").await, bytes);
    let total = bytes.len() as u64;
    let heard = heard.lock().unwrap().clone();
    assert!(heard.len() > 1, "progress was heard {} times", heard.len());
    assert!(heard.is_sorted(), "{heard:?}");
    assert_eq!(heard.last(), Some(&(total, total)));

    let refused = store.get(&asset.key, 1_000).await.err();
    assert!(
        matches!(refused, Some(MediaError::TooLarge { .. })),
        "{refused:?}"
    );
}

async fn a_fetch_is_whole_or_nothing(store: &dyn MediaStore) {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| -> PathBuf { folder.path().join(name) };
    let bytes = noise(700_000);
    let asset = put(store, "fetched.bin", &bytes).await;
    assert_eq!(store.fetch_to(&asset.key, &here("a")).await.unwrap(), asset);
    assert_eq!(std::fs::read(here("a")).unwrap(), bytes);
    store.fetch_asset(&asset, &here("b")).await.unwrap();

    let missing = store.fetch_to(&key("nothing"), &here("c")).await;
    assert!(matches!(missing, Err(MediaError::NotFound { .. })));
    put(store, "fetched.bin", b"something else").await;
    let changed = store.fetch_asset(&asset, &here("d")).await;
    assert!(matches!(changed, Err(MediaError::Changed { .. })));

    let mut left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["a", "b"]);
}

async fn a_cancelled_put_leaves_what_was_there(store: &dyn MediaStore) {
    put(store, "kept.mp4", b"the first film").await;
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    // Cancelled once the first bytes are on their way.
    let observer = Observer::new(cancel, move |_, _| stop.cancel());
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("film.mp4");
    std::fs::write(&source, noise(40 * 1024 * 1024)).unwrap();
    let stopped = store
        .put(&key("kept.mp4"), Body::File(source), &observer)
        .await;
    assert_eq!(stopped, Err(MediaError::Cancelled));
    assert_eq!(get(store, "kept.mp4").await, &b"the first film"[..]);
}
