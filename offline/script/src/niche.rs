use crate::material::NicheFile;

/// A kind of video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Niche {
    /// What requests name it by.
    pub slug: &'static str,
    pub name: &'static str,
    pub description: &'static str,
}

/// Every niche; a new one also needs `general/<slug>.json` and a line in [`file()`].
pub fn niches() -> &'static [Niche] {
    &NICHES
}

/// How the niche looks at any topic.
///
/// # Panics
/// If the slug is not that of a niche, which `ScriptRequest::check` rules out.
pub(crate) fn file(slug: &str) -> NicheFile {
    let at = NICHES
        .iter()
        .position(|niche| niche.slug == slug)
        .expect("the niche was checked");
    serde_json::from_str(FILES[at]).expect("every niche's file is parsed by the tests")
}

const fn niche(slug: &'static str, name: &'static str, description: &'static str) -> Niche {
    Niche {
        slug,
        name,
        description,
    }
}

const NICHES: [Niche; 14] = [
    niche(
        "science",
        "Science",
        "How the world works, from atoms to octopuses",
    ),
    niche(
        "space",
        "Space",
        "Planets, stars and the machines we send to them",
    ),
    niche(
        "history",
        "History",
        "People and events that made the present",
    ),
    niche("nature", "Nature", "Animals, plants and how they get by"),
    niche(
        "technology",
        "Technology",
        "Inventions, and the ideas inside them",
    ),
    niche("psychology", "Psychology", "Why minds do what they do"),
    niche(
        "motivation",
        "Motivation",
        "Small pushes towards better days",
    ),
    niche(
        "scary-stories",
        "Scary stories",
        "Invented tales for after dark",
    ),
    niche("mystery", "Mystery", "Things that are still not explained"),
    niche(
        "finance",
        "Finance",
        "Money, explained without selling anything",
    ),
    niche(
        "geography",
        "Geography",
        "Remarkable places and why they are so",
    ),
    niche("food", "Food", "What we eat and where it comes from"),
    niche(
        "mythology",
        "Mythology",
        "Gods, heroes and monsters of old tales",
    ),
    niche(
        "philosophy",
        "Philosophy",
        "Old questions worth asking again",
    ),
];

/// In the order of [`NICHES`].
const FILES: [&str; 14] = [
    include_str!("../general/science.json"),
    include_str!("../general/space.json"),
    include_str!("../general/history.json"),
    include_str!("../general/nature.json"),
    include_str!("../general/technology.json"),
    include_str!("../general/psychology.json"),
    include_str!("../general/motivation.json"),
    include_str!("../general/scary-stories.json"),
    include_str!("../general/mystery.json"),
    include_str!("../general/finance.json"),
    include_str!("../general/geography.json"),
    include_str!("../general/food.json"),
    include_str!("../general/mythology.json"),
    include_str!("../general/philosophy.json"),
];
