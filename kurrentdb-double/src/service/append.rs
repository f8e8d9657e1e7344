//! `Streams.Append`.

use std::collections::HashMap;
use std::future::pending;

use tonic::{Status, Streaming};
use uuid::Uuid;

use crate::answer::{append_too_large, property_missing};
use crate::faults::Lost;
use crate::log::{Expected, Proposed, WrongVersion};
use crate::node::Node;
use crate::protocol::streams::append_req::{Content, ProposedMessage, options};
use crate::protocol::streams::append_resp::{
    Position, Result as Outcome, Success, WrongExpectedVersion, success, wrong_expected_version,
};
use crate::protocol::streams::{AppendReq, AppendResp};
use crate::protocol::{Empty, Id, IdValue, StreamIdentifier};

pub(super) async fn append(
    node: &Node,
    mut messages: Streaming<AppendReq>,
) -> Result<AppendResp, Status> {
    let Some(AppendReq {
        content: Some(Content::Options(asked)),
    }) = messages.message().await?
    else {
        return Err(Status::invalid_argument("the options come first"));
    };
    let stream = stream_name(asked.stream_identifier)?;
    let asked = asked
        .expected_stream_revision
        .ok_or_else(|| Status::invalid_argument("an expected revision is required"))?;
    let limit = node.faults.max_append_bytes();
    let (mut events, mut bytes) = (Vec::new(), 0);
    while let Some(message) = messages.message().await? {
        let Some(Content::ProposedMessage(message)) = message.content else {
            return Err(Status::invalid_argument("events follow the options"));
        };
        let event = proposed(message)?;
        bytes += event.data.len() + event.metadata.len() + event.type_name.len();
        if bytes > limit {
            return Err(append_too_large(limit));
        }
        events.push(event);
    }

    lose_reply(node, Lost::BeforeCommit).await;
    let outcome = node.append(&stream, expected(&asked), events);
    lose_reply(node, Lost::AfterCommit).await;
    // A lost race is an answer like any other, with the status OK.
    Ok(AppendResp {
        result: Some(match outcome {
            Ok(appended) => Outcome::Success(success(appended)),
            Err(wrong) => Outcome::WrongExpectedVersion(wrong_version(&asked, &wrong)),
        }),
    })
}

pub(super) fn stream_name(identifier: Option<StreamIdentifier>) -> Result<String, Status> {
    identifier
        .and_then(|identifier| String::from_utf8(identifier.stream_name.to_vec()).ok())
        .filter(|name| !name.is_empty())
        .ok_or_else(|| Status::invalid_argument("a stream name is required"))
}

/// Never returns when the reply is to be lost now.
async fn lose_reply(node: &Node, when: Lost) {
    if let Some(lost) = node.faults.lost_reply(when) {
        if lost.then_down {
            node.go_down();
        } else {
            node.cut_connections();
        }
        pending::<()>().await;
    }
}

fn expected(asked: &options::ExpectedStreamRevision) -> Expected {
    use options::ExpectedStreamRevision as Asked;
    match asked {
        Asked::Any(_) => Expected::Any,
        Asked::StreamExists(_) => Expected::Exists,
        Asked::NoStream(_) => Expected::NoStream,
        Asked::Revision(revision) => Expected::Revision(revision.cast_signed()),
    }
}

fn proposed(message: ProposedMessage) -> Result<Proposed, Status> {
    let mut properties = message.metadata;
    Ok(Proposed {
        id: event_id(message.id)?,
        type_name: property(&mut properties, "type")?,
        content_type: property(&mut properties, "content-type")?,
        data: message.data,
        metadata: message.custom_metadata,
    })
}

fn property(properties: &mut HashMap<String, String>, name: &str) -> Result<String, Status> {
    properties
        .remove(name)
        .ok_or_else(|| property_missing(name))
}

fn event_id(id: Option<Id>) -> Result<Uuid, Status> {
    match id.and_then(|id| id.value) {
        Some(IdValue::Structured(halves)) => Ok(Uuid::from_u64_pair(
            halves.most_significant_bits.cast_unsigned(),
            halves.least_significant_bits.cast_unsigned(),
        )),
        Some(IdValue::String(text)) => text
            .parse()
            .map_err(|_| Status::invalid_argument("an event id that is no UUID")),
        None => Err(Status::invalid_argument("an event id is required")),
    }
}

fn success(appended: Option<(u64, u64)>) -> Success {
    let revision = appended.map(|(revision, _)| revision);
    let position = appended.map(|(_, position)| position);
    Success {
        current_revision_option: Some(match revision {
            Some(revision) => success::CurrentRevisionOption::CurrentRevision(revision),
            None => success::CurrentRevisionOption::NoStream(Empty {}),
        }),
        position_option: Some(match position {
            Some(position) => success::PositionOption::Position(Position {
                commit_position: position,
                prepare_position: position,
            }),
            None => success::PositionOption::NoPosition(Empty {}),
        }),
    }
}

fn wrong_version(
    asked: &options::ExpectedStreamRevision,
    wrong: &WrongVersion,
) -> WrongExpectedVersion {
    use options::ExpectedStreamRevision as Asked;
    use wrong_expected_version::{
        CurrentRevisionOption as Current, ExpectedRevisionOption as Told,
    };
    WrongExpectedVersion {
        current_revision_option_20_6_0: None,
        expected_revision_option_20_6_0: None,
        current_revision_option: Some(match wrong.current {
            Some(revision) => Current::CurrentRevision(revision),
            None => Current::CurrentNoStream(Empty {}),
        }),
        expected_revision_option: Some(match asked {
            Asked::Any(_) => Told::ExpectedAny(Empty {}),
            Asked::StreamExists(_) => Told::ExpectedStreamExists(Empty {}),
            Asked::NoStream(_) => Told::ExpectedNoStream(Empty {}),
            Asked::Revision(revision) => Told::ExpectedRevision(*revision),
        }),
    }
}
