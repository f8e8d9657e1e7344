//! A store against the simplest one there is: a list.
//!
//! Sequences of operations are made up by `proptest`, which shortens a
//! sequence that ends in a difference before it is shown.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::task::block_in_place;
use uuid::Uuid;

use super::Subject;
use crate::{
    Append, AppendError, Appended, ExpectedRevision, Filter, Position, RecordedEvent, StreamName,
};

const CASES: u32 = 48;
const CATEGORIES: [&str; 3] = ["first", "second", "third"];
const TYPES: [&str; 2] = ["Happened", "HappenedToo"];

#[expect(
    clippy::disallowed_methods,
    reason = "proptest calls back without await, from a thread that is given up to it"
)]
pub async fn any_sequence_of_operations_ends_as_in_a_list(subject: &Subject) {
    let runtime = Handle::current();
    block_in_place(|| {
        let config = Config {
            cases: CASES,
            failure_persistence: None,
            ..Config::default()
        };
        let compared = TestRunner::new(config)
            .run(&prop::collection::vec(operation(), 1..24), |operations| {
                runtime.block_on(compare(subject, &operations))
            });
        if let Err(difference) = compared {
            panic!("{difference}");
        }
    });
}

#[derive(Debug, Clone)]
enum Operation {
    Append {
        stream: usize,
        guess: Guess,
        type_name: usize,
        events: usize,
    },
    /// An earlier append, word for word.
    Repeat(Index),
    ReadStream {
        stream: usize,
        from: u64,
        limit: usize,
    },
    ReadStreamBack {
        stream: usize,
        before: Option<u64>,
        limit: usize,
    },
    /// From where an earlier append ended.
    ReadLog {
        after: Index,
        page: usize,
        filter: Filter,
    },
    ReadLogBack {
        page: usize,
        filter: Filter,
    },
}

/// What an append believes of its stream.
#[derive(Debug, Clone, Copy)]
enum Guess {
    Right,
    Other(ExpectedRevision),
}

fn operation() -> impl Strategy<Value = Operation> {
    let stream = 0..CATEGORIES.len();
    let guess = prop_oneof![
        6 => Just(Guess::Right),
        1 => Just(Guess::Other(ExpectedRevision::NoStream)),
        1 => (0..9u64).prop_map(|at| Guess::Other(ExpectedRevision::Exact(at))),
    ];
    let limit = 1..7usize;
    prop_oneof![
        6 => (stream.clone(), guess, 0..TYPES.len(), 1..4usize).prop_map(
            |(stream, guess, type_name, events)| Operation::Append {
                stream, guess, type_name, events
            }
        ),
        1 => any::<Index>().prop_map(Operation::Repeat),
        1 => (stream.clone(), 0..12u64, limit.clone()).prop_map(|(stream, from, limit)| {
            Operation::ReadStream { stream, from, limit }
        }),
        1 => (stream, prop::option::of(0..12u64), limit.clone()).prop_map(
            |(stream, before, limit)| Operation::ReadStreamBack { stream, before, limit }
        ),
        1 => (any::<Index>(), limit.clone(), filter()).prop_map(|(after, page, filter)| {
            Operation::ReadLog { after, page, filter }
        }),
        1 => (limit, filter()).prop_map(|(page, filter)| Operation::ReadLogBack { page, filter }),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let some_of = |names: &'static [&str]| {
        prop::sample::subsequence(names, 0..=names.len())
            .prop_map(|names| names.into_iter().map(str::to_owned).collect())
    };
    (some_of(&CATEGORIES), some_of(&TYPES)).prop_map(|(categories, type_names)| Filter {
        categories,
        type_names,
        ..Filter::default()
    })
}

/// What the log should hold.
struct List<'a> {
    subject: &'a Subject,
    /// Where the log ended before.
    start: Position,
    streams: Vec<StreamName>,
    events: Vec<Listed>,
    appends: Vec<(Append, Appended)>,
}

#[derive(Debug, Clone, PartialEq)]
struct Listed {
    id: Uuid,
    stream: StreamName,
    revision: u64,
    type_name: String,
    data: Value,
}

impl From<RecordedEvent> for Listed {
    fn from(event: RecordedEvent) -> Self {
        Self {
            id: event.id,
            stream: event.stream,
            revision: event.revision,
            type_name: event.event.type_name,
            data: event.event.data,
        }
    }
}

async fn compare(subject: &Subject, operations: &[Operation]) -> Result<(), TestCaseError> {
    let mut list = List {
        subject,
        start: subject.store().head().await.map_err(broken)?,
        streams: CATEGORIES.map(|name| subject.stream(name)).to_vec(),
        events: Vec::new(),
        appends: Vec::new(),
    };
    for operation in operations {
        list.compare(operation.clone()).await?;
    }
    list.read_log(list.start, &list.events, 5, &Filter::default())
        .await
}

