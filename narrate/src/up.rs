//! `narrate up`: everything, until stopped.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use anyhow::{Context, bail};
use tokio::net::TcpListener;

use crate::cli::UpArgs;
use crate::config::Config;
use crate::server::Running;
use crate::{logging, stop};

/// Where the server is looked for.
pub const DEFAULT_PORT: u16 = 8724;

pub async fn run(config: &Config, args: &UpArgs) -> anyhow::Result<ExitCode> {
    logging::to_terminal(config);
    let stop = stop::on_signals()?;
    let listener = listen(args.listen).await?;
    let started = Running::start(config, &args.roles, listener, |step| {
        tracing::info!("{step}");
    });
    let running = tokio::select! {
        running = started => running?,
        () = stop.cancelled() => return Ok(ExitCode::SUCCESS),
    };
    announce(config, &running);
    let broken = tokio::select! {
        () = stop.cancelled() => None,
        error = running.broken() => Some(error),
    };
    tracing::info!("stopping: letting work go, then the servers");
    running.stop().await;
    match broken {
        Some(error) => bail!("{error}"),
        None => Ok(ExitCode::SUCCESS),
    }
}

async fn listen(wanted: Option<SocketAddr>) -> anyhow::Result<TcpListener> {
    let here = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let address = wanted.unwrap_or_else(|| here(DEFAULT_PORT));
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse && wanted.is_none() => {
            tracing::warn!("port {DEFAULT_PORT} is taken; using a free one");
            Ok(TcpListener::bind(here(0)).await?)
        }
        Err(error) => Err(error).with_context(|| {
            format!("--listen: {address} cannot be used; choose another port, such as 127.0.0.1:0 for a free one")
        }),
    }
}

fn announce(config: &Config, running: &Running) {
    let Some(address) = running.address else {
        println!("working; stop with ctrl-c");
        return;
    };
    let who = if running.knows_local_owner {
        "you are signed in here as the owner of this machine"
    } else {
        "everybody signs in, you too"
    };
    println!(
        "serving until ctrl-c; {who}\n  \
         account    http://{address}/account\n  \
         GraphiQL   http://{address}/graphql\n  \
         GraphQL    http://{address}/graphql, ws://{address}/graphql\n  \
         events     http://{address}/events\n  \
         health     http://{address}/healthz\n  \
         data       {}",
        config.data_folder().root().display()
    );
}
