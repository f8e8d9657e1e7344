//! The command line. Its help is where most people learn the program.

mod admin;
mod dev;
mod projections;

pub use admin::{AdminArgs, AdminCommand, VerifyErasedArgs};
pub use dev::{DevArgs, DevCommand, FakeVendorsArgs};
pub use projections::{ProjectionsArgs, ProjectionsCommand};

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::Topic;
use domain::settings::{
    ArtStyle, CaptionStyle, Language, Mood, Niche, SpeechSpeed, TargetDuration, VoiceId,
};
use uuid::Uuid;

use crate::config::Config;
use crate::events;

/// Letters of a wrong value that its message quotes.
const QUOTED_MAX: usize = 60;

/// Turns a topic into a narrated vertical short video.
///
/// Without any configuration everything runs on this machine: narrate starts
/// its own Postgres and NATS in its data folder, writes, speaks, draws and
/// renders offline, and stops them when it is done.
#[derive(Debug, Parser)]
#[command(
    name = "narrate",
    version,
    arg_required_else_help = true,
    after_help = "\
Examples:
  narrate make \"Why octopuses have three hearts\" --niche science --out octopus.mp4
  narrate make \"The wreck of the Vasa\" --niche history --style oil-painting --duration 90
  narrate resume            finish what was interrupted
  narrate up                run the server; GraphiQL at http://127.0.0.1:8724/graphql
  narrate events export --format parquet --out events.parquet
  narrate doctor            check this machine, with a remedy for each problem"
)]
pub struct Cli {
    #[command(flatten)]
    pub config: Config,
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// What the program was called with; ends it when that is no command.
    pub fn of_arguments() -> Self {
        Self::try_parse().unwrap_or_else(|mut error| {
            if let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidValue) {
                let quoted = ContextValue::String(excerpt(value));
                error.insert(ContextKind::InvalidValue, quoted);
            }
            error.exit()
        })
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a video from a topic
    Make(MakeArgs),
    /// Finish videos that were interrupted, and retry those that failed
    Resume(ResumeArgs),
    /// Run the server until stopped
    Up(UpArgs),
    /// Check programs, fonts, folders, ports and addresses
    Doctor,
    /// Make a film with no server: from a script, or from a plan of one's own
    Render(RenderArgs),
    /// Read the log of events: everything that ever happened
    #[command(subcommand)]
    Events(EventsCommand),
    /// What queries read: how far it is, rebuild it, roll it back
    Projections(ProjectionsArgs),
    /// What only who runs the server may do: owner, keys, proof of erasure
    Admin(AdminArgs),
    /// Bring the database of DATABASE_URL (or the local one) up to date
    Migrate,
    /// For who works on the program, or tries it: providers that cost nothing
    Dev(DevArgs),
}

#[derive(Debug, Args)]
pub struct MakeArgs {
    /// What the video is about, 1 to 300 characters
    #[arg(value_parser = Topic::try_new)]
    pub topic: Topic,
    #[command(flatten)]
    pub look: Look,
    /// How fast to speak, in percent of the voice's own pace (70 to 130)
    #[arg(long, value_name = "PERCENT", default_value = "100", value_parser = speed)]
    pub speed: SpeechSpeed,
    /// The language to speak
    #[arg(long, default_value = "en")]
    pub language: Language,
    /// Where to write the film
    #[arg(long, short, value_name = "FILE", default_value = "narrated.mp4")]
    pub out: PathBuf,
    /// Repeat a video: the same topic, settings and seed give the same film
    #[arg(long)]
    pub seed: Option<u64>,
}

/// What `make` and `render` both choose.
#[derive(Debug, Args)]
pub struct Look {
    /// Tone and vocabulary: science, space, history, nature, technology,
    /// psychology, motivation, scary-stories, mystery, finance, geography,
    /// food, mythology, philosophy
    #[arg(long, default_value = "science")]
    pub niche: Niche,
    /// How pictures are drawn: pixar-3d, anime, realistic, watercolor,
    /// comic-book, cyberpunk, oil-painting, flat-vector
    #[arg(long, default_value = "pixar-3d")]
    pub style: ArtStyle,
    /// Seconds: 30, 60 or 90
    #[arg(long, default_value = "60")]
    pub duration: TargetDuration,
    /// Who speaks; `narrate doctor` lists the voices
    #[arg(long, default_value = "heart", value_parser = VoiceId::try_new)]
    pub voice: VoiceId,
    /// `none`, `auto` (to suit the script), a mood (calm, uplift, mystery,
    /// scary), or a sound file of your own
    #[arg(long, default_value = "auto", value_name = "MOOD|FILE", value_parser = music)]
    pub music: MusicArg,
    /// How captions look: bold-outline, boxed-word, karaoke-fill, minimal
    #[arg(long, default_value = "bold-outline")]
    pub captions: CaptionStyle,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MusicArg {
    None,
    /// The mood of the script.
    Auto,
    Mood(Mood),
    File(PathBuf),
}

#[derive(Debug, Args)]
pub struct ResumeArgs {
    /// Only this one, by the id that `make` printed; otherwise all
    pub id: Option<Uuid>,
}

#[derive(Debug, Args)]
pub struct UpArgs {
    /// Address and port to serve on. By default port 8724 of this machine
    /// alone, or a free one if that is taken
    #[arg(long, env = "NARRATE_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// What this process does; several processes can share the work
    #[arg(
        long,
        env = "NARRATE_ROLES",
        value_delimiter = ',',
        default_value = "api,projections,workers"
    )]
    pub roles: Vec<Role>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// GraphQL, media, health
    Api,
    /// Read models, and the relay from the log to JetStream
    Projections,
    /// The stages of a video
    Workers,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Api, Self::Projections, Self::Workers];
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub struct RenderArgs {
    /// A text to speak, one paragraph a scene
    #[arg(long, value_name = "FILE", group = "what")]
    pub script: Option<PathBuf>,
    /// A film as JSON: pictures, voice, words and music (see docs/RENDER.md)
    #[arg(long, value_name = "FILE", group = "what")]
    pub plan: Option<PathBuf>,
    /// How pictures of a script are drawn
    #[arg(long, default_value = "pixar-3d")]
    pub style: ArtStyle,
    /// What plays under a script, as for `make`
    #[arg(long, default_value = "auto", value_name = "MOOD|FILE", value_parser = music)]
    pub music: MusicArg,
    /// How a script's captions look
    #[arg(long, default_value = "bold-outline")]
    pub captions: CaptionStyle,
    /// Who speaks a script
    #[arg(long, default_value = "heart", value_parser = VoiceId::try_new)]
    pub voice: VoiceId,
    /// Chooses pictures and camera paths
    #[arg(long, default_value = "1")]
    pub seed: u64,
    /// Where to write the film
    #[arg(long, short, value_name = "FILE", default_value = "narrated.mp4")]
    pub out: PathBuf,
}

