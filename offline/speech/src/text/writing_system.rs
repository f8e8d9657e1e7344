/// The writing systems worth naming to a person whose text can't be spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WritingSystem {
    Latin,
    Named(&'static str),
    Other,
}

const JAPANESE: WritingSystem = WritingSystem::Named("Japanese");

/// First and last code point of the blocks of each system
/// (<https://www.unicode.org/Public/UCD/latest/ucd/Blocks.txt>).
const BLOCKS: &[(u32, u32, &str)] = &[
    (0x0370, 0x03FF, "Greek"),
    (0x0400, 0x052F, "Cyrillic"),
    (0x0530, 0x058F, "Armenian"),
    (0x0590, 0x05FF, "Hebrew"),
    (0x0600, 0x077F, "Arabic"),
    (0x08A0, 0x08FF, "Arabic"),
    (0x0900, 0x097F, "Devanagari"),
    (0x0980, 0x09FF, "Bengali"),
    (0x0A00, 0x0A7F, "Gurmukhi"),
    (0x0A80, 0x0AFF, "Gujarati"),
    (0x0B80, 0x0BFF, "Tamil"),
    (0x0C00, 0x0C7F, "Telugu"),
    (0x0C80, 0x0CFF, "Kannada"),
    (0x0D00, 0x0D7F, "Malayalam"),
    (0x0E00, 0x0E7F, "Thai"),
    (0x10A0, 0x10FF, "Georgian"),
    (0x1100, 0x11FF, "Korean"),
    (0x1F00, 0x1FFF, "Greek"),
    (0x3040, 0x30FF, "Japanese"),
    (0x3130, 0x318F, "Korean"),
    (0x3400, 0x9FFF, "Chinese"),
    (0xAC00, 0xD7AF, "Korean"),
    (0xFB50, 0xFDFF, "Arabic"),
    (0xFE70, 0xFEFF, "Arabic"),
    (0x20000, 0x3FFFF, "Chinese"),
];

/// Blocks of Latin letters, with the full-width and mathematical forms that
/// fold to them.
const LATIN: &[(u32, u32)] = &[
    (0x0041, 0x024F),
    (0x0250, 0x02FF),
    (0x1D00, 0x1DBF),
    (0x1E00, 0x1EFF),
    (0x2070, 0x209F),
    (0x2100, 0x214F),
    (0x2160, 0x2188),
    (0x24B6, 0x24E9),
    (0x2C60, 0x2C7F),
    (0xA720, 0xA7FF),
    (0xFB00, 0xFB06),
    (0xFF21, 0xFF5A),
    (0x1D400, 0x1D7FF),
    (0x1F110, 0x1F189),
];

impl WritingSystem {
    pub(crate) fn of(letter: char) -> Self {
        let code = u32::from(letter);
        if LATIN.iter().any(|(from, to)| (*from..=*to).contains(&code)) {
            return Self::Latin;
        }
        BLOCKS
            .iter()
            .find(|(from, to, _)| (*from..=*to).contains(&code))
            .map_or(Self::Other, |(_, _, name)| Self::Named(name))
    }

    /// The system most of `letters` belong to. Kana among Chinese characters
    /// make a text Japanese.
    pub(crate) fn most_used(letters: impl Iterator<Item = char>) -> Self {
        let mut counts: Vec<(Self, usize)> = Vec::new();
        for system in letters.map(Self::of) {
            match counts.iter_mut().find(|(known, _)| *known == system) {
                Some((_, count)) => *count += 1,
                None => counts.push((system, 1)),
            }
        }
        if counts.iter().any(|(system, _)| *system == JAPANESE) {
            return JAPANESE;
        }
        counts
            .into_iter()
            .max_by_key(|(_, count)| *count)
            .map_or(Self::Other, |(system, _)| system)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Latin => "Latin",
            Self::Named(name) => name,
            Self::Other => "another script",
        }
    }
}
