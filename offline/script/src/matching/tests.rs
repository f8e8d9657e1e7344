use super::*;

#[track_caller]
fn assert_told_from(topic: &str, niche: &str, id: Option<&str>) {
    assert_eq!(find(topic, niche).map(|pack| pack.id), id, "{topic}");
}

#[test]
fn a_topic_in_other_words_finds_its_pack() {
    for (topic, id) in [
        ("Why octopuses have three hearts", "octopus-hearts"),
        ("octopus hearts", "octopus-hearts"),
        ("why does an octopus have 3 hearts?", "octopus-hearts"),
        ("THE OCTOPUS'S HEARTS!!!", "octopus-hearts"),
        ("why is the sky blue", "sky-blue"),
        ("How do tardigrades survive in space", "tardigrades"),
        ("the Rosetta Stone", "rosetta-stone"),
        ("Why honey never goes bad", "honey-never-spoils"),
        ("Mary Celeste", "mary-celeste"),
        ("what caused the tulip mania", "tulip-mania"),
        ("Plato's cave explained", "plato-cave"),
        ("why do onions make us cry", "onion-tears"),
    ] {
        let known = packs()
            .iter()
            .find(|pack| pack.id == id)
            .expect("the id is of a pack");
        assert_told_from(topic, known.niche, Some(id));
    }
}

#[test]
fn a_topic_of_another_niche_is_still_told_from_its_pack() {
    assert_told_from("octopus hearts", "philosophy", Some("octopus-hearts"));
}

#[test]
fn a_topic_that_only_shares_words_with_a_pack_finds_none() {
    for topic in [
        "why is my cat sad",
        "octopus salad recipes",
        "my three hearts tattoo",
        "how to fix a broken heart",
        "blue jeans",
        "stone kitchen counters",
        "the history of tea in England",
        "ice hockey rules",
        "best coffee in Berlin",
        "how bees see color",
        "diamond rings for my wedding",
        "coin collecting for beginners",
        "learn rust in a week",
        "Why is the ocean salty",
        "chocolate",
        "日本の歴史",
        "🦑🦑🦑",
        "what is it about",
    ] {
        for niche in ["science", "food", "history", "psychology"] {
            assert_told_from(topic, niche, None);
        }
    }
}

#[test]
fn a_made_up_story_is_told_only_where_stories_are_asked_for() {
    assert_told_from("lighthouse", "scary-stories", Some("lighthouse-letters"));
    assert_told_from("lighthouse", "history", None);
}

#[test]
fn forms_of_a_word_share_a_stem() {
    for (one, other) in [
        ("octopuses", "octopus"),
        ("volcanoes", "volcano"),
        ("berries", "berry"),
        ("waves", "wave"),
        ("boxes", "box"),
        ("sinking", "sink"),
        ("3", "three"),
        ("Plato's", "plato"),
    ] {
        assert_eq!(stems(one), stems(other), "{one} and {other}");
    }
}
