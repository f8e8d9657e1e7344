//! A database that is not there yet.

use std::net::TcpListener;

use event_store::database;
use event_store::testing::TestDatabase;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use crate::support::proxy::{Proxy, Wire};

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_comes_up_late_is_waited_for() {
    let database = TestDatabase::create().await;
    let proxy = Proxy::start(database.url()).await;
    proxy.set(Wire::Down, Wire::Down);
    let connecting = {
        let url = proxy.url().to_owned();
        tokio::spawn(async move { database::connect(&url, 1).await })
    };
    // It has met the fault, unless this machine is very slow; it ends well in
    // either case.
    tokio::task::yield_now().await;
    proxy.set(Wire::Whole, Wire::Whole);

    let pool = connecting.await.unwrap().unwrap();

    let answer: i32 = sqlx::query_scalar("SELECT 1")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(answer, 1);
}

#[tokio::test]
async fn a_database_that_stays_away_is_said_to_and_why() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);

    let outcome = database::connect(&format!("postgres://narrate@{address}/none"), 1).await;

    let error = outcome.unwrap_err().to_string();
    assert!(error.contains("refused"), "{error}");
}

#[tokio::test]
async fn a_database_that_does_not_exist_is_not_waited_for() {
    let database = TestDatabase::create().await;
    let options: PgConnectOptions = database.url().parse().unwrap();
    let other = options.database("never_created").to_url_lossy();
    let error = database::connect(other.as_str(), 1).await.unwrap_err();
    let sqlx::Error::Database(refusal) = error else {
        panic!("{error:?}");
    };
    assert_eq!(refusal.code().as_deref(), Some("3D000"));
}
