//! Which events of `$all` a reader wants.

use regex::Regex;
use tonic::Status;

use crate::log::Record;
use crate::protocol::streams::read_req::options::{
    FilterOption, FilterOptions,
    filter_options::{Expression, Filter as By, Window},
};

/// Events looked at between two checkpoints, unless the reader says otherwise.
const WINDOW: u64 = 32;

pub(crate) struct Filter {
    by: Option<(Subject, Matcher)>,
    /// Events looked at between two checkpoints; none without a filter.
    pub(crate) checkpoint_every: Option<u64>,
}

enum Subject {
    Stream,
    Type,
}

enum Matcher {
    Pattern(Regex),
    Prefixes(Vec<String>),
}

impl Filter {
    pub(crate) fn of_request(option: Option<FilterOption>) -> Result<Self, Status> {
        match option {
            Some(FilterOption::NoFilter(_)) => Ok(Self {
                by: None,
                checkpoint_every: None,
            }),
            Some(FilterOption::Filter(options)) => Self::new(options),
            None => Err(Status::invalid_argument("a filter option is required")),
        }
    }

    fn new(options: FilterOptions) -> Result<Self, Status> {
        let window = match options.window {
            Some(Window::Max(max)) => max.into(),
            Some(Window::Count(_)) | None => WINDOW,
        };
        let every = window * u64::from(options.checkpoint_interval_multiplier);
        if every == 0 {
            return Err(Status::invalid_argument("a checkpoint interval of none"));
        }
        let by = match options.filter {
            Some(By::StreamIdentifier(wanted)) => (Subject::Stream, Matcher::new(wanted)?),
            Some(By::EventType(wanted)) => (Subject::Type, Matcher::new(wanted)?),
            None => return Err(Status::invalid_argument("a filter of nothing")),
        };
        Ok(Self {
            by: Some(by),
            checkpoint_every: Some(every),
        })
    }

    pub(crate) fn wants(&self, record: &Record) -> bool {
        match &self.by {
            None => true,
            Some((Subject::Stream, matcher)) => matcher.matches(&record.stream),
            Some((Subject::Type, matcher)) => matcher.matches(&record.event.type_name),
        }
    }
}

impl Matcher {
    fn new(expression: Expression) -> Result<Self, Status> {
        if expression.regex.is_empty() {
            return Ok(Self::Prefixes(expression.prefix));
        }
        Regex::new(&expression.regex)
            .map(Self::Pattern)
            .map_err(|error| Status::invalid_argument(error.to_string()))
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Pattern(pattern) => pattern.is_match(text),
            Self::Prefixes(prefixes) => prefixes.iter().any(|prefix| text.starts_with(prefix)),
        }
    }
}
