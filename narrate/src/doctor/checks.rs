//! Each check by itself.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use commands::SystemClock;
use integrations::Providers;
use integrations::mail::{self, Outbox};
use integrations::media;
use local_stack::{Found, Program, StackError};
use vault::{MasterKeys, SystemEntropy};

use super::Finding;
use crate::client::ApiClient;
use crate::config::Config;
use crate::programs::{self, ProgramError};
use crate::server::{connect, log};

pub(super) async fn all(config: &Config) -> Vec<Finding> {
    let mut findings = vec![program("ffmpeg"), program("ffprobe"), encoder()];
    findings.extend(servers(config).await);
    findings.extend(event_store(config).await);
    findings.push(fonts());
    findings.push(voices().await);
    findings.push(data_folder(config));
    findings.push(media_store(config).await);
    findings.push(master_key(config));
    findings.push(mail(config).await);
    findings.push(sign_in(config));
    findings.push(port(config).await);
    findings.push(providers(config));
    findings.extend(prices(config));
    findings
}

fn program(name: &'static str) -> Finding {
    match programs::version(name) {
        Ok(version) => Finding::good(name, version),
        Err(ProgramError::Broken { .. }) => {
            Finding::bad(name, "is there but does not run", programs::INSTALL)
        }
        Err(ProgramError::Missing { .. }) => Finding::bad(name, "was not found", programs::INSTALL),
    }
}

fn encoder() -> Finding {
    let listed = Command::new("ffmpeg")
        .args(["-hide_banner", "-encoders"])
        .output();
    let has_x264 =
        listed.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(" libx264 "));
    if has_x264 {
        Finding::good("H.264", "ffmpeg encodes with libx264")
    } else {
        Finding::bad("H.264", "ffmpeg has no libx264", programs::INSTALL)
    }
}

/// The ones the user gave, or those we would run ourselves.
async fn servers(config: &Config) -> Vec<Finding> {
    if config.database_url.is_none() && config.nats_url.is_none() {
        let found = tokio::task::spawn_blocking(local_stack::locate)
            .await
            .unwrap_or_default();
        return vec![
            own_server("postgres", Program::Postgres, found.best_postgres()),
            own_server("nats-server", Program::Nats, found.best_nats()),
        ];
    }
    let mut findings = Vec::new();
    match &config.database_url {
        Some(url) => findings.push(match connect::database(url).await {
            Ok(_) => Finding::good("DATABASE_URL", "Postgres answers"),
            Err(error) => unreachable_server("DATABASE_URL", &error),
        }),
        None => findings.push(unset("DATABASE_URL", "NATS_URL")),
    }
    match &config.nats_url {
        Some(url) => findings.push(match connect::nats(url).await {
            Ok(_) => Finding::good("NATS_URL", "NATS answers"),
            Err(error) => unreachable_server("NATS_URL", &error),
        }),
        None => findings.push(unset("NATS_URL", "DATABASE_URL")),
    }
    findings
}

/// Only one that the user gave; otherwise Postgres has the events.
async fn event_store(config: &Config) -> Option<Finding> {
    let url = config.event_store_url()?;
    Some(match log::probe(url).await {
        Ok(()) => Finding::good("EVENT_STORE_URL", "KurrentDB answers (experimental)"),
        Err(error) => unreachable_server("EVENT_STORE_URL", &error),
    })
}

fn own_server(what: &'static str, program: Program, found: Result<&Found, StackError>) -> Finding {
    match found {
        Ok(found) => Finding::good(what, format!("{found}, {}", found.path.display())),
        Err(error) => Finding::bad(what, error.to_string(), program.remedy()),
    }
}

fn unreachable_server(what: &'static str, error: &anyhow::Error) -> Finding {
    let chain: Vec<_> = error.chain().map(ToString::to_string).collect();
    Finding::bad(
        what,
        chain.join(": "),
        "check the address, and that the server runs and lets this machine in",
    )
}

fn unset(what: &'static str, other: &str) -> Finding {
    Finding::bad(
        what,
        format!("is not set while {other} is"),
        "set both, or neither to use servers of our own",
    )
}

fn fonts() -> Finding {
    const SAMPLES: [(&str, &str); 4] = [
        ("accents", "àéîõüß ñç Łğ"),
        ("Arabic", "مرحبا بالعالم"),
        ("Chinese and Japanese", "你好世界こんにちは"),
        ("emoji", "🐙❤🚀"),
    ];
    let missing: Vec<_> = SAMPLES
        .iter()
        .filter(|(_, sample)| !render::missing_glyphs(sample).is_empty())
        .map(|(script, _)| *script)
        .collect();
    if missing.is_empty() {
        Finding::good(
            "fonts",
            "captions in Latin, Arabic, Chinese, Japanese and emoji",
        )
    } else {
        Finding::fair(
            "fonts",
            format!("captions lack letters for {}", missing.join(", ")),
            "run `scripts/setup demo` (Debian: apt-get install fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji)",
        )
    }
}

async fn voices() -> Finding {
    match Providers::offline().speech.voices().await {
        Ok(voices) => {
            let named: Vec<_> = voices
                .iter()
                .map(|voice| format!("{} ({})", voice.id.as_str(), voice.description))
                .collect();
            Finding::good("voices", named.join(", "))
        }
        Err(error) => Finding::bad("voices", error.to_string(), "install the program afresh"),
    }
}

