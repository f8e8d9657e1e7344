//! `narrate projections`: read models rebuilt, rolled back, and freed of what
//! they could not take. A client of the API, like all commands.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::cli::{ProjectionsArgs, ProjectionsCommand, Role};
use crate::client::{ParkedReport, ProjectionReport, WorkReport};
use crate::config::Config;
use crate::session::{Session, Stopped};
use crate::tracker::Tracker;
use crate::{logging, report, stop};

/// What a server of our own needs to do for this; films can wait.
const ROLES: [Role; 2] = [Role::Api, Role::Projections];
/// How often a rebuild is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(300);

pub async fn run(config: &Config, args: ProjectionsArgs) -> anyhow::Result<ExitCode> {
    logging::to_file(config);
    let stop = stop::on_signals()?;
    let tracker = Tracker::new();
    let opened = Session::open(config, &ROLES, &stop, |step| tracker.step(step)).await;
    tracker.clear();
    let session = match opened {
        Ok(session) => session,
        Err(error) if error.is::<Stopped>() => return Ok(ExitCode::from(130)),
        Err(error) => return Err(error),
    };
    let done = tokio::select! {
        done = carry_out(&session, args.what, &stop) => done,
        error = session.broken() => Err(error),
    };
    session.close().await;
    done
}

async fn carry_out(
    session: &Session,
    what: ProjectionsCommand,
    stop: &CancellationToken,
) -> anyhow::Result<ExitCode> {
    use ProjectionsCommand as C;
    let client = &session.client;
    let (mutation, name, input, waits) = match what {
        C::List => {
            for projection in client.projections().await? {
                println!("{}", line(&projection));
            }
            return Ok(ExitCode::SUCCESS);
        }
        C::Parked(args) => return list_parked(session, args.name).await,
        C::Retry(args) => {
            let input = json!({ "projection": args.name, "stream": args.stream });
            let now = client
                .order("retryParked", "RetryParkedInput", input)
                .await?;
            println!("{}", line(&now));
            let left = client.parked(&args.name).await?;
            return Ok(told_of(left.iter().find(|left| left.stream == args.stream)));
        }
        C::Skip(args) => {
            let input =
                json!({ "projection": args.name, "eventId": args.event, "reason": args.reason });
            let now = client.order("skipParked", "SkipParkedInput", input).await?;
            println!("skipped; {}", line(&now));
            return Ok(ExitCode::SUCCESS);
        }
        C::Rebuild(args) => ("rebuildProjection", args.name, json!({}), Some(args.wait)),
        C::Rollback(args) => ("rollbackProjection", args.name, json!({}), Some(args.wait)),
        C::Resume(args) => {
            let input = json!({ "acceptDifference": args.accept_difference });
            ("resumeRebuild", args.name, input, Some(args.wait))
        }
        C::Pause(args) => ("pauseRebuild", args.name, json!({}), None),
        C::Cancel(args) => ("cancelRebuild", args.name, json!({}), None),
    };
    let input_type = match mutation {
        "resumeRebuild" => "ResumeRebuildInput",
        _ => "ProjectionInput",
    };
    let now = client
        .order(mutation, input_type, with_name(input, &name))
        .await?;
    match waits {
        // In a server of our own nothing would come of it after us.
        Some(wait) if wait || !session.is_attached() => watch(session, now, stop).await,
        _ => {
            println!("{}", line(&now));
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn with_name(mut input: Value, name: &str) -> Value {
    input["projection"] = name.into();
    input
}

/// Shows how it goes until it is done, held or left.
async fn watch(
    session: &Session,
    mut now: ProjectionReport,
    stop: &CancellationToken,
) -> anyhow::Result<ExitCode> {
    let bar = Bar::new(&now.name);
    let begun = now.work.as_ref().map(|work| work.version);
    while let Some(work) = &now.work {
        match work.state.as_str() {
            "HELD" => {
                bar.clear();
                bail!(
                    "the rebuilt rows of {0} differ from the live ones, which readers keep; look \
                     why, then type `narrate projections cancel {0}`, or `narrate projections \
                     resume {0} --accept-difference` to swap all the same",
                    now.name
                );
            }
            "PAUSED" => {
                bar.clear();
                println!("{}", line(&now));
                return Ok(ExitCode::SUCCESS);
            }
            _ => bar.show(work),
        }
        tokio::select! {
            () = stop.cancelled() => {
                bar.clear();
                eprintln!("{}", left_behind(session, &now.name));
                return Ok(ExitCode::from(130));
            }
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        now = look(session, &now.name).await?;
    }
    bar.clear();
    println!("{}", line(&now));
    if begun.is_some_and(|version| version != now.version) {
        bail!(
            "it was cancelled; version {} is still what is read",
            now.version
        );
    }
    Ok(ExitCode::SUCCESS)
}

async fn look(session: &Session, name: &str) -> anyhow::Result<ProjectionReport> {
    let all = session.client.projections().await?;
    let found = all.into_iter().find(|projection| projection.name == name);
    found.ok_or_else(|| anyhow::anyhow!("the server knows no projection {name} any more"))
}

fn left_behind(session: &Session, name: &str) -> String {
    if session.is_attached() {
        format!(
            "left; it goes on in the server. See `narrate projections list`, end it with \
             `narrate projections cancel {name}`"
        )
    } else {
        "left; what is done is kept, and it goes on when a server runs: narrate up".to_owned()
    }
}

async fn list_parked(session: &Session, name: Option<String>) -> anyhow::Result<ExitCode> {
    let names = match name {
        Some(name) => vec![name],
        None => {
            let all = session.client.projections().await?;
            all.into_iter().map(|projection| projection.name).collect()
        }
    };
    let mut none = true;
    for name in names {
        for parked in session.client.parked(&name).await? {
            none = false;
            let problem = parked
                .problem
                .as_deref()
                .unwrap_or("waits for the one before it");
            println!(
                "{name}  {}  {}  {}\n    {problem}",
                parked.stream, parked.type_name, parked.id
            );
        }
    }
    if none {
        println!("nothing is parked");
    }
    Ok(ExitCode::SUCCESS)
}

/// What still holds up a stream that was tried again.
fn told_of(left: Option<&ParkedReport>) -> ExitCode {
    match left {
        None => ExitCode::SUCCESS,
        Some(first) => {
            let problem = first.problem.as_deref().unwrap_or("it was not tried yet");
            eprintln!("{} still cannot be applied: {problem}", first.id);
            ExitCode::FAILURE
        }
    }
}

/// A projection in one line.
fn line(projection: &ProjectionReport) -> String {
    let state = match &projection.work {
        Some(work) => doing(work),
        None if projection.is_caught_up => "caught up".to_owned(),
        None => "catching up".to_owned(),
    };
    let rows = match projection.comparison.as_deref() {
        Some("SAME") => ", same rows as the one before",
        Some("DIFFERS") => ", other rows than the one before",
        Some("NOT_COMPARED") => ", of other logic than the one before",
        _ => "",
    };
    let before = projection
        .previous_version
        .map_or_else(String::new, |version| {
            format!(", version {version} to roll back to")
        });
    let parked = match projection.parked_count {
        0 => String::new(),
        count => format!(
            ", {count} parked: narrate projections parked {}",
            projection.name
        ),
    };
    format!(
        "{}: version {}{rows}, {state}{before}{parked}",
        projection.name, projection.version
    )
}

fn doing(work: &WorkReport) -> String {
    let version = work.version;
    match work.state.as_str() {
        "PAUSED" => format!(
            "rebuild of version {version} paused at {:.0}%",
            work.percent
        ),
        "HELD" => format!("version {version} is held: its rows differ"),
        "ROLLING_BACK" => format!("rolling back to version {version}"),
        _ => format!("building version {version}, {:.0}%", work.percent),
    }
}

/// A bar on a terminal, a line for each tenth elsewhere.
struct Bar {
    bar: ProgressBar,
    last_tenth: std::cell::Cell<Option<u64>>,
}

impl Bar {
    fn new(name: &str) -> Self {
        let style = "{spinner} {prefix} {bar:28.cyan/dim} {percent:>3}%  {msg}";
        let style = ProgressStyle::with_template(style)
            .expect("the template is written here")
            .progress_chars("━━─");
        let bar = ProgressBar::new(1_000).with_style(style);
        bar.set_prefix(name.to_owned());
        Self {
            bar,
            last_tenth: std::cell::Cell::new(None),
        }
    }

    fn show(&self, work: &WorkReport) {
        let tenth = (work.percent / 10.0) as u64;
        if self.bar.is_hidden() {
            if self.last_tenth.replace(Some(tenth)) != Some(tenth) {
                eprintln!("version {}: {}", work.version, told(work));
            }
            return;
        }
        self.bar.set_position((work.percent * 10.0) as u64);
        self.bar.set_message(told(work));
        self.bar.tick();
    }

    fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

/// `120000 of about 1000000 events, 35000 a second, 0:25 min left`
fn told(work: &WorkReport) -> String {
    let (Some(total), Some(rate)) = (work.estimated_events, work.events_per_second) else {
        return format!("{} events", work.events);
    };
    let left = total.saturating_sub(work.events) as f64 / rate.max(1.0);
    format!(
        "{} of about {total} events, {rate:.0} a second, {} left",
        work.events,
        report::clock(Duration::from_secs_f64(left))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn building(events: u64, rate: Option<f64>) -> WorkReport {
        WorkReport {
            version: 3,
            state: "REBUILDING".to_owned(),
            events,
            estimated_events: Some(1_000_000),
            events_per_second: rate,
            percent: 12.0,
        }
    }

    #[test]
    fn progress_tells_rate_and_time_left_once_they_are_known() {
        assert_eq!(told(&building(0, None)), "0 events");
        assert_eq!(
            told(&building(120_000, Some(10_000.0))),
            "120000 of about 1000000 events, 10000 a second, 1:28 min left"
        );
    }

    #[test]
    fn a_projection_is_told_in_one_line() {
        let projection = ProjectionReport {
            name: "video".to_owned(),
            version: 2,
            is_caught_up: true,
            parked_count: 1,
            previous_version: Some(1),
            comparison: Some("SAME".to_owned()),
            work: Some(building(5, None)),
        };
        assert_eq!(
            line(&projection),
            "video: version 2, same rows as the one before, building version 3, 12%, version 1 to \
             roll back to, 1 parked: narrate projections parked video"
        );
    }
}
