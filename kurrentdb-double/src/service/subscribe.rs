//! `Streams.Read` as a subscription: what is there, and then what comes.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::Answers;
use super::append::stream_name;
use crate::answer::{caught_up, checkpoint, confirmation, event};
use crate::filter::Filter;
use crate::log::Record;
use crate::node::Node;
use crate::protocol::streams::ReadResp;
use crate::protocol::streams::read_req::options::{
    StreamOption, all_options::AllOption, stream_options::RevisionOption,
};

/// Events looked at in one go.
const BATCH: usize = 32;

struct Subscription {
    node: Arc<Node>,
    /// None for `$all`.
    stream: Option<String>,
    /// Revision or position of the last event looked at: subscriptions go on
    /// after it.
    after: Option<u64>,
    filter: Filter,
    answers: mpsc::Sender<Result<ReadResp, Status>>,
}

/// Nobody listens any more.
struct Gone;

pub(super) fn subscribe(
    node: &Arc<Node>,
    from: StreamOption,
    filter: Filter,
) -> Result<Answers<ReadResp>, Status> {
    let (stream, after) = match from {
        StreamOption::Stream(from) => {
            let stream = stream_name(from.stream_identifier)?;
            let after = match from.revision_option {
                Some(RevisionOption::Revision(revision)) => Some(revision),
                Some(RevisionOption::End(_)) => node.log().last_revision(&stream),
                Some(RevisionOption::Start(_)) | None => None,
            };
            (Some(stream), after)
        }
        StreamOption::All(from) => {
            let after = match from.all_option {
                Some(AllOption::Position(at)) => Some(at.commit_position),
                Some(AllOption::End(_)) => node.log().last_position(),
                Some(AllOption::Start(_)) | None => None,
            };
            (None, after)
        }
    };
    let (answers, receiver) = mpsc::channel(BATCH);
    let subscription = Subscription {
        node: Arc::clone(node),
        stream,
        after,
        filter,
        answers,
    };
    let end = node.faults.end_of_subscriptions();
    tokio::spawn(end.run_until_cancelled_owned(subscription.run()));
    Ok(Box::pin(ReceiverStream::new(receiver)))
}

impl Subscription {
    /// When this ends, the answers end with the status OK.
    async fn run(mut self) -> Result<(), Gone> {
        let mut appended = self.node.appended.subscribe();
        self.send(confirmation()).await?;
        let mut considered = 0;
        let mut last_checkpoint = None;
        let mut is_live = false;
        loop {
            appended.mark_unchanged();
            let batch = self.next_batch();
            for record in &batch {
                self.after = Some(self.place(record));
                considered += 1;
                if self.filter.wants(record) {
                    self.send(event(record)).await?;
                }
                let due = self.filter.checkpoint_every;
                if due.is_some_and(|every| considered % every == 0) {
                    last_checkpoint = self.after;
                    self.send(checkpoint(record.position)).await?;
                }
            }
            if !batch.is_empty() {
                continue;
            }
            if !std::mem::replace(&mut is_live, true) {
                self.go_live(last_checkpoint).await?;
            }
            tokio::select! {
                _ = appended.changed() => {}
                () = self.answers.closed() => return Err(Gone),
            }
        }
    }

    /// A last checkpoint, unless it was told already, and that it has caught up.
    async fn go_live(&self, last_checkpoint: Option<u64>) -> Result<(), Gone> {
        if self.stream.is_some() {
            return self.send(caught_up(None, self.after)).await;
        }
        if let Some(at) = self.after
            && self.filter.checkpoint_every.is_some()
            && last_checkpoint != self.after
        {
            self.send(checkpoint(at)).await?;
        }
        self.send(caught_up(self.after, None)).await
    }

    fn next_batch(&self) -> Vec<Record> {
        let log = self.node.log();
        let is_new = |record: &&Record| self.after.is_none_or(|after| self.place(record) > after);
        match &self.stream {
            Some(stream) => log.of(stream).filter(is_new).take(BATCH).cloned().collect(),
            None => {
                let records = log.from(self.after.unwrap_or(0)).iter();
                records.filter(is_new).take(BATCH).cloned().collect()
            }
        }
    }

    fn place(&self, record: &Record) -> u64 {
        match self.stream {
            Some(_) => record.revision,
            None => record.position,
        }
    }

    async fn send(&self, answer: ReadResp) -> Result<(), Gone> {
        self.answers.send(Ok(answer)).await.map_err(|_| Gone)
    }
}

#[cfg(test)]
mod tests;
