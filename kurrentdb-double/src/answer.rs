//! Log records and refusals as messages of the protocol.

use std::net::SocketAddr;

use prost_types::Timestamp;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use crate::log::Record;
use crate::protocol::streams::ReadResp;
use crate::protocol::streams::read_resp::{
    CaughtUp, Checkpoint, Content, Position, ReadEvent, StreamNotFound, SubscriptionConfirmation,
    read_event,
};
use crate::protocol::{Id, IdValue, StreamIdentifier};

/// When everything happened: 2026-01-01.
const INSTANT: Timestamp = Timestamp {
    seconds: 1_767_225_600,
    nanos: 0,
};
/// The same in the ticks of `created`, 100 ns each.
const INSTANT_TICKS: &str = "17672256000000000";

pub(crate) fn message(content: Content) -> ReadResp {
    ReadResp {
        content: Some(content),
    }
}

pub(crate) fn event(record: &Record) -> ReadResp {
    let event = &record.event;
    message(Content::Event(ReadEvent {
        event: Some(read_event::RecordedEvent {
            id: Some(Id {
                value: Some(IdValue::String(event.id.to_string())),
            }),
            stream_identifier: Some(identifier(&record.stream)),
            stream_revision: record.revision,
            prepare_position: record.position,
            commit_position: record.position,
            metadata: [
                ("type".to_owned(), event.type_name.clone()),
                ("content-type".to_owned(), event.content_type.clone()),
                ("created".to_owned(), INSTANT_TICKS.to_owned()),
            ]
            .into(),
            custom_metadata: event.metadata.clone(),
            data: event.data.clone(),
        }),
        link: None,
        position: Some(read_event::Position::CommitPosition(record.position)),
    }))
}

pub(crate) fn stream_not_found(stream: &str) -> ReadResp {
    message(Content::StreamNotFound(StreamNotFound {
        stream_identifier: Some(identifier(stream)),
    }))
}

pub(crate) fn confirmation() -> ReadResp {
    message(Content::Confirmation(SubscriptionConfirmation {
        subscription_id: "00000000-0000-0000-0000-000000000001".to_owned(),
    }))
}

pub(crate) fn checkpoint(position: u64) -> ReadResp {
    message(Content::Checkpoint(Checkpoint {
        commit_position: position,
        prepare_position: position,
        timestamp: Some(INSTANT),
    }))
}

/// A position for a subscription to `$all`, a revision for one to a stream.
pub(crate) fn caught_up(position: Option<u64>, revision: Option<u64>) -> ReadResp {
    message(Content::CaughtUp(CaughtUp {
        timestamp: Some(INSTANT),
        stream_revision: revision.map(u64::cast_signed),
        position: position.map(|position| Position {
            commit_position: position,
            prepare_position: position,
        }),
    }))
}

pub(crate) fn not_leader(leader: SocketAddr) -> Status {
    refusal(
        Code::NotFound,
        "Leader info available".to_owned(),
        &[
            ("exception", "not-leader"),
            ("leader-endpoint-host", &leader.ip().to_string()),
            ("leader-endpoint-port", &leader.port().to_string()),
        ],
    )
}

pub(crate) fn append_too_large(limit: usize) -> Status {
    refusal(
        Code::InvalidArgument,
        format!("Maximum Append Size of {limit} Exceeded."),
        &[
            ("exception", "maximum-append-size-exceeded"),
            ("maximum-append-size", &limit.to_string()),
        ],
    )
}

pub(crate) fn property_missing(name: &str) -> Status {
    refusal(
        Code::InvalidArgument,
        format!("Required Metadata Property '{name}' is missing"),
        &[
            ("exception", "missing-required-metadata-property"),
            ("required-metadata-properties", "type,content-type"),
        ],
    )
}

fn identifier(stream: &str) -> StreamIdentifier {
    StreamIdentifier {
        stream_name: stream.to_owned().into(),
    }
}

fn refusal(code: Code, message: String, trailers: &[(&'static str, &str)]) -> Status {
    let mut metadata = MetadataMap::new();
    for (name, value) in trailers {
        let value = value.parse().expect("names and numbers fit a header");
        metadata.insert(*name, value);
    }
    Status::with_metadata(code, message, metadata)
}
