//! Where log lines go: the terminal for servers, a file beside progress bars.

use std::fs::{self, OpenOptions};
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::Layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::Config;

/// Log lines for people who watch a server.
pub fn to_terminal(config: &Config) {
    let layer = Layer::default().with_writer(std::io::stderr);
    tracing_subscriber::registry()
        .with(filter(config))
        .with(layer)
        .init();
    log_panics();
}

/// Log lines into the data folder, so that progress bars stay whole; to the
/// terminal when `--verbose` asks for them.
pub fn to_file(config: &Config) {
    if config.verbose > 0 {
        return to_terminal(config);
    }
    let path = config.data_folder().log();
    let opened = path
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| OpenOptions::new().create(true).append(true).open(&path));
    // Without a log the film can still be made; a folder that cannot be
    // written is reported by the stack, with a remedy.
    if let Ok(file) = opened {
        let layer = Layer::default()
            .with_ansi(false)
            .with_writer(Mutex::new(file));
        tracing_subscriber::registry()
            .with(filter(config))
            .with(layer)
            .init();
        log_panics();
    }
}

/// A panic is a log line, with the correlation id of the request it broke. On
/// the terminal it shows only when it ends the program.
fn log_panics() {
    let to_terminal = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload_as_str().unwrap_or("no message");
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a task panicked: {message}");
        if std::thread::current().name() == Some("main") {
            to_terminal(panic);
        }
    }));
}

fn filter(config: &Config) -> EnvFilter {
    let default = match config.verbose {
        0 => "info,async_nats=warn,sqlx=warn",
        1 => "debug,async_nats=info,sqlx=info,hyper=info,h2=info,tungstenite=info",
        _ => "trace",
    };
    EnvFilter::try_from_env("NARRATE_LOG").unwrap_or_else(|_| EnvFilter::new(default))
}