fn data_folder(config: &Config) -> Finding {
    let data = config.data_folder();
    let root = data.root();
    let existing = existing_part(root);
    let probe = tempfile::Builder::new()
        .prefix(".narrate-doctor")
        .tempfile_in(existing);
    match probe {
        Ok(_) => Finding::good("data folder", root.display().to_string()),
        Err(error) => Finding::bad(
            "data folder",
            format!("{} cannot be written: {error}", existing.display()),
            "make it writable, or choose another with --data or NARRATE_DATA",
        ),
    }
}

/// The nearest folder above `path`, or itself, that is there.
fn existing_part(path: &Path) -> &Path {
    path.ancestors().find(|part| part.is_dir()).unwrap_or(path)
}

/// Made when it is first needed, so none is no fault.
fn master_key(config: &Config) -> Finding {
    const WHAT: &str = "master key";
    let file = config.data_folder().master_key();
    let (place, read) = match config.people.master_key() {
        Some(text) => {
            let read = MasterKeys::try_parse(text).map_err(|error| error.to_string());
            ("MASTER_KEY".to_owned(), read)
        }
        None if !file.exists() => {
            let says = format!("{} is made when the server starts", file.display());
            return Finding::good(WHAT, says);
        }
        None => {
            let read = MasterKeys::open_file(&file, &SystemEntropy);
            (
                file.display().to_string(),
                read.map_err(|error| error.to_string()),
            )
        }
    };
    match read {
        Ok(keys) => Finding::good(WHAT, format!("{place}, {} in all", keys.ids().count())),
        Err(error) => Finding::bad(WHAT, error, "see .env.example, and `narrate up --help`"),
    }
}

/// Says hello to the mail server, and sends nothing.
async fn mail(config: &Config) -> Finding {
    const WHAT: &str = "mail";
    if !config.mail.has_server() {
        return Finding::good(WHAT, "kept in the data folder, as no mail server is set");
    }
    let outbox = Outbox {
        folder: config.data_folder().mail(),
        log_links: false,
    };
    let probed = async {
        let mailer = mail::open(&config.mail, outbox, Arc::new(SystemClock)).await?;
        mailer.probe().await.map(|()| mailer.place())
    };
    match probed.await {
        Ok(place) => Finding::good(WHAT, place),
        Err(error) => Finding::bad(
            WHAT,
            error.to_string(),
            "correct SMTP_URL, MAIL_FROM or SMTP_CA_FILE",
        ),
    }
}

/// Asks nobody: a provider that is down is no fault of this machine.
fn sign_in(config: &Config) -> Finding {
    const WHAT: &str = "sign-in";
    match config.identity.config() {
        Ok(None) => Finding::good(WHAT, "by password"),
        Ok(Some(provider)) => {
            Finding::good(WHAT, format!("by password, and with {}", provider.name))
        }
        Err(error) => Finding::bad(WHAT, error.to_string(), "correct GOOGLE_ or OIDC_ settings"),
    }
}

async fn media_store(config: &Config) -> Finding {
    let Some(url) = &config.media_url else {
        return Finding::good("media", "kept in the data folder");
    };
    let checked = async {
        let store = media::open(url).await?;
        store.check().await?;
        Ok::<_, media::MediaError>(store.place())
    };
    match checked.await {
        Ok(place) => Finding::good(
            "media",
            format!("{place}: written, read and deleted a file"),
        ),
        Err(error) => Finding::bad(
            "media",
            error.to_string(),
            "correct MEDIA_URL and its keys (AWS_*)",
        ),
    }
}

async fn port(config: &Config) -> Finding {
    let record = config.data_folder().server();
    if let Some(record) = record
        && ApiClient::new(record.address, None).is_alive().await
    {
        return Finding::good(
            "server",
            format!("runs at http://{} (process {})", record.address, record.pid),
        );
    }
    let port = crate::up::DEFAULT_PORT;
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Finding::good("port", format!("{port} is free for `narrate up`")),
        Err(_) => Finding::fair(
            "port",
            format!("{port} is taken by another program"),
            "`narrate up` will use a free one; choose with --listen",
        ),
    }
}

fn providers(config: &Config) -> Finding {
    let name = "providers";
    let prompts = config.data_folder().prompts();
    let providers = match config.providers.providers(&prompts) {
        Ok(providers) => providers,
        Err(error) => return Finding::bad(name, error.to_string(), "correct that setting"),
    };
    let writers = providers.script.iter().map(|one| one.name());
    let speakers = providers.speech.iter().map(|one| one.name());
    let painters = providers.images.iter().map(|one| one.name());
    Finding::good(
        name,
        format!(
            "scripts by {}; speech by {}; pictures by {}",
            in_turn(writers),
            in_turn(speakers),
            in_turn(painters)
        ),
    )
}

/// How old what is known of prices is; a table that cannot be read is told of with
/// the providers.
fn prices(config: &Config) -> Option<Finding> {
    let prices = config.providers.prices().ok()?;
    let oldest = prices.listed().iter().map(|listed| listed.checked).min()?;
    let known = prices.listed().len();
    Some(Finding::good(
        "prices",
        format!("of {known} models, the oldest read on {oldest}; PRICE_TABLE adds your own"),
    ))
}

fn in_turn<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", then ")
}
