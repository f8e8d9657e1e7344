use std::net::SocketAddr;

use clap::{Args, Subcommand};

/// For who works on the program, or tries it.
#[derive(Debug, Args)]
pub struct DevArgs {
    #[command(subcommand)]
    pub command: DevCommand,
}

#[derive(Debug, Subcommand)]
pub enum DevCommand {
    /// Providers that cost nothing, to try what others are paid for
    ///
    /// They check every request as the providers do, and answer in their form.
    /// What they write is what the program writes offline.
    FakeVendors(FakeVendorsArgs),
}

#[derive(Debug, Args)]
pub struct FakeVendorsArgs {
    /// Where to listen, on this machine; port 0 is a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
}
