//! `narrate events tail`: events on the terminal, or to the next program.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use anyhow::bail;
use tokio::task::block_in_place;
use tokio_util::sync::CancellationToken;

use super::ROLES;
use super::envelope::Envelope;
use crate::cli::TailArgs;
use crate::config::Config;
use crate::session::{Session, Stopped};
use crate::tracker::Tracker;
use crate::{logging, stop};

pub(super) async fn run(config: &Config, args: TailArgs) -> anyhow::Result<ExitCode> {
    logging::to_file(config);
    let stop = stop::on_signals()?;
    let tracker = Tracker::new();
    let session = Session::open(config, &ROLES, &stop, |step| tracker.step(step)).await;
    tracker.clear();
    let session = match session {
        Ok(session) => session,
        Err(error) if error.is::<Stopped>() => return Ok(ExitCode::SUCCESS),
        Err(error) => return Err(error),
    };
    let outcome = print(&session, &args, &stop).await;
    session.close().await;
    outcome
}

async fn print(
    session: &Session,
    args: &TailArgs,
    stop: &CancellationToken,
) -> anyhow::Result<ExitCode> {
    let mut lines = session.client.events(&args.wanted, args.follow).await?;
    let mut at = args.wanted.after.clone();
    loop {
        let line = tokio::select! {
            line = lines.next() => line?,
            error = session.broken() => return Err(error),
            // How everybody ends what has no end.
            () = stop.cancelled() => return Ok(ExitCode::SUCCESS),
        };
        let Some(line) = line else { break };
        if !block_in_place(|| put(&line))? {
            return Ok(ExitCode::SUCCESS);
        }
        if args.follow {
            at = Envelope::parse(&line)?.position.into_owned();
        }
    }
    if args.follow {
        bail!(
            "the server stopped; once it is back, go on with: narrate events tail -f --after {at}"
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// False when nobody reads on, as after `| head`.
fn put(line: &[u8]) -> std::io::Result<bool> {
    let mut out = std::io::stdout().lock();
    let written = out
        .write_all(line)
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        written => written.map(|()| true),
    }
}
