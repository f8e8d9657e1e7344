//! The short form of `make chaos`.

use std::process::Command;

#[test]
fn nothing_is_lost_or_done_twice_whatever_is_killed() {
    let ended = Command::new(env!("CARGO_BIN_EXE_chaos"))
        .args(["--events", "50000", "--rounds", "2", "--seed", "1"])
        .status();
    assert!(ended.is_ok_and(|status| status.success()), "see above");
}
