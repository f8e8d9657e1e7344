//! A server that goes away in the middle of a large file, and uploads that a
//! process left behind.

use std::time::Duration;

use aws_sdk_s3::types::ChecksumAlgorithm;
use integrations::Observer;
use integrations::media::{Body, MediaError, MediaStore, S3Config, S3Store};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::conformance::{key, noise, sha256};
use crate::meter::Meter;
use crate::seaweed::{BUCKET, Seaweed};

const MIB: usize = 1024 * 1024;
const PART: usize = 8 * MIB;

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_outlives_the_server() {
    let mut server = Seaweed::start().await;
    let store = S3Store::new(server.config());
    let film = Film::of(200 * MIB);
    let (sent, mut hears) = watch::channel(0);
    let observer = Observer::new(CancellationToken::new(), move |done, _| {
        sent.send_replace(done);
    });
    let put = tokio::spawn({
        let (store, body) = (store.clone(), film.body());
        async move { store.put(&key("film.mp4"), body, &observer).await }
    });
    hears
        .wait_for(|sent| *sent > 60 * MIB as u64)
        .await
        .unwrap();
    server.restart();

    let asset = put.await.unwrap().unwrap();
    assert_eq!(asset.bytes, film.bytes.len() as u64);
    assert_eq!(asset.sha256, sha256(&film.bytes));
    let fetched = film.folder.path().join("fetched.mp4");
    store.fetch_asset(&asset, &fetched).await.unwrap();
    assert!(std::fs::read(&fetched).unwrap() == film.bytes);
    assert_eq!(unfinished(&server).await, 0);

    ranges_and_signed_addresses_reach_into_it(&server, &film).await;
}

async fn ranges_and_signed_addresses_reach_into_it(server: &Seaweed, film: &Film) {
    let store = S3Store::new(server.config());
    let link = store
        .signed_url(&key("film.mp4"), Duration::from_secs(600))
        .await;
    let link = link.unwrap().unwrap();
    // Across the border of two parts.
    let (from, to) = (PART - 1000, PART + 999);
    let answer = reqwest::Client::new()
        .get(link)
        .header("range", format!("bytes={from}-{to}"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 206);
    assert!(answer.bytes().await.unwrap() == film.bytes[from..=to]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_put_goes_on_with_what_a_process_left() {
    let server = Seaweed::start().await;
    for only_required_checksums in [false, true] {
        let meter = Meter::before(server.address()).await;
        let config = S3Config {
            only_required_checksums,
            endpoint: Some(format!("http://{}", meter.address).parse().unwrap()),
            ..server.config()
        };
        let store = S3Store::new(config.clone());
        let film = Film::of(3 * PART + 7);
        let other = film.bytes[1..=PART].to_vec();
        leave_behind(&server, &config, &[&film.bytes[..PART], &other]).await;
        let before = meter.sent_bytes();

        let asset = store
            .put(&key("film.mp4"), film.body(), &Observer::silent())
            .await
            .unwrap();
        let sent = meter.sent_bytes() - before;
        assert!(sent < asset.bytes, "{sent} bytes sent of {}", asset.bytes);
        assert!(
            sent > 2 * PART as u64,
            "the part that differed is not there"
        );
        assert_eq!(asset.sha256, sha256(&film.bytes));
        let there = store.get(&asset.key, asset.bytes).await.unwrap();
        assert!(there == film.bytes);
        assert_eq!(unfinished(&server).await, 0, "it was gone on with");
        store.delete_prefix(&key("")).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_deleted_with_what_was_begun_in_it() {
    let server = Seaweed::start().await;
    let store = S3Store::new(server.config());
    leave_behind(&server, &server.config(), &[&noise(PART)]).await;
    store.delete_prefix(&key("")).await.unwrap();
    assert_eq!(unfinished(&server).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stays_away_is_given_up() {
    let mut server = Seaweed::start().await;
    let store = S3Store::new(S3Config {
        patience: Duration::from_secs(1),
        ..server.config()
    });
    server.kill();
    for bytes in [10, PART + 1] {
        let error = store
            .put(&key("a.mp4"), noise(bytes).into(), &Observer::silent())
            .await
            .unwrap_err();
        assert!(matches!(error, MediaError::Unavailable { .. }), "{error:?}");
    }
}

/// Bytes in a file, and at hand to compare with.
struct Film {
    bytes: Vec<u8>,
    folder: TempDir,
}

impl Film {
    fn of(bytes: usize) -> Self {
        let block = noise(MIB);
        let bytes: Vec<u8> = (0_u64..)
            .flat_map(|number| [number.to_le_bytes().to_vec(), block.clone()])
            .scan(0, |there, piece| {
                let wanted = bytes.saturating_sub(*there).min(piece.len());
                *there += wanted;
                (wanted > 0).then(|| piece[..wanted].to_vec())
            })
            .collect::<Vec<_>>()
            .concat();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("film.mp4"), &bytes).unwrap();
        Self { bytes, folder }
    }

    fn body(&self) -> Body {
        Body::File(self.folder.path().join("film.mp4"))
    }
}

/// Begins to put `film.mp4` as a process does that is killed after `parts`.
async fn leave_behind(server: &Seaweed, config: &S3Config, parts: &[&[u8]]) {
    let client = config.client();
    let full = key("film.mp4").to_string();
    let checksum = (!config.only_required_checksums).then_some(ChecksumAlgorithm::Crc32);
    let begun = client
        .create_multipart_upload()
        .bucket(BUCKET)
        .key(&full)
        .set_checksum_algorithm(checksum)
        .send()
        .await
        .unwrap();
    for (number, part) in (1..).zip(parts) {
        client
            .upload_part()
            .bucket(BUCKET)
            .key(&full)
            .set_upload_id(begun.upload_id.clone())
            .part_number(number)
            .body(part.to_vec().into())
            .send()
            .await
            .unwrap();
    }
    assert_eq!(unfinished(server).await, 1);
}

pub(crate) async fn unfinished(server: &Seaweed) -> usize {
    let uploads = server.client().list_multipart_uploads().bucket(BUCKET);
    uploads.send().await.unwrap().uploads().len()
}
