use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(after_help = "\
A projection is what queries read, written from the log of events: series, video.

Examples:
  narrate projections list
  narrate projections rebuild video --wait     build it anew while it is in use
  narrate projections rollback video           back to what was there before
  narrate projections parked video             events that it could not take, and why")]
pub struct ProjectionsArgs {
    #[command(subcommand)]
    pub what: ProjectionsCommand,
}

#[derive(Debug, Subcommand)]
pub enum ProjectionsCommand {
    /// How far each is, and what is being done to it
    List,
    /// Build one anew beside itself, compare, and swap; readers notice nothing
    ///
    /// If the rows differ though the logic is the same, it is held until you
    /// cancel it or `resume --accept-difference`. The version before is kept for
    /// `rollback`.
    Rebuild(WaitArgs),
    /// Let a rebuild stand still
    Pause(NameArgs),
    /// Go on with a rebuild that is paused or held
    Resume(ResumeArgs),
    /// Give up a rebuild or rollback; readers keep what they have
    Cancel(NameArgs),
    /// Swap back to the version that was live before, once it has caught up
    Rollback(WaitArgs),
    /// Events that could not be applied, those behind them, and why
    Parked(ParkedArgs),
    /// Try the parked events of a stream again, in order
    Retry(RetryArgs),
    /// Leave a parked event out for good, and try those behind it
    ///
    /// Only the first of its stream: the others may be sound.
    Skip(SkipArgs),
}

#[derive(Debug, Args)]
pub struct NameArgs {
    /// series or video
    pub name: String,
}

#[derive(Debug, Args)]
pub struct WaitArgs {
    /// series or video
    pub name: String,
    /// Show how it goes, until it is done. Ctrl-c leaves it running. Always so
    /// when no server runs and one is started for it
    #[arg(long)]
    pub wait: bool,
}

#[derive(Debug, Args)]
pub struct ResumeArgs {
    /// series or video
    pub name: String,
    /// Swap even though the rows differ
    #[arg(long)]
    pub accept_difference: bool,
    /// Show how it goes, until it is done
    #[arg(long)]
    pub wait: bool,
}

#[derive(Debug, Args)]
pub struct ParkedArgs {
    /// Of this one only
    pub name: Option<String>,
}

#[derive(Debug, Args)]
pub struct RetryArgs {
    /// series or video
    pub name: String,
    /// As `parked` shows it: video-ID
    pub stream: String,
}

#[derive(Debug, Args)]
pub struct SkipArgs {
    /// series or video
    pub name: String,
    /// The event's id, as `parked` shows it
    pub event: String,
    /// Why, for whoever wonders later: 1 to 300 characters
    #[arg(long)]
    pub reason: String,
}
