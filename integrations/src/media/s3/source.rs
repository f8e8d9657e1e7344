use std::io::Cursor;
use std::path::PathBuf;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::PART_BYTES;
use crate::media::{Body, MediaError};

/// A body, read part by part.
pub(super) struct Source {
    reader: Box<dyn AsyncRead + Send + Unpin>,
    total_bytes: u64,
    path: PathBuf,
}

impl Source {
    pub(super) async fn open(body: Body) -> Result<Self, MediaError> {
        match body {
            Body::Bytes(bytes) => Ok(Self {
                total_bytes: bytes.len() as u64,
                reader: Box::new(Cursor::new(bytes)),
                path: PathBuf::from("memory"),
            }),
            Body::File(path) => {
                let here = |error| MediaError::local(&path, &error);
                let file = tokio::fs::File::open(&path).await.map_err(here)?;
                Ok(Self {
                    total_bytes: file.metadata().await.map_err(here)?.len(),
                    reader: Box::new(file),
                    path,
                })
            }
        }
    }

    pub(super) fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// The next part: as long as a part is, but for the last; empty at the end.
    pub(super) async fn next(&mut self) -> Result<Bytes, MediaError> {
        let mut part = BytesMut::with_capacity(self.total_bytes.min(PART_BYTES) as usize);
        let mut limited = (&mut self.reader).take(PART_BYTES);
        while limited
            .read_buf(&mut part)
            .await
            .map_err(|error| MediaError::local(&self.path, &error))?
            > 0
        {}
        Ok(part.freeze())
    }
}
