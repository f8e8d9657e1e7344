//! Columns with types: Apache Parquet, Snappy-compressed.
//! <https://parquet.apache.org/docs/file-format/>

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use bytes::Bytes;
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

use super::Sink;
use super::envelope::Envelope;

const SCHEMA: &str = "message event {
    required binary position (STRING);
    required int64 position_value;
    required binary event_id (STRING);
    required binary stream_category (STRING);
    required binary stream_id (STRING);
    required int64 revision;
    required binary type (STRING);
    required int32 schema_version;
    required int64 occurred_at (TIMESTAMP(MICROS,true));
    required binary owner (STRING);
    required binary actor (STRING);
    required binary correlation_id (STRING);
    optional binary causation_id (STRING);
    required binary command_id (STRING);
    required binary data (JSON);
}";
/// Different in nearly every row, so that a dictionary would only cost.
const DISTINCT: [&str; 4] = ["position", "event_id", "command_id", "data"];
/// The entry of the file's metadata that says how far it goes.
const AS_OF: &str = "narrateai.as_of";
/// Rows are kept in memory until so many are together, or so many bytes.
const GROUP_ROWS: usize = 100_000;
const GROUP_BYTES: usize = 32 * 1024 * 1024;

pub(super) struct Columns {
    writer: SerializedFileWriter<File>,
    rows: Rows,
}

impl Columns {
    pub(super) fn new(file: File) -> anyhow::Result<Self> {
        let schema = parse_message_type(SCHEMA).context("the schema is not sound")?;
        let properties = DISTINCT.into_iter().fold(
            WriterProperties::builder().set_compression(Compression::SNAPPY),
            |properties, name| {
                properties.set_column_dictionary_enabled(ColumnPath::from(name), false)
            },
        );
        let properties = Arc::new(properties.build());
        Ok(Self {
            writer: SerializedFileWriter::new(file, Arc::new(schema), properties)?,
            rows: Rows::default(),
        })
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let rows = std::mem::take(&mut self.rows);
        if rows.len() > 0 {
            let mut group = self.writer.next_row_group()?;
            rows.write(&mut group)?;
            group.close()?;
        }
        Ok(())
    }
}

impl Sink for Columns {
    fn write(&mut self, line: &[u8]) -> anyhow::Result<()> {
        self.rows.push(&Envelope::parse(line)?)?;
        if self.rows.len() >= GROUP_ROWS || self.rows.bytes >= GROUP_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, as_of: &str) -> anyhow::Result<()> {
        self.flush()?;
        let entry = KeyValue::new(AS_OF.to_owned(), as_of.to_owned());
        self.writer.append_key_value_metadata(entry);
        Ok(self.writer.into_inner()?.sync_all()?)
    }
}

/// How far an export goes, if it says so.
pub(super) fn as_of(path: &Path) -> anyhow::Result<Option<String>> {
    let reader = SerializedFileReader::new(File::open(path)?)?;
    let entries = reader.metadata().file_metadata().key_value_metadata();
    let mut entries = entries.into_iter().flatten();
    Ok(entries
        .find(|entry| entry.key == AS_OF)
        .and_then(|entry| entry.value.clone()))
}

/// Rows on their way into one group, column by column.
#[derive(Default)]
struct Rows {
    positions: Vec<ByteArray>,
    position_values: Vec<i64>,
    event_ids: Vec<ByteArray>,
    stream_categories: Vec<ByteArray>,
    stream_ids: Vec<ByteArray>,
    revisions: Vec<i64>,
    types: Vec<ByteArray>,
    schema_versions: Vec<i32>,
    occurred_at: Vec<i64>,
    owners: Vec<ByteArray>,
    actors: Vec<ByteArray>,
    correlation_ids: Vec<ByteArray>,
    causation_ids: Vec<ByteArray>,
    /// 1 where there is a causation id, 0 where there is none.
    are_caused: Vec<i16>,
    command_ids: Vec<ByteArray>,
    data: Vec<ByteArray>,
    /// Of `data`, the one column that can be large.
    bytes: usize,
}

impl Rows {
    fn len(&self) -> usize {
        self.data.len()
    }

    fn push(&mut self, event: &Envelope<'_>) -> anyhow::Result<()> {
        let (category, id) = event.stream();
        self.positions.push(bytes(&event.position));
        self.position_values.push(event.position_value()?);
        self.event_ids.push(bytes(&event.id));
        self.stream_categories.push(bytes(category));
        self.stream_ids.push(bytes(id));
        self.revisions.push(event.revision);
        self.types.push(bytes(event.stored_type()));
        self.schema_versions.push(event.schema_version);
        self.occurred_at.push(event.time.timestamp_micros());
        self.owners.push(bytes(&event.owner));
        self.actors.push(bytes(&event.actor));
        self.correlation_ids.push(bytes(&event.correlation_id));
        self.are_caused.push(event.causation_id.is_some().into());
        self.causation_ids
            .extend(event.causation_id.as_deref().map(bytes));
        self.command_ids.push(bytes(&event.command_id));
        self.data.push(bytes(event.data.get()));
        self.bytes += event.data.get().len();
        Ok(())
    }

    /// In the order of the schema.
    fn write(&self, group: &mut SerializedRowGroupWriter<'_, File>) -> anyhow::Result<()> {
        column::<ByteArrayType>(group, &self.positions, None)?;
        column::<Int64Type>(group, &self.position_values, None)?;
        column::<ByteArrayType>(group, &self.event_ids, None)?;
        column::<ByteArrayType>(group, &self.stream_categories, None)?;
        column::<ByteArrayType>(group, &self.stream_ids, None)?;
        column::<Int64Type>(group, &self.revisions, None)?;
        column::<ByteArrayType>(group, &self.types, None)?;
        column::<Int32Type>(group, &self.schema_versions, None)?;
        column::<Int64Type>(group, &self.occurred_at, None)?;
        column::<ByteArrayType>(group, &self.owners, None)?;
        column::<ByteArrayType>(group, &self.actors, None)?;
        column::<ByteArrayType>(group, &self.correlation_ids, None)?;
        column::<ByteArrayType>(group, &self.causation_ids, Some(&self.are_caused))?;
        column::<ByteArrayType>(group, &self.command_ids, None)?;
        column::<ByteArrayType>(group, &self.data, None)
    }
}

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    values: &[T::T],
    are_there: Option<&[i16]>,
) -> anyhow::Result<()> {
    let mut column = group
        .next_column()?
        .context("the schema has fewer columns than are written")?;
    column.typed::<T>().write_batch(values, are_there, None)?;
    Ok(column.close()?)
}

fn bytes(text: &str) -> ByteArray {
    Bytes::copy_from_slice(text.as_bytes()).into()
}
