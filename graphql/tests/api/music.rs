use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::harness::App;
use crate::uploading;

/// Two seconds of a 440 Hz tone as a WAV file.
fn tone() -> Vec<u8> {
    const RATE: u32 = 8_000;
    let samples = (0..RATE * 2).map(|n| {
        let phase = f64::from(n) * 440.0 * std::f64::consts::TAU / f64::from(RATE);
        (phase.sin() * 10_000.0) as i16
    });
    let sound: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + sound.len() as u32).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(RATE.to_le_bytes());
    wav.extend((RATE * 2).to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend((sound.len() as u32).to_le_bytes());
    wav.extend(sound);
    wav
}

async fn upload(app: &App, name: &str, content: Vec<u8>) -> Value {
    let fields = "key durationMs errors { field code message }";
    uploading::upload(app, "uploadMusic", fields, name, content).await
}

fn request(key: &str) -> String {
    format!(
        r#"mutation {{ requestVideo(input: {{
            topic: "Bees", settings: {{ music: {{ kind: OWN, key: "{key}" }} }}
        }}) {{ video {{ settings {{ music {{ kind key }} }} }} errors {{ field code }} }} }}"#
    )
}

#[tokio::test]
async fn uploaded_music_can_be_used_and_the_same_file_is_kept_once() {
    let app = App::start().await;
    let kept = upload(&app, "tone.wav", tone()).await;
    assert_eq!(kept["errors"], json!([]));
    assert_eq!(kept["durationMs"], 2_000);
    assert_eq!(upload(&app, "same.wav", tone()).await, kept);
    let key = kept["key"].as_str().unwrap();
    let answer = app.ask_raw(&request(key)).await;
    let music = &answer["data"]["requestVideo"]["video"]["settings"]["music"];
    assert_eq!(*music, json!({ "kind": "OWN", "key": key }));
    let left = std::fs::read_dir(app.folder.path().join("scratch")).unwrap();
    assert_eq!(left.count(), 0, "files left in the working folder");
}

#[tokio::test]
async fn music_that_was_never_uploaded_or_is_anothers_is_not_found() {
    let app = App::start().await;
    let owner = "00000000-0000-7000-8000-000000000001";
    for key in [
        format!("owners/{owner}/music/absent.wav"),
        "owners/00000000-0000-0000-0000-000000000002/music/theirs.wav".to_owned(),
    ] {
        let answer = app.ask(&request(&key)).await;
        let refused = json!([{ "field": "settings.music.key", "code": "NOT_FOUND" }]);
        assert_eq!(answer["data"]["requestVideo"]["errors"], refused, "{key}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_played_says_why() {
    let app = App::start().await;
    let text = upload(&app, "song.mp3", b"not music at all".to_vec()).await;
    assert_json_snapshot!(text, @r#"
    {
      "durationMs": null,
      "errors": [
        {
          "code": "INVALID",
          "field": "file",
          "message": "file: is not WAV, MP3, M4A, Ogg or FLAC; convert it to one of these"
        }
      ],
      "key": null
    }
    "#);
    let mut corrupt = tone();
    corrupt.truncate(40);
    let corrupt = upload(&app, "tone.wav", corrupt).await;
    assert_eq!(corrupt["key"], Value::Null);
    assert_eq!(corrupt["errors"][0]["field"], "file");
    assert_eq!(corrupt["errors"][0]["code"], "INVALID");
    let mut silent = tone();
    silent[44..].fill(0);
    assert_json_snapshot!(upload(&app, "tone.wav", silent).await, @r#"
    {
      "durationMs": null,
      "errors": [
        {
          "code": "INVALID",
          "field": "file",
          "message": "file: is silent throughout; choose another"
        }
      ],
      "key": null
    }
    "#);
}

#[tokio::test]
async fn a_file_of_more_than_50_mb_is_refused_with_the_limit() {
    let app = App::start().await;
    let mut large = tone();
    large.resize(50_000_001, 0);
    assert_json_snapshot!(upload(&app, "tone.wav", large).await, @r#"
{
  "durationMs": null,
  "errors": [
    {
      "code": "TOO_LARGE",
      "field": "file",
      "message": "file: has 50000001 bytes; at most 50000000 (50 MB) are allowed"
    }
  ],
  "key": null
}
"#);
}
