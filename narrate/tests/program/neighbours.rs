//! Several programs at once, and what one's end does to another.

use nix::sys::signal::Signal;

use crate::home::Home;
use crate::looks::Film;
use crate::resume::all_is_done_once;

#[tokio::test]
async fn two_programs_with_two_data_folders_do_not_disturb_each_other() {
    let [one, other] = [Home::new(), Home::new()];
    let make =
        |home: &Home, topic| home.start(&["make", topic, "--duration", "30", "--out", "film.mp4"]);
    let (first, second) = tokio::join!(
        make(&one, "Tides").ended(),
        make(&other, "Glaciers").ended(),
    );
    for (home, ended) in [(&one, first), (&other, second)] {
        ended.succeeded();
        home.assert_only(&["film.mp4"]);
        Film::open(home.films().join("film.mp4"));
        all_is_done_once(home).await;
    }
}

/// The second program uses the first one's server, and loses it to ctrl-c.
#[tokio::test]
async fn ctrl_c_stops_one_program_and_another_on_the_same_folder_goes_on() {
    let home = Home::new();
    let make = |topic, out| ["make", topic, "--duration", "30", "--out", out];
    let mut first = home.start(&make("Tides", "tides.mp4"));
    first.until(|line| line.starts_with("Speech")).await;
    let mut second = home.start(&make("Glaciers", "glaciers.mp4"));
    second
        .until(|line| line.contains("the server that runs already"))
        .await;
    second.until(|line| line.starts_with("Script")).await;

    first.signal(Signal::SIGINT);
    let stopped = first.ended().await;
    assert_eq!(stopped.code, Some(130), "{stopped:#?}");
    assert!(stopped.stderr.contains("narrate resume"), "{stopped:#?}");

    second.ended().await.succeeded();
    home.run(&["resume"]).await.succeeded();
    home.assert_only(&["glaciers.mp4", "tides.mp4"]);
    for film in ["glaciers.mp4", "tides.mp4"] {
        Film::open(home.films().join(film));
    }
}
