//! The short form of `make chaos`, on both stores.

use std::process::Command;

fn survives(arguments: &[&str]) -> bool {
    let ended = Command::new(env!("CARGO_BIN_EXE_chaos"))
        .args(arguments)
        .args(["--seed", "1"])
        .status();
    ended.is_ok_and(|status| status.success())
}

#[test]
fn nothing_is_lost_or_done_twice_whatever_is_killed() {
    assert!(survives(&["--events", "50000", "--rounds", "2"]));
}

#[test]
fn nothing_is_lost_or_done_twice_with_the_log_in_kurrentdb() {
    let store = ["--store", "kurrentdb"];
    assert!(survives(
        &[&store[..], &["--events", "10000", "--rounds", "1"]].concat()
    ));
}