#[derive(Debug, Subcommand)]
pub enum EventsCommand {
    /// Write events to a file that DuckDB and pandas open (see docs/EVENTS.md)
    Export(ExportArgs),
    /// Print events, one CloudEvent in JSON a line
    Tail(TailArgs),
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    #[command(flatten)]
    pub wanted: WantedEvents,
    /// Columns with types, or one JSON object a line
    #[arg(long, value_enum, default_value = "parquet")]
    pub format: ExportFormat,
    /// Where to write them
    #[arg(long, short, value_name = "FILE")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct TailArgs {
    #[command(flatten)]
    pub wanted: WantedEvents,
    /// Go on with what happens from now on
    #[arg(long, short)]
    pub follow: bool,
}

#[derive(Debug, Args)]
pub struct WantedEvents {
    /// Only events after this: a position, an earlier export to go on from,
    /// `start` or `end`
    #[arg(long, default_value = "start", value_name = "POSITION|FILE", value_parser = events::after)]
    pub after: String,
    /// Only these types, such as VideoReady; separated by commas
    #[arg(long, value_delimiter = ',', value_name = "TYPE")]
    pub types: Vec<String>,
    /// Only these categories (video) and streams (video-ID)
    #[arg(long, value_delimiter = ',', value_name = "STREAM")]
    pub streams: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    Parquet,
    Ndjson,
}

/// Enough of a value to know it again, with nothing that a terminal would obey.
fn excerpt(value: &str) -> String {
    let start: String = value.chars().take(QUOTED_MAX).collect();
    let end = if start.len() < value.len() { "…" } else { "" };
    format!("{}{end}", start.replace(char::is_control, "\u{fffd}"))
}

fn speed(text: &str) -> Result<SpeechSpeed, String> {
    let percent = text
        .trim_end_matches('%')
        .parse()
        .map_err(|_| format!("{text:?} is not a number of percent; choose 70 to 130"))?;
    SpeechSpeed::try_from_percent(percent).map_err(|error| error.to_string())
}

fn music(text: &str) -> Result<MusicArg, String> {
    match text {
        "none" => return Ok(MusicArg::None),
        "auto" => return Ok(MusicArg::Auto),
        _ => {}
    }
    if let Ok(mood) = text.parse() {
        return Ok(MusicArg::Mood(mood));
    }
    let path = PathBuf::from(text);
    if path.is_file() {
        return Ok(MusicArg::File(path));
    }
    let moods: Vec<_> = Mood::ALL.iter().map(|mood| mood.slug()).collect();
    Err(format!(
        "{text:?} is neither a mood nor a file; choose none, auto, {} or a sound file",
        moods.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_flag_out_of_range_names_itself_and_the_limit() {
        for (flag, value, says) in [
            ("--speed", "500", "choose 70 to 130"),
            ("--duration", "45", "choose one of 30, 60, 90"),
            ("--style", "cubism", "oil-painting"),
            ("--niche", "gossip", "choose one of science"),
            ("--music", "nowhere.mp3", "neither a mood nor a file"),
            ("--language", "xx", "choose one of en"),
        ] {
            let error = Cli::try_parse_from(["narrate", "make", "bees", flag, value]).unwrap_err();
            let message = error.to_string();
            assert!(message.contains(flag), "{message}");
            assert!(message.contains(says), "{message}");
        }
    }

    #[test]
    fn a_long_or_hostile_value_is_quoted_in_part_and_harmlessly() {
        assert_eq!(excerpt("bees"), "bees");
        assert_eq!(excerpt("a\u{1b}[2J"), "a\u{fffd}[2J");
        let long = excerpt(&"é".repeat(10_000));
        assert_eq!(long, "é".repeat(QUOTED_MAX) + "…");
    }

    #[test]
    fn a_topic_is_checked_before_anything_is_started() {
        for topic in ["", "  ", "bees\u{7}"] {
            let error = Cli::try_parse_from(["narrate", "make", topic]).unwrap_err();
            assert!(error.to_string().contains("topic:"), "{error}");
        }
    }
}
