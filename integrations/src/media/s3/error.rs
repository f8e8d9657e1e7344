use std::error::Error;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use domain::MediaKey;

use super::S3Store;
use crate::media::{MediaError, MediaStore};

impl S3Store {
    /// What an S3 error means to whoever asked for `key`. Codes:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
    pub(super) fn error<E>(&self, key: &MediaKey, error: SdkError<E>) -> MediaError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let place = self.place();
        let code = error.code().unwrap_or_default().to_owned();
        match (status(&error), code.as_str()) {
            (_, "NoSuchBucket") => MediaError::NotAllowed {
                place,
                problem: "there is no such bucket".to_owned(),
            },
            (Some(404), _) => MediaError::NotFound { key: key.clone() },
            (Some(401 | 403), _) => MediaError::NotAllowed {
                place,
                problem: described(&error),
            },
            (Some(507), _) => MediaError::NoSpace { place },
            _ => MediaError::Unavailable {
                place,
                problem: described(&error),
            },
        }
    }
}

pub(super) fn is_out_of_range<E>(error: &SdkError<E>) -> bool {
    status(error) == Some(416)
}

/// An error and its sources, outermost first.
pub(super) fn chain(error: &dyn Error) -> String {
    let sources = std::iter::successors(Some(error), |error| (*error).source());
    let mut texts: Vec<_> = sources.map(ToString::to_string).collect();
    texts.dedup();
    texts.join(": ")
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error
        .raw_response()
        .map(|response| response.status().as_u16())
}

fn described<E>(error: &SdkError<E>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, _) => match status(error) {
            Some(status) => format!("it answered with HTTP status {status}"),
            None => chain(error),
        },
    }
}
