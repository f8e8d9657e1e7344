use std::fs::File;
use std::path::PathBuf;

use ::parquet::basic::LogicalType;
use ::parquet::file::metadata::RowGroupMetaData;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::ndjson::Lines;
use super::parquet::Columns;
use super::*;

const EPOCH: &str = "00000000000000000000000000000007";

fn line(place: u64, data: &Value) -> Vec<u8> {
    let id = |n: u64| format!("00000000-0000-0000-0000-{n:012}");
    let mut envelope = json!({
        "specversion": "1.0",
        "id": id(place),
        "source": format!("/narrateai/logs/{}", id(7)),
        "type": "narrateai.video.VideoReady",
        "subject": format!("video-{}", id(2)),
        "time": "2026-11-01T12:00:00.123456Z",
        "datacontenttype": "application/json",
        "position": format!("{place}@{EPOCH}"),
        "revision": 3,
        "schemaversion": 1,
        "owner": id(6),
        "actor": "system:worker/ü",
        "correlationid": id(4),
        "commandid": id(5),
        "data": data,
    });
    if place > 1 {
        envelope["causationid"] = id(place - 1).into();
    }
    serde_json::to_vec(&envelope).unwrap()
}

/// An export of an event for each of `data`, that says it goes up to 99.
fn exported(format: ExportFormat, data: &[Value]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (path, mut sink): (PathBuf, Box<dyn Sink>) = match format {
        ExportFormat::Parquet => {
            let path = folder.path().join("events.parquet");
            let file = File::create(&path).unwrap();
            (path, Box::new(Columns::new(file).unwrap()))
        }
        ExportFormat::Ndjson => {
            let path = folder.path().join("events.ndjson");
            let file = File::create(&path).unwrap();
            (path, Box::new(Lines::new(file)))
        }
    };
    for (place, data) in (1..).zip(data) {
        sink.write(&line(place, data)).unwrap();
    }
    sink.finish(&format!("99@{EPOCH}")).unwrap();
    (folder, path)
}

fn read_back(path: &Path) -> SerializedFileReader<File> {
    SerializedFileReader::new(File::open(path).unwrap()).unwrap()
}

#[test]
fn columns_are_read_back_with_their_types_and_every_byte_of_the_data() {
    let data = [json!({ "text": "naïve 𝄞\n\"q\"" }), json!([1.5, null])];
    let (_folder, path) = exported(ExportFormat::Parquet, &data);
    let rows: Vec<_> = read_back(&path).into_iter().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    let row: Vec<_> = rows[1].get_column_iter().collect();
    let text = |text: &str| Field::Str(text.to_owned());
    let fields = [
        ("position", text(&format!("2@{EPOCH}"))),
        ("position_value", Field::Long(2)),
        ("event_id", text("00000000-0000-0000-0000-000000000002")),
        ("stream_category", text("video")),
        ("stream_id", text("00000000-0000-0000-0000-000000000002")),
        ("revision", Field::Long(3)),
        ("type", text("VideoReady")),
        ("schema_version", Field::Int(1)),
        ("occurred_at", Field::TimestampMicros(1_793_534_400_123_456)),
        ("owner", text("00000000-0000-0000-0000-000000000006")),
        ("actor", text("system:worker/ü")),
        (
            "correlation_id",
            text("00000000-0000-0000-0000-000000000004"),
        ),
        ("causation_id", text("00000000-0000-0000-0000-000000000001")),
        ("command_id", text("00000000-0000-0000-0000-000000000005")),
        ("data", text("[1.5,null]")),
    ];
    for ((name, field), (written, value)) in fields.iter().zip(&row) {
        assert_eq!((written.as_str(), *value), (*name, field));
    }
    assert_eq!(row.len(), fields.len());
    let first: Vec<_> = rows[0].get_column_iter().collect();
    assert_eq!(first[12].1, &Field::Null, "nothing caused the first");
    assert_eq!(first[14].1, &text(&data[0].to_string()));
}

#[test]
fn the_data_is_marked_as_json_and_times_as_utc() {
    let (_folder, path) = exported(ExportFormat::Parquet, &[]);
    let reader = read_back(&path);
    let schema = reader.metadata().file_metadata().schema_descr();
    let logical = |place: usize| schema.column(place).logical_type_ref().cloned();
    assert_eq!(logical(14), Some(LogicalType::Json));
    assert!(matches!(
        logical(8),
        Some(LogicalType::Timestamp(timestamp)) if timestamp.is_adjusted_to_u_t_c
    ));
}

#[test]
fn large_events_are_written_in_groups_that_fit_into_memory() {
    let large = json!("x".repeat(3 * 1024 * 1024));
    let data = vec![large; 25];
    let (_folder, path) = exported(ExportFormat::Parquet, &data);
    let reader = read_back(&path);
    let groups = reader.metadata().row_groups();
    let rows = groups.iter().map(RowGroupMetaData::num_rows);
    assert_eq!(rows.collect::<Vec<_>>(), [11, 11, 3]);
}

#[test]
fn an_export_says_how_far_it_goes() {
    let (_folder, path) = exported(ExportFormat::Parquet, &[json!({})]);
    assert_eq!(after(path.to_str().unwrap()), Ok(format!("99@{EPOCH}")));
    let (_folder, path) = exported(ExportFormat::Ndjson, &[json!({}), json!({})]);
    assert_eq!(after(path.to_str().unwrap()), Ok(format!("2@{EPOCH}")));
}

#[test]
fn what_says_nothing_of_where_to_go_on_is_refused() {
    let (_folder, empty) = exported(ExportFormat::Ndjson, &[]);
    let other = tempfile::NamedTempFile::with_suffix(".parquet").unwrap();
    for (text, says) in [
        (empty.to_str().unwrap(), "does not say how far it goes"),
        (other.path().to_str().unwrap(), "cannot be read"),
        ("Cargo.toml", "ends neither in .parquet nor in .ndjson"),
        ("nowhere.parquet", "neither a position nor a file"),
    ] {
        let refusal = after(text).unwrap_err();
        assert!(refusal.contains(says), "{refusal}");
    }
}
