use std::collections::BTreeSet;

use async_graphql::parser::{parse_query, parse_schema, types};
use domain::{AccessTokenId, Role, SessionId, UserId};
use uuid::Uuid;

use super::*;
use crate::schema::sdl;

fn viewer(role: Role, via: Via) -> Viewer {
    Viewer {
        user: UserId(Uuid::from_u128(1)),
        role,
        via,
    }
}

fn signed_in(role: Role) -> Viewer {
    viewer(role, Via::Session(SessionId(Uuid::from_u128(2))))
}

fn token(scopes: &[Scope]) -> Viewer {
    let via = Via::AccessToken {
        id: AccessTokenId(Uuid::from_u128(3)),
        scopes: scopes.to_vec(),
    };
    viewer(Role::Owner, via)
}

fn ask(query: &str, viewer: Option<&Viewer>) -> Result<(), &'static str> {
    let document = parse_query(query).unwrap();
    check(&document, viewer).map_err(|denied| denied.code())
}

/// The fields of one of the schema's types.
fn fields_of(type_name: &str) -> BTreeSet<String> {
    let schema = parse_schema(sdl()).unwrap();
    schema
        .definitions
        .into_iter()
        .find_map(|definition| match definition {
            types::TypeSystemDefinition::Type(found) if found.node.name.node == type_name => {
                match found.node.kind {
                    types::TypeKind::Object(object) => Some(object.fields),
                    _ => None,
                }
            }
            _ => None,
        })
        .unwrap_or_else(|| panic!("the schema has no type {type_name}"))
        .into_iter()
        .map(|field| field.node.name.node.to_string())
        .collect()
}

#[test]
fn every_field_at_the_root_stands_in_the_table_and_nothing_else_does() {
    for (type_name, guarded) in [
        ("Query", QUERIES),
        ("Mutation", MUTATIONS),
        ("Subscription", SUBSCRIPTIONS),
    ] {
        let named = guarded.iter().map(|(name, _)| (*name).to_owned());
        let named: BTreeSet<_> = named.filter(|name| !name.starts_with("__")).collect();
        assert_eq!(named, fields_of(type_name), "{type_name}");
    }
}

#[test]
fn what_is_for_admins_is_reached_through_admin_alone() {
    for types in [("Query", "AdminQuery"), ("Mutation", "AdminMutation")] {
        let shared: Vec<_> = fields_of(types.0)
            .intersection(&fields_of(types.1))
            .cloned()
            .collect();
        assert_eq!(shared, Vec::<String>::new(), "{types:?}");
    }
}

#[test]
fn who_is_not_signed_in_sees_what_tells_nothing_of_anybody() {
    assert_eq!(
        ask("{ __typename options { niches { id } } }", None),
        Ok(())
    );
    for query in [
        "{ me { id } }",
        "{ videos { totalCount } }",
        "mutation { cancelVideo(input: { videoId: 1 }) { position } }",
        "subscription { videos { position } }",
        "{ admin { projections { name } } }",
    ] {
        assert_eq!(ask(query, None), Err("UNAUTHENTICATED"), "{query}");
    }
}

#[test]
fn a_user_is_refused_what_is_for_admins() {
    let user = signed_in(Role::User);
    for query in [
        "{ admin { projections { name } } }",
        "mutation { admin { __typename } }",
        "subscription { events { position } }",
        "{ mine: admin { __typename } }",
        "{ ... { admin { __typename } } }",
        "{ ...a } fragment a on Query { ...b } fragment b on Query { admin { __typename } }",
        "query one { me { id } } query other { admin { __typename } }",
    ] {
        assert_eq!(ask(query, Some(&user)), Err("FORBIDDEN"), "{query}");
        for role in [Role::Admin, Role::Owner] {
            assert_eq!(ask(query, Some(&signed_in(role))), Ok(()), "{query}");
        }
    }
}

#[test]
fn an_access_token_does_what_its_scopes_say() {
    let read = token(&[Scope::Read]);
    assert_eq!(ask("{ videos { totalCount } }", Some(&read)), Ok(()));
    let write = "mutation { archiveSeries(input: { seriesId: 1 }) { position } }";
    assert_eq!(ask(write, Some(&read)), Err("FORBIDDEN"));
    assert_eq!(ask(write, Some(&token(&[Scope::Write]))), Ok(()));
    let admin = "{ admin { __typename } }";
    assert_eq!(
        ask(admin, Some(&token(&[Scope::Read, Scope::Write]))),
        Err("FORBIDDEN")
    );
    assert_eq!(ask(admin, Some(&token(&[Scope::Admin]))), Ok(()));
}

#[test]
fn no_access_token_manages_its_account() {
    let all = token(Scope::ALL);
    for mutation in [
        "changePassword",
        "createAccessToken",
        "deleteMyAccount",
        "endSession",
    ] {
        let query = format!("mutation {{ {mutation} {{ position }} }}");
        assert_eq!(ask(&query, Some(&all)), Err("FORBIDDEN"), "{mutation}");
    }
}

#[test]
fn fragments_in_a_circle_end() {
    let circle = "{ ...a } fragment a on Query { ...b me { id } } fragment b on Query { ...a }";
    assert_eq!(ask(circle, Some(&signed_in(Role::User))), Ok(()));
    assert_eq!(ask(circle, None), Err("UNAUTHENTICATED"));
}

#[test]
fn a_field_that_nobody_placed_is_for_nobody_but_admins() {
    assert_eq!(
        ask("{ forgotten }", Some(&signed_in(Role::User))),
        Err("FORBIDDEN")
    );
}
