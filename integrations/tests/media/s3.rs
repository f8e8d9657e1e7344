use std::sync::Arc;

use aws_sdk_s3::config::Credentials;
use domain::MediaKey;
use integrations::Observer;
use integrations::media::{Body, MediaError, MediaStore, S3Config, S3Store};

use crate::conformance::{self, key, noise};
use crate::outages;
use crate::seaweed::Seaweed;

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_does_what_every_store_does() {
    let mut server = Seaweed::start().await;
    let store = S3Store::new(server.config());
    conformance::run(Arc::new(store.clone())).await;
    assert_eq!(outages::unfinished(&server).await, 0);

    with_only_required_checksums(&server).await;
    a_prefix_keeps_stores_apart(&server).await;
    what_is_wrong_with_the_address_is_said(&server).await;

    server.kill();
    let error = store.head(&key("film.mp4")).await.unwrap_err();
    assert!(matches!(error, MediaError::Unavailable { .. }), "{error:?}");
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
}

async fn with_only_required_checksums(server: &Seaweed) {
    let store = S3Store::new(S3Config {
        only_required_checksums: true,
        ..server.config()
    });
    conformance::run(Arc::new(store)).await;
}

async fn a_prefix_keeps_stores_apart(server: &Seaweed) {
    let store = |prefix: &str| {
        S3Store::new(S3Config {
            prefix: Some(MediaKey::try_new(prefix).unwrap()),
            ..server.config()
        })
    };
    let (ours, theirs) = (store("eu/ours"), store("eu/theirs"));
    let film = key("film.mp4");
    for store in [&ours, &theirs] {
        let body = Body::from(noise(10));
        store.put(&film, body, &Observer::silent()).await.unwrap();
    }
    ours.copy(&film, &key("copy.mp4")).await.unwrap();
    assert_eq!(ours.delete_prefix(&key("")).await.unwrap(), 2);
    assert!(theirs.head(&film).await.is_ok());
}

async fn what_is_wrong_with_the_address_is_said(server: &Seaweed) {
    let credentials = |id, secret| Credentials::new(id, secret, None, None, "test");
    for (config, said) in [
        (
            S3Config {
                credentials: credentials("test-key", "wrong"),
                ..server.config()
            },
            "SignatureDoesNotMatch",
        ),
        (
            S3Config {
                credentials: credentials("nobody", "test-secret"),
                ..server.config()
            },
            "InvalidAccessKeyId",
        ),
        (
            S3Config {
                bucket: "no-such-bucket".to_owned(),
                ..server.config()
            },
            "there is no such bucket",
        ),
    ] {
        let error = S3Store::new(config).check().await.unwrap_err();
        assert!(matches!(error, MediaError::NotAllowed { .. }), "{error:?}");
        assert!(error.to_string().contains(said), "{error}");
        assert!(!error.to_string().contains("test-secret"), "{error}");
    }
}
