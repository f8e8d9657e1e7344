//! The embedded drawings: names, keywords and SVG text.
//!
//! `assets/build.py` makes both files; add a drawing by putting an SVG in
//! `assets/own` and running it again.

use std::collections::HashMap;
use std::sync::LazyLock;

static STREAMS: &[u8] = include_bytes!("../assets/art.bin");
static INDEX: &str = include_str!("../assets/art.tsv");

static ART: LazyLock<Vec<Art>> = LazyLock::new(|| INDEX.lines().filter_map(parse).collect());
static BY_NAME: LazyLock<HashMap<&'static str, &'static Art>> =
    LazyLock::new(|| ART.iter().map(|art| (art.name, art)).collect());

/// One drawing, in a shaded and a flat version.
#[derive(Debug)]
pub(crate) struct Art {
    pub(crate) name: &'static str,
    /// Other words for it, from the public keyword list.
    pub(crate) keywords: Vec<&'static str>,
    shaded: Place,
    flat: Place,
}

#[derive(Debug)]
struct Place {
    group: usize,
    offset: usize,
    length: usize,
}

pub(crate) fn all() -> &'static [Art] {
    &ART
}

pub(crate) fn find(name: &str) -> Option<&'static Art> {
    BY_NAME.get(name).copied()
}

impl Art {
    /// `None` only if the embedded file is damaged.
    pub(crate) fn svg(&self, flat: bool) -> Option<String> {
        let place = if flat { &self.flat } else { &self.shaded };
        let group = miniz_oxide::inflate::decompress_to_vec(stream(place.group)?).ok()?;
        let text = group.get(place.offset..place.offset + place.length)?;
        String::from_utf8(text.to_vec()).ok()
    }
}

fn parse(line: &'static str) -> Option<Art> {
    let mut fields = line.split('\t');
    let name = fields.next()?;
    let mut number = || fields.next()?.parse::<usize>().ok();
    let mut place = || {
        Some(Place {
            group: number()?,
            offset: number()?,
            length: number()?,
        })
    };
    let (shaded, flat) = (place()?, place()?);
    let keywords = fields.next()?.split('|').filter(|word| !word.is_empty());
    Some(Art {
        name,
        keywords: keywords.collect(),
        shaded,
        flat,
    })
}

/// The file is a count, the length of each stream, then the streams.
fn stream(index: usize) -> Option<&'static [u8]> {
    let number = |at: usize| {
        let bytes = STREAMS.get(at * 4..at * 4 + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
    };
    let count = number(0)?;
    let mut start = 4 * (count + 1);
    for earlier in 0..index {
        start += number(earlier + 1)?;
    }
    STREAMS.get(start..start + number(index + 1)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drawing_unpacks_in_both_versions() {
        assert!(all().len() > 800);
        for art in all() {
            for flat in [false, true] {
                let svg = art.svg(flat).unwrap_or_else(|| panic!("{}", art.name));
                assert!(
                    svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"),
                    "{}",
                    art.name
                );
            }
        }
    }
}
