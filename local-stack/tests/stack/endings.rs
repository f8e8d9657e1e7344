use std::process::Stdio;

use local_stack::{StackError, testing};
use nix::unistd::{Pid, getpgid};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::support::*;

#[tokio::test]
async fn a_stopped_stack_leaves_no_process_and_keeps_its_data() {
    let first = Fixture::start().await;
    execute(&first.database_url(), "CREATE TABLE kept AS SELECT 1 AS n").await;
    assert!(nats(&first.nats_url()).await.is_some());
    let pids = [
        postgres_pid(first.folder.path()),
        nats_pid(first.folder.path()),
    ];
    let folder = first.stop().await;
    assert!(pids.into_iter().all(|pid| is_gone(pid.unwrap())));

    let again = testing::start_in(folder.path()).await.unwrap();
    let again = Fixture {
        stack: again,
        folder,
    };
    assert_eq!(count(&again.database_url(), "kept").await, 1);
    again.stop().await;
}

#[tokio::test]
async fn a_killed_postgres_comes_back_at_the_same_address_with_its_data() {
    let fixture = Fixture::start().await;
    execute(
        &fixture.database_url(),
        "CREATE TABLE kept AS SELECT 1 AS n",
    )
    .await;
    let before = postgres_pid(fixture.folder.path());
    kill_hard(before);
    eventually("another process serves", || async {
        postgres_pid(fixture.folder.path()).filter(|pid| Some(*pid) != before)
    })
    .await;
    assert_eq!(count(&fixture.database_url(), "kept").await, 1);
    fixture.stop().await;
}

#[tokio::test]
async fn a_killed_nats_comes_back_at_the_same_address_with_its_streams() {
    let fixture = Fixture::start().await;
    let client = nats(&fixture.nats_url()).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    jetstream
        .create_stream(async_nats::jetstream::stream::Config {
            name: "KEPT".into(),
            subjects: vec!["kept".into()],
            ..Default::default()
        })
        .await
        .unwrap();
    jetstream
        .publish("kept", "work".into())
        .await
        .unwrap()
        .await
        .unwrap();
    kill_hard(nats_pid(fixture.folder.path()));

    // The same client finds the server again by itself.
    let messages = eventually("the stream is served again", || async {
        let mut stream = jetstream.get_stream("KEPT").await.ok()?;
        Some(stream.info().await.ok()?.state.messages)
    })
    .await;
    assert_eq!(messages, 1);
    fixture.stop().await;
}

#[tokio::test]
async fn a_server_that_keeps_ending_is_given_up_and_reported() {
    let fixture = Fixture::start().await;
    let mut failure = fixture.stack.failure();
    std::fs::write(
        fixture.folder.path().join("postgres/PG_VERSION"),
        "nonsense",
    )
    .unwrap();
    kill_hard(postgres_pid(fixture.folder.path()));
    let told = failure.wait_for(Option::is_some).await.unwrap().clone();
    assert!(
        matches!(told.as_deref(), Some(StackError::KeepsEnding { .. })),
        "{told:?}"
    );
    assert!(
        nats(&fixture.nats_url()).await.is_some(),
        "the other server goes on"
    );
    fixture.stop().await;
}

#[tokio::test]
async fn servers_are_out_of_reach_of_the_terminals_interrupt() {
    let fixture = Fixture::start().await;
    for pid in [
        postgres_pid(fixture.folder.path()),
        nats_pid(fixture.folder.path()),
    ] {
        assert_ne!(getpgid(pid), getpgid(None));
    }
    fixture.stop().await;
}

#[tokio::test]
async fn a_killed_host_leaves_no_server_and_its_folder_starts_again() {
    let folder = testing::data_dir().unwrap();
    let (host, url) = host_in(folder.path()).await;
    execute(&url, "CREATE TABLE kept AS SELECT 1 AS n").await;
    let servers = [postgres_pid(folder.path()), nats_pid(folder.path())];
    kill_hard(host.id().map(|id| Pid::from_raw(id.cast_signed())));

    // At once, while they may still be shutting down.
    let stack = testing::start_in(folder.path()).await.unwrap();
    for pid in servers.map(Option::unwrap) {
        assert!(is_gone(pid));
    }
    let again = Fixture { stack, folder };
    assert_eq!(count(&again.database_url(), "kept").await, 1);
    again.stop().await;
}

#[tokio::test]
async fn a_folder_starts_again_after_everything_was_killed_at_once() {
    let folder = testing::data_dir().unwrap();
    let (host, url) = host_in(folder.path()).await;
    execute(&url, "CREATE TABLE kept AS SELECT 1 AS n").await;
    kill_hard(host.id().map(|id| Pid::from_raw(id.cast_signed())));
    for pid in [postgres_pid(folder.path()), nats_pid(folder.path())]
        .into_iter()
        .flatten()
    {
        // The host's end may have been quicker.
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
    }
    let stack = testing::start_in(folder.path()).await.unwrap();
    let again = Fixture { stack, folder };
    assert_eq!(count(&again.database_url(), "kept").await, 1);
    again.stop().await;
}

#[tokio::test]
async fn a_lock_whose_process_number_is_now_somebody_elses_is_no_obstacle() {
    let folder = Fixture::start().await.stop().await;
    let mut other = Command::new("sleep").arg("600").spawn().unwrap();
    let pid = other.id().unwrap();
    let data = folder.path().join("postgres");
    let lock = format!("{pid}\n{}\n1\n5432\n\n\n", data.display());
    std::fs::write(data.join("postmaster.pid"), lock).unwrap();
    std::fs::write(folder.path().join("nats/nats.pid"), pid.to_string()).unwrap();

    let stack = testing::start_in(folder.path()).await.unwrap();
    assert_eq!(other.try_wait().unwrap(), None, "the other was left alone");
    stack.stop().await;
    other.kill().await.unwrap();
}

/// A process that runs a stack in `folder`, and the address of its database.
async fn host_in(folder: &std::path::Path) -> (Child, String) {
    let mut host = Command::new(env!("CARGO_BIN_EXE_with-test-servers"))
        .arg("--data")
        .arg(folder)
        .args([
            "--",
            "sh",
            "-c",
            "echo $NARRATE_TEST_DATABASE_URL; exec cat",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(host.stdout.take().unwrap())
        .read_line(&mut url)
        .await
        .unwrap();
    assert!(url.starts_with("postgres://"), "the host did not start");
    (host, url.trim().to_owned())
}
