//! Looks everywhere for what is left of an erased person.
//!
//! Two proofs. What is sealed for them must not open: their key is gone, and the
//! sealed values stay in the log for ever, meaning nothing. And what somebody
//! still knows of them (an address, a name, a network), given as traces, must
//! stand nowhere in the clear.

mod traces;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use async_nats::jetstream::{self, consumer};
use domain::{Personal, UserId};
use event_store::{EventStore, Filter};
use futures::{StreamExt, TryStreamExt};
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgPool};
use vault::{Opened, Place, Vault};

use crate::cli::VerifyErasedArgs;
use crate::server::Ground;
use crate::server::people::{Base, People};
use traces::Traces;

const PAGE: usize = 1_000;

pub async fn run(
    base: &Base<'_>,
    people: &People,
    ground: &Ground,
    args: &VerifyErasedArgs,
) -> anyhow::Result<ExitCode> {
    let traces = match &args.traces {
        Some(file) => Traces::read(file)?,
        None => Traces::default(),
    };
    let mut left = Vec::new();
    let mut note = |place: &str, found: u64, what: &str| {
        let mark = if found == 0 { "ok  " } else { "FAIL" };
        println!("{mark} {place:<10} {what}");
        if found > 0 {
            left.push(place.to_owned());
        }
    };

    let key = u64::from(!people.vault.is_destroyed(args.id).await?);
    note(
        "key",
        key,
        "the person's key is destroyed, and none can be made anew",
    );
    let account = u64::from(people.accounts.account(args.id).await?.is_some());
    note(
        "account",
        account,
        "no address, password, session or token is theirs",
    );
    let things = things_of(&ground.pool, args.id).await?;
    note("things", things, "no video and no series is theirs");

    let log = look_at_log(&*base.store, &people.vault, args.id, &traces).await?;
    let says = format!(
        "{} events, {} values sealed for them: {} open, {} events tell a trace",
        log.events, log.sealed, log.open, log.traced
    );
    note("log", log.open + log.traced, &says);
    let rows = rows_with(&ground.pool, &traces).await?;
    note("tables", rows, &format!("{rows} rows tell a trace"));
    let messages = messages_with(&ground.nats, &traces).await?;
    note(
        "JetStream",
        messages,
        &format!("{messages} messages tell a trace"),
    );
    let logs = base.config.data_folder().root().join("logs");
    let lines = files_with(&logs, &traces)?;
    note("logs", lines, &format!("{lines} files tell a trace"));
    let mails = files_with(&base.config.data_folder().mail(), &traces)?;
    note(
        "mail",
        mails,
        &format!("{mails} mails that were kept instead of sent tell a trace"),
    );
    for export in &args.exports {
        let found = u64::from(is_traced(export, &traces)?);
        note("export", found, &export.display().to_string());
    }
    if traces.is_empty() {
        println!("\nonly keys were looked for; give --traces a file with what is known of them");
    }
    if left.is_empty() {
        println!("\nnothing personal is left of {}", args.id);
        return Ok(ExitCode::SUCCESS);
    }
    bail!(
        "something is left of {} in: {}; if the erasure was just asked for, run this again in a \
         minute",
        args.id,
        left.join(", ")
    );
}

async fn things_of(pool: &PgPool, person: UserId) -> sqlx::Result<u64> {
    let things: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM videos WHERE owner = $1)
            + (SELECT count(*) FROM series WHERE owner = $1)",
    )
    .bind(person.0)
    .fetch_one(pool)
    .await?;
    Ok(things.unsigned_abs())
}

#[derive(Default)]
struct InLog {
    events: u64,
    sealed: u64,
    open: u64,
    traced: u64,
}

