//! Ctrl-c and what is said after it.

use nix::sys::signal::Signal;

use crate::home::{Home, names};
use crate::run::eventually;

const MAKE: [&str; 4] = ["make", "Tides", "--duration", "30"];
/// 128 and the signal's number, as shells have it.
const INTERRUPTED: i32 = 130;

#[tokio::test]
async fn ctrl_c_before_anything_was_begun_leaves_nothing_to_resume() {
    let home = Home::new();
    let mut run = home.start(&MAKE);
    run.until(|line| line.contains("creating the database"))
        .await;
    run.signal(Signal::SIGINT);
    let stopped = run.ended().await;
    assert_eq!(stopped.code, Some(INTERRUPTED), "{stopped:#?}");
    assert!(
        stopped.stderr.contains("type the same again"),
        "{stopped:#?}"
    );
    eventually("its servers end with it", || home.processes().is_empty()).await;
    home.assert_only(&[]);

    let resumed = home.run(&["resume"]).await.succeeded();
    assert!(resumed.stdout.contains("nothing is unfinished"));
}

#[tokio::test]
async fn ctrl_c_in_the_middle_keeps_the_video_and_says_how_to_go_on() {
    let home = Home::new();
    let mut run = home.start(&MAKE);
    run.until_percent("Images", 10).await;
    run.signal(Signal::SIGINT);
    let stopped = run.ended().await;
    assert_eq!(stopped.code, Some(INTERRUPTED), "{stopped:#?}");
    assert!(stopped.stderr.contains("narrate resume"), "{stopped:#?}");
    assert_eq!(home.processes(), Vec::<i32>::new());
    assert_eq!(names(&home.data().join("scratch")), [""; 0]);
    assert_eq!(names(&home.data().join("pending")).len(), 1);
}
