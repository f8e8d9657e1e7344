//! The one binary: configuration, roles, local stack, command line.
//!
//! Every command that touches videos is a client of the GraphQL API, the same
//! one that browsers use; when no server runs on the data folder, it starts
//! one for as long as it needs. To add a command: a variant of
//! [`cli::Command`] and a file with its `run`.

mod admin;
mod cli;
mod client;
mod config;
mod data_folder;
mod dev;
mod doctor;
mod events;
mod logging;
mod make;
mod pending;
mod programs;
mod projections_command;
mod render_command;
mod report;
mod resume;
mod server;
mod session;
mod stop;
mod tracker;
mod up;

use std::process::ExitCode;

use cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::of_arguments();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime needs only memory and threads");
    let outcome = runtime.block_on(run(cli));
    // Whatever still blocks a thread (a model that is loading) may not hold up
    // an interrupted program.
    runtime.shutdown_background();
    match outcome {
        Ok(code) => code,
        Err(error) => {
            report::failure(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let config = cli.config;
    match cli.command {
        Command::Make(args) => make::run(&config, args).await,
        Command::Resume(args) => resume::run(&config, &args).await,
        Command::Up(args) => up::run(&config, &args).await,
        Command::Doctor => doctor::run(&config).await,
        Command::Render(args) => render_command::run(args).await,
        Command::Events(command) => events::run(&config, command).await,
        Command::Projections(args) => projections_command::run(&config, args).await,
        Command::Admin(args) => admin::run(&config, args).await,
        Command::Migrate => server::migrate(&config).await,
        Command::Dev(args) => dev::run(args).await,
    }
}
