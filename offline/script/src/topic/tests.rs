use super::*;

#[track_caller]
fn assert_spoken(raw: &str, sentence: &str, inside: &str) {
    let topic = Topic::parse(raw);
    assert_eq!(
        (topic.sentence.as_str(), topic.inside.as_str()),
        (sentence, inside),
        "{raw}"
    );
}

#[test]
fn a_thing_is_named_and_a_question_is_asked() {
    assert_spoken("black coffee", "Black coffee.", "black coffee");
    assert_spoken("The moon landing", "The moon landing.", "the moon landing");
    assert_spoken("why is my cat sad", "Why is my cat sad?", "this question");
    assert_spoken("Is time real?!", "Is time real?", "this question");
    assert_spoken("why cats purr", "Why cats purr.", "this question");
    assert_spoken("Learn to juggle", "Learn to juggle.", "this subject");
    assert_spoken("how to boil an egg", "How to boil an egg.", "this question");
}

#[test]
fn signs_a_voice_stumbles_over_are_put_into_words_or_left_out() {
    assert_spoken(
        "\"100%\" cotton & linen",
        "100 percent cotton and linen.",
        "100 percent cotton and linen",
    );
    assert_spoken("tea ☕🫖", "Tea.", "tea");
    assert_spoken(
        "a {topic} <b>bold</b> \\n",
        "A topic b bold b n.",
        "this subject",
    );
    assert_spoken("rock 'n' roll", "Rock n roll.", "rock n roll");
    assert_spoken("it’s 3.5 miles", "It's 3.5 miles.", "it's 3.5 miles");
    assert_spoken("🦑🦑", "Today's subject.", "this subject");
}

#[test]
fn shouting_is_calmed_but_an_acronym_stays() {
    assert_spoken("BLACK COFFEE!!!", "Black coffee.", "black coffee");
    assert_spoken("NASA", "NASA.", "NASA");
    assert_eq!(Topic::parse("BLACK COFFEE!!!").title, "Black coffee");
}

#[test]
fn other_alphabets_are_kept() {
    assert_spoken("история чая", "История чая.", "история чая");
    assert_spoken("なぜ空は青い？", "なぜ空は青い.", "なぜ空は青い");
    assert_spoken("café crème", "Café crème.", "café crème");
}

#[test]
fn a_long_topic_is_cut_where_a_clause_ends() {
    let raw = "the quiet streets of an old town, where nobody walks after ten because of the wind";
    assert_spoken(raw, "The quiet streets of an old town.", "this subject");
}

#[test]
fn a_long_topic_without_clauses_is_not_left_dangling() {
    let raw =
        "everything anyone ever told me about growing tomatoes on a balcony with the children";
    assert_spoken(
        raw,
        "Everything anyone ever told me about growing tomatoes on a balcony.",
        "this subject",
    );
}

#[test]
fn a_title_keeps_quotes_and_emoji_and_fits_on_one_line() {
    let title = Topic::parse("  \"Tea\"\n\tfor two ☕. ").title;
    assert_eq!(title, "\"Tea\" for two ☕");
    let long = Topic::parse(&"lemon tree ".repeat(40)).title;
    assert!(
        long.chars().count() <= TITLE_CHARS && long.ends_with("tree…") || long.ends_with("lemon…"),
        "{long}"
    );
}

#[test]
fn only_what_can_be_seen_counts_as_a_topic() {
    assert!(is_blank(" \t\n\u{200b}\u{feff}\u{7}"));
    assert!(!is_blank("🦑"));
}

#[test]
fn the_hero_is_made_of_telling_words_and_never_of_places() {
    assert_eq!(Topic::parse("why is my cat sad").hero, "cat sad");
    assert_eq!(Topic::parse("the beach at night").hero, NEUTRAL_HERO);
    assert_eq!(Topic::parse("日本").hero, NEUTRAL_HERO);
}
