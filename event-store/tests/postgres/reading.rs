//! What is not as the log writes it.

use event_store::{EventStore, Filter, PostgresLog, StoreError};

use crate::support::Fixture;

#[tokio::test(flavor = "multi_thread")]
async fn an_event_written_by_other_means_is_reported_with_its_position() {
    let fixture = Fixture::open().await;
    let stream = fixture.subject.stream("odd");
    let last = fixture.subject.start_stream(&stream, 2).await.position;
    sqlx::query(
        "INSERT INTO events (position, stream_category, stream_id, revision, event_id, command_id,
            command_part, type_name, schema_version, data, metadata)
        SELECT position + 1, stream_category, stream_id, revision + 1, gen_random_uuid(),
            gen_random_uuid(), 0, type_name, schema_version, data, '{}'
        FROM events ORDER BY position DESC LIMIT 1",
    )
    .execute(fixture.database.pool())
    .await
    .unwrap();

    let start = fixture.log.start().await.unwrap();
    for error in [
        fixture
            .log
            .read_all(start, 10, &Filter::default())
            .await
            .unwrap_err(),
        fixture.log.read_stream(&stream, 0, 10).await.unwrap_err(),
    ] {
        match error {
            StoreError::Corrupt { position, reason } => {
                assert_eq!(position.value, last.value + 1);
                assert!(reason.contains("metadata"), "{reason}");
            }
            other => panic!("{other:?}"),
        }
    }
    // What stands before it can still be read.
    let before = fixture
        .log
        .read_all(start, 2, &Filter::default())
        .await
        .unwrap();
    assert_eq!(before.scanned_to, last);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_not_migrated_is_refused_at_once() {
    let fixture = Fixture::open().await;
    sqlx::raw_sql("DROP TABLE event_log, events")
        .execute(fixture.database.pool())
        .await
        .unwrap();

    let outcome = PostgresLog::connect(fixture.database.pool().clone()).await;

    let Err(StoreError::Unavailable { source }) = outcome else {
        panic!("it was not refused");
    };
    assert!(source.to_string().contains("event_log"), "{source}");
}
