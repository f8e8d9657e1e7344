//! `Streams.Read`: a page of a stream or of `$all`.

use std::sync::Arc;

use futures::stream::iter;
use tonic::Status;

use super::append::stream_name;
use super::{Answers, subscribe};
use crate::answer::{event, message, stream_not_found};
use crate::filter::Filter;
use crate::log::Record;
use crate::node::Node;
use crate::protocol::streams::read_req::options::{
    AllOptions, CountOption, ReadDirection, StreamOption, StreamOptions, all_options::AllOption,
    stream_options::RevisionOption,
};
use crate::protocol::streams::read_resp::Content;
use crate::protocol::streams::{ReadReq, ReadResp};

pub(super) fn read(node: &Arc<Node>, request: ReadReq) -> Result<Answers<ReadResp>, Status> {
    let asked = request
        .options
        .ok_or_else(|| Status::invalid_argument("options are required"))?;
    if asked.uuid_option.is_none() {
        return Err(Status::invalid_argument("a uuid option is required"));
    }
    let direction = asked.read_direction();
    let tells_ends = asked.control_option.is_some_and(|c| c.compatibility >= 1);
    let filter = Filter::of_request(asked.filter_option)?;
    let from = asked
        .stream_option
        .ok_or_else(|| Status::invalid_argument("a stream is required"))?;
    let mut answers = match asked.count_option {
        Some(CountOption::Subscription(_)) if direction == ReadDirection::Backwards => {
            return Err(Status::invalid_argument("a subscription goes forwards"));
        }
        Some(CountOption::Subscription(_)) => return subscribe::subscribe(node, from, filter),
        Some(CountOption::Count(count)) => {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            match from {
                StreamOption::Stream(from) => {
                    read_stream(node, from, direction, count, tells_ends)?
                }
                StreamOption::All(from) => read_all(node, from, direction, count, &filter)?,
            }
        }
        None => return Err(Status::invalid_argument("a count is required")),
    };
    if node.faults.takes_cut() {
        answers.truncate(answers.len() / 2);
    }
    Ok(Box::pin(iter(answers.into_iter().map(Ok))))
}

/// Inclusive of the revision it starts at, both ways.
fn read_stream(
    node: &Node,
    from: StreamOptions,
    direction: ReadDirection,
    count: usize,
    tells_ends: bool,
) -> Result<Vec<ReadResp>, Status> {
    let stream = stream_name(from.stream_identifier)?;
    let log = node.log();
    let Some(last) = log.last_revision(&stream) else {
        return Ok(vec![stream_not_found(&stream)]);
    };
    let start = match from.revision_option {
        Some(RevisionOption::Revision(revision)) => revision,
        Some(RevisionOption::End(_)) => u64::MAX,
        Some(RevisionOption::Start(_)) | None => 0,
    };
    let records = log.of(&stream);
    let mut answers: Vec<_> = match direction {
        ReadDirection::Forwards => records
            .filter(|record| record.revision >= start)
            .take(count)
            .map(event)
            .collect(),
        ReadDirection::Backwards => records
            .rev()
            .filter(|record| record.revision <= start)
            .take(count)
            .map(event)
            .collect(),
    };
    if tells_ends {
        answers.push(message(Content::LastStreamPosition(last)));
    }
    Ok(answers)
}

/// Forwards inclusive of the position it starts at, backwards exclusive.
fn read_all(
    node: &Node,
    from: AllOptions,
    direction: ReadDirection,
    count: usize,
    filter: &Filter,
) -> Result<Vec<ReadResp>, Status> {
    let start = match from.all_option {
        Some(AllOption::Position(at)) if at.commit_position < at.prepare_position => {
            return Err(Status::invalid_argument("an invalid position"));
        }
        Some(AllOption::Position(at)) => at.commit_position,
        Some(AllOption::End(_)) => u64::MAX,
        Some(AllOption::Start(_)) | None => 0,
    };
    let log = node.log();
    let wanted = |record: &&Record| filter.wants(record);
    Ok(match direction {
        ReadDirection::Forwards => {
            let records = log.from(start).iter();
            records.filter(wanted).take(count).map(event).collect()
        }
        ReadDirection::Backwards => {
            let records = log.before(start).iter().rev();
            records.filter(wanted).take(count).map(event).collect()
        }
    })
}
