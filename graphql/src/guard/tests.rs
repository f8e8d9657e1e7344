use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use proptest::prelude::*;

use super::*;

fn refused(text: &str) -> Refused {
    check(text).expect_err("beyond a limit")
}

fn fields(count: usize) -> String {
    (0..count).map(|n| format!(" f{n}")).collect()
}

fn aliases(count: usize) -> String {
    (0..count).map(|n| format!(" a{n}: f")).collect()
}

/// `{` and `}` around `within`, so often.
fn nested(levels: usize, within: &str) -> String {
    format!("{}{within}{}", " f {".repeat(levels), "}".repeat(levels))
}

/// Fragments that each spread the next `width` times.
fn fragments(count: usize, width: usize) -> String {
    let one = |n: usize| {
        let next = format!(" ...F{}", n + 1).repeat(width);
        format!(" fragment F{n} on Q {{ f {next} }}")
    };
    let all: String = (0..count).map(one).collect();
    format!("{{ ...F0 }} {all} fragment F{count} on Q {{ f }}")
}

#[test]
fn each_limit_lets_through_what_it_allows_and_no_more() {
    type Made = fn(usize) -> String;
    let cases: [(Limit, Made); 8] = [
        (BYTES, |n| format!("{{a}}{}", " ".repeat(n - 3))),
        (TOKENS, |n| format!("{{a(b: [{}])}}", " 1".repeat(n - 9))),
        (NESTING, |n| format!("{{{}}}", nested(n - 1, "f"))),
        (OPERATIONS, |n| "query A { a }".repeat(n)),
        (FRAGMENTS, |n| "fragment A on Q { a }".repeat(n)),
        (SPREADS, |n| format!("{{{}}}", " ...A".repeat(n))),
        (ALIASES, |n| format!("{{ f {{{}}} }}", aliases(n))),
        (ROOT_FIELDS, |n| format!("{{{}}}", fields(n))),
    ];
    for (limit, made) in cases {
        assert!(check(&made(limit.allowed)).is_ok(), "{}", limit.name);
        let more = made(limit.allowed + 1);
        assert_eq!(refused(&more), Refused::TooMuch(limit));
    }
}

#[test]
fn directives_count_wherever_they_stand() {
    let at = |n: usize| " @d(x: 1)".repeat(n);
    let made = |n| {
        let (field, spread) = (at(n), at(9));
        format!(
            "query A($v: Int{}) {} {{ f{field} ...F{spread} ...{} {{ f }} }} fragment F on Q{} {{ f }}",
            at(1),
            at(10),
            at(10),
            at(10),
        )
    };
    assert!(check(&made(10)).is_ok());
    assert_eq!(refused(&made(11)), Refused::TooMuch(DIRECTIVES));
}

#[test]
fn what_fragments_hide_counts_as_often_as_it_is_spread() {
    let spread = |n: usize| format!("{{ f {{ {} }} }}", "...F ".repeat(n));
    let of = |within: String| format!("{} fragment F on Q {{{within}}}", spread(5));
    assert!(check(&of(aliases(10))).is_ok());
    assert_eq!(refused(&of(aliases(11))), Refused::TooMuch(ALIASES));
    assert_eq!(refused(&of(fields(1_000))), Refused::TooMuch(SELECTIONS));
    let deep = |levels| {
        format!(
            "{} fragment F on Q {{ {} }}",
            spread(1),
            nested(levels, "f")
        )
    };
    assert!(check(&deep(NESTING.allowed - 3)).is_ok());
    assert_eq!(
        refused(&deep(NESTING.allowed - 2)),
        Refused::TooMuch(NESTING)
    );
}

#[test]
fn root_fields_are_found_in_fragments_of_every_kind() {
    let seven = fields(7);
    let made = |more: &str| {
        format!(
            "{{{seven} ... on Q {{{seven}}} ... @include(if: true) {{ f {{{seven}}} }} ...F }}
             fragment F on Q {{{more}}}"
        )
    };
    assert!(check(&made(&fields(5))).is_ok());
    assert_eq!(refused(&made(&fields(6))), Refused::TooMuch(ROOT_FIELDS));
}

#[test]
fn fragments_that_multiply_are_added_up_in_a_step_each() {
    let (outcome, steps) = check_counting(&fragments(45, 4));
    assert_eq!(outcome, Err(Refused::TooMuch(SELECTIONS)));
    assert!(steps < 10_000, "{steps} steps");
}

#[test]
fn fragments_in_circles_are_refused_however_long_the_circle() {
    for text in [
        "{ ...A } fragment A on Q { ...A }",
        "{ ...A } fragment A on Q { f { ...B } } fragment B on Q { ... on Q { ...A } }",
        "{ f } fragment A on Q { ...B ...B } fragment B on Q { ...C } fragment C on Q { ...A ...B }",
    ] {
        let cycle = matches!(refused(text), Refused::Cycle { .. });
        assert!(cycle, "{text}");
    }
}

