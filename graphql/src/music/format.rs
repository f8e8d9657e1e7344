//! What a file of sound is, told by how it begins: its name may say anything,
//! and a decoder that guesses could be made to open what it should not.

/// Bytes that [`extension`] wants to see.
pub(super) const HEAD_BYTES: usize = 12;

pub(super) const KNOWN: &str = "WAV, MP3, M4A, Ogg or FLAC";

/// The extension that goes with the beginning of a file.
pub(super) fn extension(head: &[u8]) -> Option<&'static str> {
    match head {
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'A',
            b'V',
            b'E',
            ..,
        ] => Some("wav"),
        [b'I', b'D', b'3', ..] => Some("mp3"),
        // Eleven set bits begin a frame; the layer bits say MP3, not ADTS AAC.
        [0xFF, second, ..] if second & 0xE6 == 0xE2 => Some("mp3"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("m4a"),
        [b'O', b'g', b'g', b'S', ..] => Some("ogg"),
        [b'f', b'L', b'a', b'C', ..] => Some("flac"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_is_known_by_its_first_bytes() {
        assert_eq!(extension(b"RIFF\x24\0\0\0WAVEfmt "), Some("wav"));
        assert_eq!(extension(b"ID3\x04\0\0"), Some("mp3"));
        assert_eq!(extension(&[0xFF, 0xFB, 0x90, 0x64]), Some("mp3"));
        assert_eq!(extension(b"\0\0\0\x20ftypM4A "), Some("m4a"));
        assert_eq!(extension(b"OggS\0\x02"), Some("ogg"));
        assert_eq!(extension(b"fLaC\0\0\0\x22"), Some("flac"));
    }

    #[test]
    fn playlists_pictures_and_nothing_are_no_sound() {
        let others: [&[u8]; 4] = [b"#EXTM3U\nhttp://", b"\x89PNG\r\n\x1a\n", b"RIFF", b""];
        for head in others {
            assert_eq!(extension(head), None, "{head:?}");
        }
    }
}
