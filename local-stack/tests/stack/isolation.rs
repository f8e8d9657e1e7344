use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use local_stack::{StackError, testing};
use nix::unistd::Uid;

use crate::support::*;

#[tokio::test]
async fn two_stacks_run_side_by_side() {
    let (one, other) = tokio::join!(Fixture::start(), Fixture::start());
    execute(&one.database_url(), "CREATE TABLE mine (n int)").await;
    execute(&other.database_url(), "CREATE TABLE mine (n int)").await;
    assert_ne!(one.nats_url(), other.nats_url());
    for url in [one.nats_url(), other.nats_url()] {
        assert!(nats(&url).await.is_some());
    }
    one.stop().await;
    assert_eq!(count(&other.database_url(), "mine").await, 0);
    other.stop().await;
}

#[tokio::test]
async fn a_folder_in_use_is_refused_with_the_process_that_uses_it() {
    let fixture = Fixture::start().await;
    let error = error_in(fixture.folder.path()).await;
    let own = std::process::id().to_string();
    assert!(
        matches!(&error, StackError::InUse { pid, .. } if *pid == own),
        "{error}"
    );
    fixture.stop().await;
}

#[tokio::test]
async fn a_long_path_moves_the_socket_to_a_short_private_folder() {
    let folder = testing::data_dir().unwrap();
    let long = folder
        .path()
        .join("a folder, \"quoted\"")
        .join("x".repeat(120));
    let stack = testing::start_in(&long).await.unwrap();
    let long = Fixture { stack, folder };
    execute(&long.database_url(), "SELECT 1").await;
    let (_, socket) = long
        .database_url()
        .split_once("host=")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert_eq!(
        fs::metadata(&socket).unwrap().permissions().mode() & 0o777,
        0o700
    );
    long.stop().await;
    assert!(
        !fs::exists(socket).unwrap(),
        "the short folder goes with the stack"
    );
}

#[tokio::test]
async fn nats_turns_away_whoever_lacks_the_password() {
    let fixture = Fixture::start().await;
    let (_, address) = fixture
        .nats_url()
        .split_once('@')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert!(async_nats::connect(&address).await.is_err());
    let config = fixture.folder.path().join("nats/nats.conf");
    assert_eq!(
        fs::metadata(config).unwrap().permissions().mode() & 0o077,
        0
    );
    fixture.stop().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn only_nats_listens_and_only_on_loopback() {
    let fixture = Fixture::start().await;
    let listening = |pid: Option<nix::unistd::Pid>| linux::listening(pid.unwrap());
    assert!(listening(postgres_pid(fixture.folder.path())).is_empty());
    let addresses = listening(nats_pid(fixture.folder.path()));
    assert!(
        !addresses.is_empty() && addresses.iter().all(|address| address == linux::LOOPBACK),
        "{addresses:?}"
    );
    fixture.stop().await;
}

#[tokio::test]
async fn postgres_never_runs_as_root() {
    let fixture = Fixture::start().await;
    let owner = fs::metadata(fixture.folder.path().join("postgres"))
        .unwrap()
        .uid();
    assert_ne!(owner, 0);
    fixture.stop().await;
}

#[tokio::test]
async fn a_folder_that_the_database_user_may_not_enter_is_named_with_a_remedy() {
    if !Uid::effective().is_root() {
        return; // Only root lends Postgres another user.
    }
    let closed = testing::data_dir().unwrap();
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let error = error_in(&closed.path().join("data")).await;
    assert!(
        matches!(&error, StackError::Closed { folder, .. } if folder == closed.path()),
        "{error}"
    );
    assert!(error.to_string().contains("chmod o+x"), "{error}");
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;

    use nix::unistd::Pid;

    /// 127.0.0.1 as `/proc/net/tcp` writes it.
    pub(super) const LOOPBACK: &str = "0100007F";
    const LISTEN: &str = "0A";

    /// The addresses on which `pid` accepts connections over TCP.
    pub(super) fn listening(pid: Pid) -> Vec<String> {
        let sockets: Vec<String> = fs::read_dir(format!("/proc/{pid}/fd"))
            .unwrap()
            .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
            .map(|link| link.to_string_lossy().into_owned())
            .collect();
        ["tcp", "tcp6"]
            .iter()
            .flat_map(|table| {
                let table = fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap();
                table.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
            })
            .filter_map(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                let ours = sockets.contains(&format!("socket:[{}]", words[9]));
                let address = words[1].split(':').next()?;
                (ours && words[3] == LISTEN).then(|| address.to_owned())
            })
            .collect()
    }
}
