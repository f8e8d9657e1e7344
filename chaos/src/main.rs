//! Kills every part of the platform under load, on a schedule that follows from
//! a seed, and then shows that nothing was lost, reordered or done twice.
//!
//! Each part is a process of its own (`part/`): a writer with many callers, the
//! projections, the relay, workers, and a reader that follows the log. Postgres
//! and nats-server are the local stack's. What was promised to a caller is
//! written down beside the log (`ledger`), and `verdict/` compares the two.
//!
//! To add a part: a file in `part/`, its name in [`part::Part`].

#![allow(clippy::print_stdout, reason = "this is a program")]

mod ledger;
mod load;
mod part;
mod run;
mod schedule;
mod setup;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use commands::RandomIds;
use domain::IdSource;

use part::Part;

/// Kills every part of the platform under load and shows that nothing was lost
/// or done twice.
#[derive(Debug, Parser)]
#[command(subcommand_negates_reqs = true, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    run: RunArgs,
    #[command(subcommand)]
    part: Option<PartCommand>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// How many events the log should have in the end, about
    #[arg(long, default_value = "1000000", value_parser = clap::value_parser!(u64).range(1_000..))]
    events: u64,
    /// How often each part is killed
    #[arg(long, default_value = "20", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    rounds: u32,
    /// What decides the load and the kills; one of its own choosing by default
    #[arg(long)]
    seed: Option<u64>,
    /// Where the events are kept
    #[arg(long, default_value = "postgres")]
    store: Store,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Store {
    Postgres,
    /// The KurrentDB adapter on a protocol double, which lives in memory: its
    /// connections are cut instead
    Kurrentdb,
}

#[derive(Debug, Subcommand)]
enum PartCommand {
    /// One part of a run, which starts it by itself
    #[command(hide = true)]
    Part { part: Part, setup: PathBuf },
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.part {
        Some(PartCommand::Part { part, setup }) => part::run(part, &setup).await,
        None => {
            let seed = cli.run.seed;
            let seed = seed.unwrap_or_else(|| RandomIds.fresh().as_u64_pair().1);
            run::run(&cli.run, seed).await
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chaos: {error:#}");
            ExitCode::FAILURE
        }
    }
}
