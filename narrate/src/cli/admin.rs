use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::UserId;

/// What only who runs the server may do: it works on the database itself.
#[derive(Debug, Args)]
pub struct AdminArgs {
    #[command(subcommand)]
    pub command: AdminCommand,
}

#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Make the account of OWNER_EMAIL the owner; who was it becomes an admin
    PromoteOwner,
    /// Wrap every key by a new master key, while the program runs or not
    ///
    /// The new key goes in front: this adds it to the key file, or you to
    /// MASTER_KEY. Start every program that runs anew, then run this again: it
    /// wraps what the older keys wrapped, and tells when they may go.
    RotateMasterKey,
    /// Sign access tokens with a new key; nobody is signed out
    RotateSigningKey,
    /// Prove that nothing personal is left of an erased person
    ///
    /// Looks at the keys, the log, every table, JetStream, the program's own
    /// logs and kept mails, and at files that you exported.
    VerifyErased(VerifyErasedArgs),
}

#[derive(Debug, Args)]
pub struct VerifyErasedArgs {
    /// The person's id, as it was in the API and is in the log
    pub id: UserId,
    /// Something that must be found nowhere, such as their address; read from a
    /// file, a line each, so that it gets into no shell history
    #[arg(long, value_name = "FILE")]
    pub traces: Option<PathBuf>,
    /// Files that were exported before, to look into too
    #[arg(long = "export", value_name = "FILE")]
    pub exports: Vec<PathBuf>,
}
