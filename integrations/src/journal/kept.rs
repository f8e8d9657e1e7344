//! The form in which an answer is kept: a line of JSON, and the body as it came.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::vendor::Answer;

/// Those by which an answer is read; others may hold what nobody should keep.
const HEADERS: [&str; 2] = ["content-type", "finish-reason"];

/// An answer, and the id of the call that it is to.
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) answer: Answer,
}

#[derive(Serialize, Deserialize)]
struct Head {
    id: String,
    status: u16,
    headers: Vec<(String, String)>,
}

impl Kept {
    /// The answer to a new call, under an id of its own.
    pub(crate) fn new(answer: Answer) -> Self {
        let mut id = [0; 16];
        getrandom::fill(&mut id).expect("the operating system has randomness");
        Self {
            id: hex::encode(id),
            answer,
        }
    }

    pub(super) fn bytes(&self) -> Bytes {
        let answer = &self.answer;
        let headers = HEADERS.iter().filter_map(|name| {
            let value = answer.headers.get(*name)?.to_str().ok()?;
            Some(((*name).to_owned(), value.to_owned()))
        });
        let head = Head {
            id: self.id.clone(),
            status: answer.status.as_u16(),
            headers: headers.collect(),
        };
        let mut kept = serde_json::to_vec(&head).expect("numbers and text have a JSON form");
        kept.push(b'\n');
        kept.extend_from_slice(&answer.body);
        kept.into()
    }

    /// None of what has another form.
    pub(super) fn read(bytes: Bytes) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head: Head = serde_json::from_slice(&bytes[..end]).ok()?;
        let mut headers = HeaderMap::new();
        for (name, value) in head.headers {
            let name: HeaderName = name.parse().ok()?;
            headers.insert(name, HeaderValue::from_str(&value).ok()?);
        }
        let answer = Answer {
            status: StatusCode::from_u16(head.status).ok()?,
            headers,
            body: bytes.slice(end + 1..),
        };
        Some(Self {
            id: head.id,
            answer,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_answer_is_read_as_it_was_kept(body: Vec<u8>, kind in "[a-z]{1,9}/[a-z]{1,9}") {
            let mut headers = HeaderMap::new();
            headers.insert("content-type", kind.parse().unwrap());
            headers.insert("set-cookie", "session=secret".parse().unwrap());
            let status = StatusCode::OK;
            let kept = Kept::new(Answer { status, headers, body: body.clone().into() });
            let read = Kept::read(kept.bytes()).unwrap();
            prop_assert_eq!(read.id, kept.id);
            let read = read.answer;
            prop_assert_eq!((read.status, &read.body[..]), (status, &body[..]));
            prop_assert_eq!(&read.headers["content-type"], &kind);
            prop_assert_eq!(read.headers.len(), 1);
        }

        #[test]
        fn what_is_no_answer_is_none(bytes: Vec<u8>) {
            prop_assert!(Kept::read(bytes.into()).is_none());
        }
    }
}
