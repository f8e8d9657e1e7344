//! Which fonts captions are set in: ours first, then the system's by script.

use cosmic_text::{
    Attrs, Buffer, CacheKeyFlags, Family, FontSystem, Metrics, Shaping, Weight, fontdb,
};

/// Montserrat by the Montserrat Project Authors, SIL Open Font License 1.1;
/// its text lies beside the files.
const BUNDLED: [&[u8]; 2] = [
    include_bytes!("../../assets/fonts/Montserrat_900Black.ttf"),
    include_bytes!("../../assets/fonts/Montserrat_600SemiBold.ttf"),
];

/// Letters of `text` that no installed font can draw, each once, in order.
///
/// Scripts beyond Latin and Cyrillic need fonts of the system: on Debian
/// `fonts-noto-core`, `fonts-noto-cjk` and `fonts-noto-color-emoji`.
pub fn missing_glyphs(text: &str) -> Vec<char> {
    let mut fonts = open("en");
    let mut buffer = Buffer::new(&mut fonts, Metrics::new(32.0, 40.0));
    buffer.set_text(text, &attributes(Weight::BLACK), Shaping::Advanced, None);
    buffer.shape_until_scroll(&mut fonts, false);
    let mut missing = Vec::new();
    for run in buffer.layout_runs() {
        for glyph in run.glyphs.iter().filter(|glyph| glyph.glyph_id == 0) {
            for letter in run.text[glyph.start..glyph.end].chars() {
                if !letter.is_control() && !missing.contains(&letter) {
                    missing.push(letter);
                }
            }
        }
    }
    missing
}

/// `language` (BCP 47) chooses among national forms of Han characters.
pub(super) fn open(language: &str) -> FontSystem {
    let mut database = fontdb::Database::new();
    database.load_system_fonts();
    for font in BUNDLED {
        database.load_font_data(font.to_vec());
    }
    FontSystem::new_with_locale_and_db(language.to_owned(), database)
}

pub(super) fn attributes(weight: Weight) -> Attrs<'static> {
    Attrs::new()
        .family(Family::Name("Montserrat"))
        .weight(weight)
        .cache_key_flags(CacheKeyFlags::DISABLE_HINTING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_and_cyrillic_need_no_installed_font() {
        assert_eq!(missing_glyphs("Żółć, naïve “100%” Łódź: сердце\\"), []);
    }

    #[test]
    fn a_letter_without_a_font_is_named_once() {
        assert_eq!(missing_glyphs("a\u{10FFFD}b\u{10FFFD}"), ['\u{10FFFD}']);
    }
}
