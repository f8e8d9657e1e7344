//! Lines of JSON, as the server sends them.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use super::Sink;
use super::envelope::Envelope;

pub(super) struct Lines(BufWriter<File>);

impl Lines {
    pub(super) fn new(file: File) -> Self {
        Self(BufWriter::new(file))
    }
}

impl Sink for Lines {
    fn write(&mut self, line: &[u8]) -> anyhow::Result<()> {
        self.0.write_all(line)?;
        Ok(self.0.write_all(b"\n")?)
    }

    fn finish(self: Box<Self>, _as_of: &str) -> anyhow::Result<()> {
        Ok(self.0.into_inner()?.sync_all()?)
    }
}

/// Of the last event of an export; none where there is no event in it.
pub(super) fn last_position(path: &Path) -> anyhow::Result<Option<String>> {
    let mut lines = BufReader::new(File::open(path)?);
    let (mut line, mut last) = (Vec::new(), Vec::new());
    while lines.read_until(b'\n', &mut line)? > 0 {
        std::mem::swap(&mut line, &mut last);
        line.clear();
    }
    if last.is_empty() {
        return Ok(None);
    }
    Ok(Some(Envelope::parse(&last)?.position.into_owned()))
}