#[test]
fn strings_and_comments_hide_and_invent_nothing() {
    let hidden = format!(
        r##"{{ f(a: "{{{{ \" ...F #", b: """ " }} \""" @d """, c: "") # {}
        }}"##,
        "{ a: b".repeat(100)
    );
    assert_eq!(check(&hidden), Ok(Seen { introspects: false }));
    assert!(parse_query(&hidden).is_ok());
    let shown = format!("{{ f(a: \"\"\"\"\"\" b: \"#\") {{{}}} }}", aliases(51));
    assert_eq!(refused(&shown), Refused::TooMuch(ALIASES));
}

#[test]
fn what_the_parser_might_read_otherwise_is_refused_where_it_stands() {
    for (text, line, column) in [
        ("{ f }\nfragmentA on Q { f }", 2, 1),
        ("queryA { f }", 1, 1),
        ("{ f } fragment on on Q { f }", 1, 16),
        ("{ é: f(a: \"\n\") }", 1, 11),
        ("{ f(a: \"\"\" \") }", 1, 8),
    ] {
        let Refused::Unreadable { at, .. } = refused(text) else {
            panic!("{text} was read");
        };
        assert_eq!((at.line, at.column), (line, column), "{text}");
    }
}

#[test]
fn introspection_is_known_by_its_fields_not_by_aliases_or_values() {
    let introspects = |text| check(text).map(|seen| seen.introspects);
    assert_eq!(
        introspects("{ ...F } fragment F on Q { a: __schema { x } }"),
        Ok(true)
    );
    assert_eq!(
        introspects("{ ... { __type(name: \"A\") { name } } }"),
        Ok(true)
    );
    assert_eq!(
        introspects("{ __typename __type: f(a: __schema) }"),
        Ok(false)
    );
}

#[test]
fn json_may_be_nested_to_its_limit_whatever_its_strings_hold() {
    let nested = |n: usize| format!("{}{}", r#"{"]\"":["#.repeat(n), "]}".repeat(n));
    assert_eq!(check_json(nested(12).as_bytes()), Ok(()));
    let refused = check_json(nested(13).as_bytes());
    assert_eq!(refused, Err(Refused::TooMuch(JSON_NESTING)));
    assert_eq!(check_json(br#""[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["#), Ok(()));
}

/// Pieces that put together at random are often nearly, and now and then
/// wholly, a query.
fn query() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "query ",
        "fragment ",
        "on ",
        "F ",
        "G ",
        "{",
        "}",
        "{ f ",
        " }",
        "...",
        "... on Q {",
        "...F ",
        "a: f ",
        "f ",
        "(a: 1) ",
        "(",
        ")",
        "[",
        "]",
        ":",
        "@d ",
        "$v",
        "\"",
        "\"\"\"",
        "\\",
        "\"s\" ",
        "#",
        "\n",
        ",",
        "-1.5e3 ",
        "é",
        "\u{feff}",
        "__type ",
        "{ ...F } fragment F on Q { ...G } ",
        "fragment G on Q { f } ",
    ];
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|it| it.concat())
}

/// Aliases, selections and spreads, as the parser sees them.
fn counted(document: &ExecutableDocument) -> (usize, usize, usize) {
    fn walk(set: &SelectionSet, counts: &mut (usize, usize, usize)) {
        for item in &set.items {
            counts.1 += 1;
            let within = match &item.node {
                Selection::Field(field) => {
                    counts.0 += usize::from(field.node.alias.is_some());
                    &field.node.selection_set
                }
                Selection::InlineFragment(inline) => &inline.node.selection_set,
                Selection::FragmentSpread(_) => {
                    counts.2 += 1;
                    continue;
                }
            };
            walk(&within.node, counts);
        }
    }
    let mut counts = (0, 0, 0);
    let operations = document.operations.iter();
    let sets = operations.map(|(_, operation)| &operation.node.selection_set);
    let fragments = document.fragments.values();
    for set in sets.chain(fragments.map(|fragment| &fragment.node.selection_set)) {
        walk(&set.node, &mut counts);
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_answered_in_steps_by_its_length(text: String, query in query()) {
        for text in [text, query] {
            let (_, steps) = check_counting(&text);
            prop_assert!(steps <= 2 * text.len() + 4, "{steps} steps for {text:?}");
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes: Vec<u8>) {
        _ = check_json(&bytes);
    }

    #[test]
    fn what_the_parser_accepts_was_counted_as_it_reads_it(text in query()) {
        if let Ok(document) = parse_query(&text) {
            let mut steps = 0;
            if let Ok(read) = document::read(&text, &mut steps) {
                let own = |count: fn(&document::Definition<'_>) -> usize| {
                    read.definitions.iter().map(count).sum::<usize>()
                };
                let seen = (
                    own(|it| it.own.aliases),
                    own(|it| it.own.selections),
                    own(|it| it.spreads.len()),
                );
                prop_assert_eq!(seen, counted(&document), "{}", text);
            }
        }
    }
}
