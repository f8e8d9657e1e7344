use domain::MediaKey;

/// What a file is, told by the extension of its key: the one source for what
/// is recorded in an [`Asset`](domain::Asset) and served over HTTP.
pub fn content_type(key: &MediaKey) -> &'static str {
    match key.file_name().rsplit_once('.').map_or("", |(_, end)| end) {
        "mp4" => "video/mp4",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" => "audio/ogg",
        "flac" => "audio/flac",
        "vtt" => "text/vtt; charset=utf-8",
        "srt" => "application/x-subrip; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_are_served_as_utf_8_text() {
        let key = MediaKey::try_new("videos/1/captions.vtt").unwrap();
        assert_eq!(content_type(&key), "text/vtt; charset=utf-8");
    }

    #[test]
    fn an_unknown_extension_is_only_bytes() {
        for key in ["film", "film.mp4.partial", "mp4"] {
            let key = MediaKey::try_new(key).unwrap();
            assert_eq!(content_type(&key), "application/octet-stream", "{key}");
        }
    }
}