impl List<'_> {
    async fn compare(&mut self, operation: Operation) -> Result<(), TestCaseError> {
        match operation {
            Operation::Append {
                stream,
                guess,
                type_name,
                events,
            } => self.append(stream, guess, TYPES[type_name], events).await,
            Operation::Repeat(which) => self.repeat(which).await,
            Operation::ReadStream {
                stream,
                from,
                limit,
            } => {
                let stream = &self.streams[stream];
                let read = self.subject.store().read_stream(stream, from, limit).await;
                let of_stream = self.of_stream(stream).skip(index(from)).take(limit);
                same(read.map_err(broken)?, of_stream.cloned().collect())
            }
            Operation::ReadStreamBack {
                stream,
                before,
                limit,
            } => {
                let stream = &self.streams[stream];
                let store = self.subject.store();
                let read = store.read_stream_back(stream, before, limit).await;
                let before = before.map_or(usize::MAX, index);
                let mut of_stream: Vec<_> = self.of_stream(stream).take(before).cloned().collect();
                of_stream.reverse();
                of_stream.truncate(limit);
                same(read.map_err(broken)?, of_stream)
            }
            Operation::ReadLog {
                after,
                page,
                filter,
            } => {
                if self.appends.is_empty() {
                    return Ok(());
                }
                let (append, appended) = after.get(&self.appends);
                let last = append.events.last().map(|event| event.id);
                let seen = self.events.iter().position(|event| Some(event.id) == last);
                let rest = &self.events[seen.map_or(0, |at| at + 1)..];
                self.read_log(appended.position, rest, page, &filter).await
            }
            Operation::ReadLogBack { page, filter } => self.read_log_back(page, &filter).await,
        }
    }

    async fn append(
        &mut self,
        stream: usize,
        guess: Guess,
        type_name: &str,
        events: usize,
    ) -> Result<(), TestCaseError> {
        let stream = self.streams[stream].clone();
        let length = self.of_stream(&stream).count() as u64;
        let actual = ExpectedRevision::after(length.checked_sub(1));
        let expected = match guess {
            Guess::Right => actual,
            Guess::Other(other) => other,
        };
        let data = (0..events).map(|n| json!({ "n": n, "of": length }));
        let mut append = self.subject.command(&stream, expected, data);
        for event in &mut append.events {
            event.event.type_name = type_name.to_owned();
        }
        match self.subject.store().append(append.clone()).await {
            Ok(appended) => {
                prop_assert_eq!(
                    expected,
                    actual,
                    "appended at a revision that is not the last"
                );
                prop_assert_eq!(appended.revision, length + events as u64 - 1);
                prop_assert!(!appended.repeated);
                let listed = append
                    .events
                    .iter()
                    .zip(length..)
                    .map(|(event, revision)| Listed {
                        id: event.id,
                        stream: stream.clone(),
                        revision,
                        type_name: event.event.type_name.clone(),
                        data: event.event.data.clone(),
                    });
                self.events.extend(listed);
                self.appends.push((append, appended));
            }
            Err(AppendError::Conflict { actual: told, .. }) => {
                prop_assert_ne!(expected, actual, "refused at the last revision");
                prop_assert_eq!(ExpectedRevision::after(told), actual);
            }
            Err(error) => return Err(broken(error)),
        }
        Ok(())
    }

    async fn repeat(&self, which: Index) -> Result<(), TestCaseError> {
        if self.appends.is_empty() {
            return Ok(());
        }
        let (append, appended) = which.get(&self.appends);
        let again = self.subject.store().append(append.clone()).await;
        let repeated = Appended {
            repeated: true,
            ..*appended
        };
        prop_assert_eq!(again.map_err(broken)?, repeated);
        Ok(())
    }

    async fn read_log(
        &self,
        after: Position,
        rest: &[Listed],
        page: usize,
        filter: &Filter,
    ) -> Result<(), TestCaseError> {
        let read = self.subject.read_after(after, page, filter).await;
        let ours = read.into_iter().filter(|event| self.is_ours(event));
        let wanted = rest.iter().filter(|event| wants(filter, event));
        same(ours.collect(), wanted.cloned().collect())
    }

    async fn read_log_back(&self, page: usize, filter: &Filter) -> Result<(), TestCaseError> {
        let mut read = Vec::new();
        let mut before = None;
        loop {
            let store = self.subject.store();
            let page = store.read_all_back(before, page, filter).await;
            let page = page.map_err(broken)?;
            read.extend(page.events.into_iter().filter(|event| self.is_ours(event)));
            before = Some(page.scanned_to);
            if page.is_last || self.start.has_reached(&page.scanned_to) == Some(true) {
                break;
            }
        }
        let wanted = self
            .events
            .iter()
            .rev()
            .filter(|event| wants(filter, event));
        same(read, wanted.cloned().collect())
    }

    fn of_stream(&self, stream: &StreamName) -> impl Iterator<Item = &Listed> {
        self.events
            .iter()
            .filter(move |event| event.stream == *stream)
    }

    /// The store may be shared with other tests.
    fn is_ours(&self, event: &RecordedEvent) -> bool {
        self.streams.contains(&event.stream)
    }
}

fn wants(filter: &Filter, event: &Listed) -> bool {
    let among = |names: &[String], name: &str| names.is_empty() || names.iter().any(|n| n == name);
    among(&filter.categories, &event.stream.category) && among(&filter.type_names, &event.type_name)
}

fn same(read: Vec<RecordedEvent>, listed: Vec<Listed>) -> Result<(), TestCaseError> {
    let read: Vec<Listed> = read.into_iter().map(Listed::from).collect();
    prop_assert_eq!(read, listed);
    Ok(())
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn broken(error: impl std::error::Error) -> TestCaseError {
    TestCaseError::fail(format!("the store failed: {error:?}"))
}
