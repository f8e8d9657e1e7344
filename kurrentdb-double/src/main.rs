//! The double as a program, so that others can be pointed at it. What it holds
//! is gone when it ends.

use std::io;
use std::net::SocketAddr;

use clap::Parser;
use kurrentdb_double::Double;

/// A protocol double of KurrentDB, in memory, for tests
#[derive(Debug, Parser)]
#[command(name = "kurrentdb-double", version)]
struct Arguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:2113", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let double = Double::start_on(arguments.listen).await?;
    println!("{}", double.url());
    tokio::signal::ctrl_c().await
}
