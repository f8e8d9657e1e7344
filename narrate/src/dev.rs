//! `narrate dev`: for who works on the program, or tries it.

use std::process::ExitCode;

use anyhow::Context;
use fake_vendors::{FakeVendors, KEY};
use tokio::net::TcpListener;

use crate::cli::{DevArgs, DevCommand, FakeVendorsArgs};
use crate::stop;

pub async fn run(args: DevArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        DevCommand::FakeVendors(args) => fake_vendors(&args).await,
    }
}

async fn fake_vendors(args: &FakeVendorsArgs) -> anyhow::Result<ExitCode> {
    let stop = stop::on_signals().context("signals cannot be heard")?;
    let address = args.listen;
    anyhow::ensure!(
        address.ip().is_loopback(),
        "--listen: {address} is not of this machine; use 127.0.0.1:0 for a free port"
    );
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("--listen: {address} cannot be used; use 127.0.0.1:0"))?;
    let vendors = FakeVendors::serve(listener);
    println!(
        "providers that cost nothing, until ctrl-c; in another terminal:\n\n  \
         export OPENAI_BASE_URL={} OPENAI_SCRIPT_MODEL=fake OPENAI_API_KEY={KEY}\n  \
         export ANTHROPIC_BASE_URL={} ANTHROPIC_API_KEY={KEY}\n  \
         export ELEVENLABS_BASE_URL={} ELEVENLABS_API_KEY={KEY}\n  \
         export FAL_BASE_URL={} FAL_KEY={KEY}\n  \
         export STABILITY_BASE_URL={} STABILITY_API_KEY={KEY}\n  \
         narrate make \"Why octopuses have three hearts\" --voice fakeVoiceOfAda000001",
        vendors.openai(),
        vendors.anthropic(),
        vendors.elevenlabs(),
        vendors.fal(),
        vendors.stability(),
    );
    stop.cancelled().await;
    Ok(ExitCode::SUCCESS)
}
