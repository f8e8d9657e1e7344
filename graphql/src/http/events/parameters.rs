//! What a request for events asks for.

use axum::extract::Query;
use axum::http::{HeaderMap, Uri};

use crate::event::feed::{After, Wanted};
use crate::event::selection::select;

/// What browsers send when they come back.
const LAST_EVENT_ID: &str = "last-event-id";
const PARAMETERS: [&str; 4] = ["after", "types", "streams", "follow"];

#[derive(Debug)]
pub(in crate::http) struct Asked {
    pub(in crate::http) wanted: Wanted,
    /// The parameter or header that says where to begin.
    pub(super) from: &'static str,
}

#[derive(Debug, PartialEq, Eq)]
pub(in crate::http) struct Refused {
    pub(super) field: String,
    pub(super) message: String,
}

fn refused(field: &str, message: impl std::fmt::Display) -> Refused {
    Refused {
        field: field.to_owned(),
        message: format!("{field}: {message}"),
    }
}

/// Reads the query of the address and the headers.
pub(in crate::http) fn asked(query: &str, headers: &HeaderMap) -> Result<Asked, Refused> {
    let pairs = pairs(query)?;
    if let Some((name, _)) = pairs
        .iter()
        .find(|(name, _)| !PARAMETERS.contains(&name.as_str()))
    {
        let message = format!(
            "there is no such parameter; there are {}",
            PARAMETERS.join(", ")
        );
        return Err(refused(name, message));
    }
    let named = |wanted: &'static str| pairs.iter().filter(move |(name, _)| name == wanted);
    for name in ["after", "follow"] {
        if named(name).count() > 1 {
            return Err(refused(name, "it is given twice"));
        }
    }
    let one = |name| named(name).next().map(|(_, value)| value.as_str());
    let list = |name| named(name).flat_map(|(_, value)| value.split(','));
    let filter = select(list("types"), list("streams")).map_err(|nameless| Refused {
        field: nameless.field().to_owned(),
        message: nameless.to_string(),
    })?;
    // It is newer than the address, which browsers send again unchanged.
    let last = headers
        .get(LAST_EVENT_ID)
        .map(|id| id.to_str().unwrap_or("?"));
    let (from, after) = match last.filter(|last| !last.is_empty()) {
        Some(last) => ("Last-Event-ID", Some(last)),
        None => ("after", one("after")),
    };
    Ok(Asked {
        wanted: Wanted {
            after: after_of(from, after)?,
            filter,
            follow: follow(one("follow"))?,
        },
        from,
    })
}

fn pairs(query: &str) -> Result<Vec<(String, String)>, Refused> {
    // The parser wants a whole address.
    let address = format!("/?{query}").parse::<Uri>();
    let address = address.map_err(|error| refused("address", error))?;
    let Query(pairs) = Query::try_from_uri(&address).map_err(|error| refused("address", error))?;
    Ok(pairs)
}

fn after_of(field: &str, text: Option<&str>) -> Result<After, Refused> {
    match text {
        None | Some("start") => Ok(After::Start),
        Some("end") => Ok(After::End),
        Some(position) => position
            .parse()
            .map(After::Position)
            .map_err(|error| refused(field, format!("{error}, or start, or end"))),
    }
}

fn follow(text: Option<&str>) -> Result<bool, Refused> {
    match text {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(refused(
            "follow",
            format!("{other:?} is neither true nor false"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const POSITION: &str = "42@00000000000000000000000000000007";

    fn ask(query: &str) -> Result<Asked, Refused> {
        asked(query, &HeaderMap::new())
    }

    #[test]
    fn nothing_asked_is_all_there_is() {
        let asked = ask("").unwrap();
        assert_eq!(asked.wanted.after, After::Start);
        assert!(!asked.wanted.follow);
    }

    #[test]
    fn lists_are_split_at_commas_and_may_be_given_twice() {
        let asked = ask("types=VideoReady,VideoFailed&types=SeriesCreated&streams=video").unwrap();
        let filter = asked.wanted.filter;
        assert_eq!(
            filter.type_names,
            ["VideoReady", "VideoFailed", "SeriesCreated"]
        );
        assert_eq!(filter.categories, ["video"]);
    }

    #[test]
    fn the_last_event_id_wins_over_after() {
        let mut headers = HeaderMap::new();
        headers.insert(LAST_EVENT_ID, HeaderValue::from_static(POSITION));
        let asked = asked("after=1@00000000000000000000000000000007", &headers).unwrap();
        assert_eq!(
            asked.wanted.after,
            After::Position(POSITION.parse().unwrap())
        );
        assert_eq!(asked.from, "Last-Event-ID");
    }

    #[test]
    fn an_escaped_position_is_read() {
        let asked = ask(&format!("after={}", POSITION.replace('@', "%40"))).unwrap();
        assert_eq!(
            asked.wanted.after,
            After::Position(POSITION.parse().unwrap())
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (query, field, says) in [
            ("after=42", "after", "is not a position"),
            ("after=", "after", "is not a position"),
            ("after=start&after=end", "after", "twice"),
            ("follow=yes", "follow", "neither true nor false"),
            ("type=VideoReady", "type", "after, types, streams, follow"),
            ("types=", "types", "VideoReady"),
            ("types=VideoRedy", "types", "VideoReady"),
            ("streams=vide", "streams", "categories are"),
        ] {
            let refused = ask(query).unwrap_err();
            assert_eq!(refused.field, field, "{query}");
            assert!(
                refused.message.contains(says),
                "{query}: {}",
                refused.message
            );
        }
    }
}
