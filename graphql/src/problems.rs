//! Everything wrong with an input, found at once.

use domain::InvalidField;

use crate::error::{Refusal, UserError};

#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<UserError>);

impl Problems {
    pub(crate) fn add(&mut self, error: UserError) {
        self.0.push(error);
    }

    /// The value, or none and its problem noted under `path`.
    pub(crate) fn check<T>(&mut self, path: &str, value: Result<T, InvalidField>) -> Option<T> {
        value
            .map_err(|error| self.add(UserError::invalid(path, &error)))
            .ok()
    }

    /// The value, or none and what was expected to go wrong noted.
    pub(crate) fn note<T>(&mut self, found: Result<T, Refusal>) -> Result<Option<T>, Refusal> {
        match found {
            Ok(value) => Ok(Some(value)),
            Err(Refusal::Expected(errors)) => {
                self.0.extend(errors);
                Ok(None)
            }
            Err(unexpected) => Err(unexpected),
        }
    }

    /// What the checks left, if none found anything wrong. A value that is
    /// missing has its problem noted.
    pub(crate) fn value_if_none<T>(self, value: Option<T>) -> Result<T, Refusal> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(Refusal::Expected(self.0)),
        }
    }
}
