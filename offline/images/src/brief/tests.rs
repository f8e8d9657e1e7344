use proptest::prelude::*;

use super::*;
use crate::rng::Rng;

fn read(description: &str) -> Brief {
    Brief::read(description, &mut Rng::new(1, description))
}

fn hero(description: &str) -> &'static str {
    read(description).hero.art.name
}

#[test]
fn the_hero_is_what_the_words_name() {
    for (description, name) in [
        (
            "a giant octopus drifting over a coral reef, underwater ocean",
            "octopus",
        ),
        ("two octopuses on the sea floor", "octopus"),
        ("a black hole bending light, space", "black-hole"),
        ("the Colosseum at dawn, temple ruins", "colosseum"),
        ("a human brain glowing", "brain"),
        ("a neuron firing", "neuron"),
        ("an atom of copper", "atom"),
        ("a DNA double helix", "dna"),
        ("drops of blue blood", "droplet"),
        ("a squid in deep water", "squid"),
        ("an astronomer with a telescope", "telescope"),
        ("a Roman soldier marching", "roman-helmet"),
        ("a Viking ship in a storm", "viking-ship"),
        ("a king on his throne", "crown"),
        ("gold coins", "coin"),
        ("a pile of money", "money-bag"),
        ("a growing chart of savings", "chart-increasing"),
        ("a robot at work", "robot"),
        ("a computer chip", "computer-chip"),
        ("a buried treasure chest", "treasure-chest"),
        ("a haunted house on a hill", "derelict-house"),
        ("an old door at the end of a hallway", "door"),
        ("a cracked mirror", "mirror"),
        ("a lantern swinging", "lantern"),
        ("a meditating person", "person-in-lotus-position"),
        ("a runner at sunrise", "person-running"),
        ("wolves howling", "wolf"),
    ] {
        assert_eq!(hero(description), name, "{description}");
    }
}

#[test]
fn words_that_only_resemble_a_drawing_draw_nothing() {
    for (description, never) in [
        ("a black hole", "small-airplane"),
        ("the colosseum", "military-helmet"),
        ("an octopus drifting over a reef", "sunset"),
        ("bees around flowers", "honey-pot"),
        ("birds in the sky", "wing"),
        ("an octopus with long arms", "mechanical-arm"),
        ("an old man with a lantern", "old-man"),
    ] {
        let brief = read(description);
        let drawn = brief
            .props
            .iter()
            .chain([&brief.hero])
            .any(|s| s.art.name == never);
        assert!(!drawn, "{description} drew {never}");
    }
}

#[test]
fn counts_reach_their_noun() {
    for (description, count) in [
        ("three glowing hearts floating in dark water", 3),
        ("two big red hearts", 2),
        ("a heart", 1),
        ("hearts", 3),
        ("5 coins on a table", 5),
        ("a school of fish", 7),
        ("a dozen stones, desert", 9),
        ("three, a heart", 1),
    ] {
        assert_eq!(read(description).hero.count, count, "{description}");
    }
    let brief = read("an octopus with three hearts");
    assert_eq!((brief.hero.count, brief.props[0].count), (1, 3));
}

#[test]
fn places_light_and_weather_are_understood() {
    for (description, setting) in [
        (
            "a rocket rising above clouds, space, stars and planet",
            Setting::Space,
        ),
        ("three hearts, underwater ocean", Setting::Underwater),
        ("a camel, desert", Setting::Desert),
        ("a deer, forest", Setting::Forest),
        ("a goat, mountain", Setting::Mountain),
        ("a tent, night", Setting::Night),
        ("a ghost, spooky graveyard", Setting::Graveyard),
        ("a candle, interior room", Setting::Interior),
        ("a taxi, city", Setting::City),
        ("a horse, meadow", Setting::Meadow),
        ("a seal, arctic ice, night", Setting::Arctic),
        ("a crab, beach", Setting::Beach),
        ("a flask, laboratory", Setting::Laboratory),
        ("a book, library", Setting::Library),
        ("a column, temple ruins", Setting::Temple),
        ("a balloon, sky", Setting::Sky),
        ("an octopus", Setting::Underwater),
        ("a camel at night in the desert", Setting::Desert),
    ] {
        assert_eq!(read(description).setting, setting, "{description}");
    }
    let brief = read("a wolf at sunset, snow, scary");
    assert_eq!(brief.light, Some(Light::Golden));
    assert_eq!((brief.weather, brief.mood), (Weather::Snow, Mood::Tense));
}

#[test]
fn unknown_words_leave_the_choice_to_the_seed() {
    let heroes: std::collections::BTreeSet<_> = (0..40)
        .map(|seed| {
            Brief::read("zxcv qwrt", &mut Rng::new(seed, ""))
                .hero
                .art
                .name
        })
        .collect();
    assert!(heroes.len() > 3, "{heroes:?}");
}

#[test]
fn every_effect_in_the_lexicon_is_understood() {
    assert_eq!(lexicon::misspelt(), Vec::<String>::new());
}

proptest! {
    #[test]
    fn any_text_is_read_within_bounds(text in "\\PC{0,300}", seed: u64) {
        let brief = Brief::read(&text, &mut Rng::new(seed, &text));
        prop_assert!((1..=MAX_COUNT).contains(&brief.hero.count));
        prop_assert!(brief.props.len() <= MAX_PROPS);
    }
}
