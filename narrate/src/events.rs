//! `narrate events`: the log to a file or to the terminal, through the server's
//! `/events`. To add a format: a variant of [`ExportFormat`] and a [`Sink`].

mod envelope;
mod export;
mod ndjson;
mod parquet;
mod tail;

use std::path::Path;
use std::process::ExitCode;

use crate::cli::{EventsCommand, ExportFormat, Role};
use crate::config::Config;

/// A server that only answers: no video is made because somebody reads.
const ROLES: [Role; 1] = [Role::Api];

pub async fn run(config: &Config, command: EventsCommand) -> anyhow::Result<ExitCode> {
    match command {
        EventsCommand::Export(args) => export::run(config, args).await,
        EventsCommand::Tail(args) => tail::run(config, args).await,
    }
}

/// A file that events go to.
trait Sink: Send {
    fn write(&mut self, line: &[u8]) -> anyhow::Result<()>;

    /// Ends the file, which holds all events up to `as_of`.
    fn finish(self: Box<Self>, as_of: &str) -> anyhow::Result<()>;
}

/// What `--after` names: a position, or how far an earlier export goes.
pub fn after(text: &str) -> Result<String, String> {
    if text == "start" || text == "end" || text.contains('@') {
        return Ok(text.to_owned());
    }
    let path = Path::new(text);
    if !path.is_file() {
        return Err(format!(
            "{text:?} is neither a position nor a file; pass a position that the program gave, \
             an earlier export, start or end"
        ));
    }
    let found = match format_of(path) {
        Some(ExportFormat::Ndjson) => ndjson::last_position(path),
        Some(ExportFormat::Parquet) => parquet::as_of(path),
        None => return Err(format!("{text:?} ends neither in .parquet nor in .ndjson")),
    };
    found
        .map_err(|error| format!("{text:?} cannot be read: {error:#}"))?
        .ok_or_else(|| format!("{text:?} does not say how far it goes; pass a position"))
}

/// By the ending of its name.
fn format_of(path: &Path) -> Option<ExportFormat> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    match ending.as_str() {
        "parquet" => Some(ExportFormat::Parquet),
        "ndjson" | "jsonl" => Some(ExportFormat::Ndjson),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
