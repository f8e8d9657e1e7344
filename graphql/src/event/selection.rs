//! Which events a client wants, checked against those there can be.

use domain::CATEGORIES;
use event_store::{Filter, StreamName};

/// What was asked for names nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Nameless {
    #[error("types: {name:?} is no type of event; there are {}", type_names().join(", "))]
    Type { name: String },
    #[error(
        "streams: {name:?} is neither a category nor a stream; categories are {}, and a stream is \
         one of them with an id, such as {}-<uuid>",
        category_names().join(", "),
        category_names().last().unwrap_or(&"video")
    )]
    Stream { name: String },
}

impl Nameless {
    /// The parameter that is to blame.
    pub(crate) fn field(&self) -> &'static str {
        match self {
            Self::Type { .. } => "types",
            Self::Stream { .. } => "streams",
        }
    }
}

/// `types` are stored names of events, `streams` categories or whole streams;
/// no types are all types, and so with streams.
pub(crate) fn select<'a>(
    types: impl IntoIterator<Item = &'a str>,
    streams: impl IntoIterator<Item = &'a str>,
) -> Result<Filter, Nameless> {
    let mut filter = Filter::default();
    for name in types {
        if !type_names().contains(&name) {
            return Err(Nameless::Type {
                name: name.to_owned(),
            });
        }
        filter.type_names.push(name.to_owned());
    }
    for name in streams {
        let is_category = |name: &str| category_names().contains(&name);
        if is_category(name) {
            filter.categories.push(name.to_owned());
            continue;
        }
        match name.parse::<StreamName>() {
            Ok(stream) if is_category(&stream.category) => filter.streams.push(stream),
            _ => {
                return Err(Nameless::Stream {
                    name: name.to_owned(),
                });
            }
        }
    }
    Ok(filter)
}

fn category_names() -> Vec<&'static str> {
    CATEGORIES.iter().map(|category| category.name).collect()
}

fn type_names() -> Vec<&'static str> {
    let events = CATEGORIES.iter().flat_map(|category| category.events);
    events.map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn nothing_named_is_everything_wanted() {
        assert_eq!(select([], []), Ok(Filter::default()));
    }

    #[test]
    fn categories_and_streams_are_told_apart() {
        let stream = StreamName::new("video", Uuid::from_u128(7));
        let filter = select(["VideoReady"], ["series", &stream.to_string()]).unwrap();
        assert_eq!(filter.type_names, ["VideoReady"]);
        assert_eq!(filter.categories, ["series"]);
        assert_eq!(filter.streams, [stream]);
    }

    #[test]
    fn what_names_nothing_is_refused_with_what_there_is() {
        for name in ["", "videoready", "VideoReady "] {
            let refusal = select([name], []).unwrap_err();
            assert_eq!(refusal.field(), "types");
            let message = refusal.to_string();
            assert!(message.contains("VideoReady, "), "{message}");
        }
        for name in [
            "",
            "videos",
            "video-",
            "video-7",
            "cat-00000000-0000-0000-0000-000000000007",
        ] {
            let refusal = select([], [name]).unwrap_err();
            assert_eq!(refusal.field(), "streams");
            let message = refusal.to_string();
            assert!(message.contains("user, video, and"), "{message}");
        }
    }
}
