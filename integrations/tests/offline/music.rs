use domain::settings::Mood;
use integrations::Observer;
use integrations::music::{MusicMaker, MusicRequest, OfflineMusic};

#[tokio::test]
async fn every_mood_is_played_for_as_long_as_asked_and_unlike_the_others() {
    let mut played = Vec::new();
    for mood in Mood::ALL {
        let request = MusicRequest {
            mood: *mood,
            duration_ms: 2_000,
            seed: 1,
        };
        let music = OfflineMusic.play(&request, &Observer::silent()).await;
        let wav = music.unwrap().wav;
        assert!(wav.starts_with(b"RIFF"));
        let byte_rate = u32::from_le_bytes(wav[28..32].try_into().unwrap()) as usize;
        assert!(wav.len() >= 2 * byte_rate, "{mood}: {} bytes", wav.len());
        assert!(!played.contains(&wav), "{mood} sounds like another");
        played.push(wav);
    }
}
