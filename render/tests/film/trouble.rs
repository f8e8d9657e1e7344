//! What is refused, what is said then, and that nothing is left behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::kit::Kit;
use render::{Plan, RenderError};

const GREY: [u8; 3] = [120, 120, 120];

fn grey_plan(kit: &Kit, length_ms: u64) -> Plan {
    kit.plan(&[(kit.flat("grey.png", GREY), length_ms)])
}

/// The message of a refusal, after checking that it left nothing.
fn refused(kit: &Kit, plan: &Plan) -> String {
    let message = kit.render(plan).unwrap_err().to_string();
    kit.assert_nothing_left();
    message
}

#[test]
fn a_damaged_picture_is_refused_with_its_name_and_scene() {
    let kit = Kit::new();
    let noise = |name| kit.picture(name, |x, y| [(x * y) as u8, (x ^ y) as u8, 90]);
    for name in ["cut.png", "cut.jpg", "cut.webp"] {
        let path = noise(name);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let plan = kit.plan(&[(kit.flat("grey.png", GREY), 400), (path, 400)]);
        let message = refused(&kit, &plan);
        assert!(
            message.contains("scene 2") && message.contains(name),
            "{message}"
        );
        assert!(message.contains("again"), "{message}");
    }
    let text = kit.inputs.path().join("text.png");
    fs::write(&text, "no picture").unwrap();
    let message = refused(&kit, &kit.plan(&[(text, 400)]));
    assert!(
        message.contains("scene 1") && message.contains("use PNG, JPEG or WebP"),
        "{message}"
    );
}

#[test]
fn unusable_sound_is_refused_with_its_name_and_a_remedy() {
    let kit = Kit::new();
    let mut plan = grey_plan(&kit, 500);
    let noise = kit.inputs.path().join("noise.mp3");
    let bytes: Vec<u8> = (0u32..20_000)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    fs::write(&noise, bytes).unwrap();
    plan.music = Some(noise.clone());
    let message = refused(&kit, &plan);
    assert!(
        message.contains("noise.mp3") && message.contains("convert it"),
        "{message}"
    );
    assert!(
        render::check_audio(&noise)
            .unwrap_err()
            .to_string()
            .contains("noise.mp3")
    );

    let playlist = kit.inputs.path().join("list.m3u8");
    let voice = plan.voice.display();
    fs::write(&playlist, format!("#EXTM3U\n#EXTINF:1,\n{voice}\n")).unwrap();
    assert!(
        render::check_audio(&playlist).is_err(),
        "a playlist could name any file"
    );

    plan.music = None;
    plan.voice = kit.wav("silent.wav", 500, |_| 0.0);
    let message = refused(&kit, &plan);
    assert!(
        message.contains("silent.wav") && message.contains("is silent"),
        "{message}"
    );
    plan.voice = PathBuf::from("/nowhere/voice.wav");
    assert!(refused(&kit, &plan).contains("/nowhere/voice.wav"));
}

#[test]
fn good_sound_is_measured() {
    let kit = Kit::new();
    let path = kit.wav("good.wav", 1_500, |t| 0.2 * crate::kit::sine(300.0, t));
    assert_eq!(render::check_audio(&path).unwrap().duration_ms, 1_500);
}

#[test]
fn an_unusable_folder_is_named() {
    let kit = Kit::new();
    let plan = grey_plan(&kit, 400);
    let out = kit.films.path().join("no/such/film.mp4");
    let error = render::render(&plan, &out, kit.work.path(), &|| false, &mut |_| {});
    let message = error.unwrap_err().to_string();
    assert!(
        message.contains("no/such") && message.contains("check that the path"),
        "{message}"
    );
    kit.assert_nothing_left();
}

#[test]
fn a_full_disk_is_named_as_such() {
    let kit = Kit::new();
    let mount = |program: &str, arguments: &[&str]| {
        let status = Command::new(program)
            .args(arguments)
            .arg(kit.films.path())
            .status();
        status.is_ok_and(|status| status.success())
    };
    if !mount("mount", &["-t", "tmpfs", "-o", "size=64k", "small"]) {
        eprintln!("NOT CHECKED: a small disk cannot be mounted without being root");
        return;
    }
    let noisy = kit.picture("noise.png", |x, y| {
        [(x * y) as u8, ((x * 7) ^ (y * 13)) as u8, 90]
    });
    let plan = kit.plan(&[(noisy, 2_000)]);
    let ended = kit.render(&plan);
    let left = fs::read_dir(kit.films.path()).unwrap().count();
    assert!(mount("umount", &[]));
    let message = ended.unwrap_err().to_string();
    assert!(message.contains("free some space"), "{message}");
    assert_eq!(left, 0);
}

#[test]
fn a_film_that_is_cancelled_leaves_nothing_and_keeps_the_old_one() {
    let kit = Kit::new();
    let plan = grey_plan(&kit, 20_000);
    for stop_at in [0, 25] {
        let reached = std::cell::Cell::new(false);
        let ended = render::render(
            &plan,
            &kit.out(),
            kit.work.path(),
            &|| reached.get(),
            &mut |progress| {
                reached.set(progress.done_frames >= stop_at);
            },
        );
        assert!(matches!(ended, Err(RenderError::Cancelled)), "{ended:?}");
        assert!(encoders_of_this_thread().is_empty());
        kit.assert_nothing_left();
    }
    fs::write(kit.out(), "old").unwrap();
    let ended = render::render(&plan, &kit.out(), kit.work.path(), &|| true, &mut |_| {});
    assert!(ended.is_err());
    assert_eq!(fs::read_to_string(kit.out()).unwrap(), "old");
}

#[cfg(target_os = "linux")]
#[test]
fn an_encoder_that_dies_is_reported_and_leaves_nothing() {
    let kit = Kit::new();
    let plan = grey_plan(&kit, 20_000);
    let ended = render::render(
        &plan,
        &kit.out(),
        kit.work.path(),
        &|| false,
        &mut |progress| {
            if progress.done_frames == 10 {
                for id in encoders_of_this_thread() {
                    assert!(
                        Command::new("kill")
                            .args(["-9", &id])
                            .status()
                            .unwrap()
                            .success()
                    );
                }
            }
        },
    );
    let message = ended.unwrap_err().to_string();
    assert!(message.starts_with("encoding the film failed"), "{message}");
    assert!(message.contains("signal: 9"), "{message}");
    kit.assert_nothing_left();
}

#[test]
fn without_ffmpeg_the_way_to_install_it_is_told() {
    let this = std::env::current_exe().unwrap();
    let arguments = [
        "--exact",
        "trouble::without_any_program",
        "--ignored",
        "--nocapture",
    ];
    let output = Command::new(this)
        .args(arguments)
        .env("PATH", "/nowhere")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("`ffmpeg` was not found; install it"),
        "{said}"
    );
}

#[test]
#[ignore = "run by the test above, in a process without a PATH"]
fn without_any_program() {
    let kit = Kit::new();
    println!("{}", refused(&kit, &grey_plan(&kit, 400)));
}

/// Programs that this thread has started and that have not been reaped.
fn encoders_of_this_thread() -> Vec<String> {
    let children = fs::read_to_string(Path::new("/proc/thread-self/children")).unwrap_or_default();
    children.split_whitespace().map(str::to_owned).collect()
}
