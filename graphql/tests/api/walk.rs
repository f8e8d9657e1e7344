//! Every field that takes an id, asked with the id of somebody else's thing.

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, InputValueDefinition, ServiceDocument, Type, TypeKind, TypeSystemDefinition,
};
use domain::series::{Series, SeriesCommand, SeriesName};
use domain::video::{Video, VideoBrief, VideoCommand};
use domain::{Aggregate, ProductionSettings, Topic};
use serde_json::Value;
use uuid::Uuid;

use crate::harness::{App, OTHER};

const THEIRS: Uuid = Uuid::from_u128(4_711);

/// A video and a series of somebody else, under one id.
async fn theirs(app: &App) {
    let settings = ProductionSettings::default;
    let create = SeriesCommand::Create {
        owner: OTHER,
        name: SeriesName::try_new("Theirs").unwrap(),
        settings: settings(),
    };
    app.tell::<Series>(OTHER, THEIRS, create).await;
    let request = VideoCommand::Request {
        owner: OTHER,
        series: None,
        brief: VideoBrief {
            topic: Topic::try_new("Theirs").unwrap(),
            settings: settings(),
            seed: 1,
            brought: domain::video::Brought::default(),
        },
    };
    app.tell::<Video>(OTHER, THEIRS, request).await;
}

fn kind<'a>(schema: &'a ServiceDocument, name: &str) -> Option<&'a TypeKind> {
    schema
        .definitions
        .iter()
        .find_map(|definition| match definition {
            TypeSystemDefinition::Type(found) if found.node.name.node == name => {
                Some(&found.node.kind)
            }
            _ => None,
        })
}

fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(of) => base(of),
    }
}

/// A value for an argument of this type, and whether an id is in it. None for
/// what may be left out and holds none.
fn value(schema: &ServiceDocument, name: &str, ty: &Type) -> (Option<String>, bool) {
    match (base(ty), kind(schema, base(ty))) {
        // It names no thing, but the request.
        ("ID", _) if name == "commandId" => (None, false),
        ("ID", _) => (Some(format!("{:?}", THEIRS.to_string())), true),
        (_, Some(TypeKind::Enum(choices))) if !ty.nullable => {
            (Some(choices.values[0].node.value.node.to_string()), false)
        }
        (_, Some(TypeKind::InputObject(object))) => {
            let mut fields = Vec::new();
            let mut has_id = false;
            for field in without_default(&object.fields) {
                let name = field.name.node.as_str();
                let (value, holds) = value(schema, name, &field.ty.node);
                has_id |= holds;
                fields.extend(value.map(|value| format!("{name}: {value}")));
            }
            let written = format!("{{ {} }}", fields.join(", "));
            ((has_id || !ty.nullable).then_some(written), has_id)
        }
        _ if ty.nullable => (None, false),
        ("String", _) => (Some("\"Bees\"".to_owned()), false),
        // Where an id stands beside it, the answer will say that this is no value.
        _ => (Some("null".to_owned()), false),
    }
}

/// A value that has a default is left out.
fn without_default(
    values: &[Positioned<InputValueDefinition>],
) -> impl Iterator<Item = &InputValueDefinition> {
    let values = values.iter().map(|value| &value.node);
    values.filter(|value| value.default_value.is_none())
}

/// The operation for every field of `type_name` that takes an id.
fn operations(schema: &ServiceDocument, type_name: &str) -> Vec<(String, String)> {
    let Some(TypeKind::Object(object)) = kind(schema, type_name) else {
        panic!("the schema has no type {type_name}");
    };
    let mut operations = Vec::new();
    for field in &object.fields {
        let name = field.node.name.node.to_string();
        let mut takes_id = false;
        let mut arguments = Vec::new();
        for argument in without_default(&field.node.arguments) {
            let argument_name = argument.name.node.as_str();
            let (value, holds) = value(schema, argument_name, &argument.ty.node);
            takes_id |= holds;
            arguments.extend(value.map(|value| format!("{argument_name}: {value}")));
        }
        if takes_id {
            let keyword = type_name.to_lowercase();
            let selected = format!("{name}({}) {{ __typename }}", arguments.join(", "));
            operations.push((name, format!("{keyword} {{ {selected} }}")));
        }
    }
    operations
}

/// Whether an answer tells of anything: an empty page and a refusal do not.
fn tells(answer: &Value, field: &str) -> bool {
    !answer["data"][field].is_null()
}

#[tokio::test]
async fn no_field_that_takes_an_id_gives_or_changes_what_is_anothers() {
    let app = App::start().await;
    theirs(&app).await;
    let (_, eve) = app.person("eve@example.com").await;
    let schema = parse_schema(graphql::sdl()).unwrap();
    let before = app.events().await.len();
    let mut walked = 0;
    for type_name in ["Query", "Mutation"] {
        for (field, query) in operations(&schema, type_name) {
            walked += 1;
            let detailed = match field.as_str() {
                "videos" => query.replace("__typename", "totalCount edges { cursor }"),
                _ if type_name == "Mutation" => query.replace("__typename", "errors { code }"),
                _ => query,
            };
            let answer = app.ask_as(&eve, &detailed).await;
            let data = &answer["data"][&field];
            let is_empty = match field.as_str() {
                "videos" => data["totalCount"] == 0,
                _ if type_name == "Mutation" => data["errors"][0]["code"] == "NOT_FOUND",
                _ => !tells(&answer, &field),
            };
            assert!(is_empty, "{detailed}: {answer:#}");
        }
    }
    assert!(walked >= 10, "{walked}");
    let after = app.events().await;
    let stream = |id: Uuid| {
        after
            .iter()
            .filter(move |event| event.stream.id == id)
            .count()
    };
    assert_eq!(stream(THEIRS), 2);
    assert_eq!(after.len(), before);
    let video = app.dispatcher.load::<Video>(THEIRS).await.unwrap();
    assert_eq!(video.state.owner(), Some(OTHER));
}