async fn look_at_log(
    store: &dyn EventStore,
    vault: &Vault,
    person: UserId,
    traces: &Traces,
) -> anyhow::Result<InLog> {
    let mut found = InLog::default();
    let mut at = store.start().await?;
    loop {
        let page = store.read_raw(at, PAGE, &Filter::default()).await?;
        at = page.scanned_to;
        for event in page.events {
            found.events += 1;
            found.traced += u64::from(traces.are_in(&event.data) || traces.are_in(&event.metadata));
            for text in [&event.data, &event.metadata] {
                for value in sealed_for(person, &serde_json::from_str(text)?) {
                    found.sealed += 1;
                    let place = Place {
                        event_id: event.id,
                        field: "",
                    };
                    // Without a key it is erased at any place; with one it opens
                    // at its own, and elsewhere says that it would.
                    let opened = vault.open_personal(&value, &place).await;
                    found.open += u64::from(!matches!(opened, Ok(Opened::Erased)));
                }
            }
        }
        if page.is_last {
            return Ok(found);
        }
    }
}

/// The values in `json` that are sealed for `person`.
fn sealed_for(person: UserId, json: &Value) -> Vec<Personal> {
    match json {
        Value::Object(fields) if fields.contains_key("sealed") => {
            let value = serde_json::from_value::<Personal>(json.clone());
            value
                .ok()
                .filter(|value| value.person() == person)
                .into_iter()
                .collect()
        }
        Value::Object(fields) => fields
            .values()
            .flat_map(|it| sealed_for(person, it))
            .collect(),
        Value::Array(items) => items.iter().flat_map(|it| sealed_for(person, it)).collect(),
        _ => Vec::new(),
    }
}

/// Rows of any table, of every version of the read models too.
async fn rows_with(pool: &PgPool, traces: &Traces) -> sqlx::Result<u64> {
    if traces.is_empty() {
        return Ok(0);
    }
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
         WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
    .fetch_all(pool)
    .await?;
    let mut found = 0;
    for table in tables {
        // The name was quoted by the database itself.
        let query = format!("SELECT count(*) FROM {table} AS one WHERE one::text ILIKE ANY ($1)");
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(query))
            .bind(traces.patterns())
            .fetch_one(pool)
            .await?;
        found += count.unsigned_abs();
    }
    Ok(found)
}

async fn messages_with(nats: &async_nats::Client, traces: &Traces) -> anyhow::Result<u64> {
    if traces.is_empty() {
        return Ok(0);
    }
    let jetstream = jetstream::new(nats.clone());
    let names: Vec<String> = jetstream.stream_names().try_collect().await?;
    let mut found = 0;
    for name in names {
        let mut stream = jetstream.get_stream(&name).await?;
        let last = stream.info().await?.state.last_sequence;
        if stream.cached_info().state.messages == 0 {
            continue;
        }
        let config = consumer::pull::OrderedConfig::default();
        let mut messages = stream.create_consumer(config).await?.messages().await?;
        while let Some(message) = messages.next().await {
            let message = message?;
            let text = String::from_utf8_lossy(&message.payload);
            found += u64::from(traces.are_in(&text));
            let info = message.info().map_err(|error| anyhow::anyhow!("{error}"))?;
            if info.stream_sequence >= last {
                break;
            }
        }
    }
    Ok(found)
}

fn files_with(folder: &Path, traces: &Traces) -> anyhow::Result<u64> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(0);
    };
    let mut found = 0;
    for entry in entries {
        let path = entry?.path();
        if path.is_file() {
            found += u64::from(is_traced(&path, traces)?);
        }
    }
    Ok(found)
}

fn is_traced(file: &Path, traces: &Traces) -> anyhow::Result<bool> {
    let unreadable = || format!("{} cannot be read", file.display());
    if file.extension().is_some_and(|it| it == "parquet") {
        let open = fs::File::open(file).with_context(unreadable)?;
        for row in SerializedFileReader::new(open)
            .with_context(unreadable)?
            .get_row_iter(None)?
        {
            if traces.are_in(&row?.to_string()) {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let bytes = fs::read(file).with_context(unreadable)?;
    Ok(traces.are_in(&String::from_utf8_lossy(&bytes)))
}
