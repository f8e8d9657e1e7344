//! Progress on the terminal: a bar a stage. Where the terminal is none, a line
//! a change.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::Stage;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::client::{ProgressReport, StageReport, VideoReport};

const UNDER_WAY: &str = "{spinner} {prefix:<9} {bar:28.cyan/dim} {percent:>3}%  {msg}, {eta} left";
/// Before there is anything to tell the time left from.
const AT_THE_START: &str = "{spinner} {prefix:<9} {bar:28.cyan/dim} {percent:>3}%  {msg}";

pub struct Tracker {
    bars: MultiProgress,
    state: Mutex<State>,
    /// Bars are drawn; otherwise lines are printed.
    drawn: bool,
}

#[derive(Default)]
struct State {
    step: Option<ProgressBar>,
    stages: HashMap<String, ProgressBar>,
    last_line: HashMap<String, String>,
}

impl Tracker {
    pub fn new() -> Self {
        let drawn = console::user_attended_stderr();
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        Self {
            bars,
            state: Mutex::default(),
            drawn,
        }
    }

    /// What is being done before and after the stages.
    pub fn step(&self, what: &str) {
        let mut state = self.state();
        if !self.drawn {
            return state.line("step", format!("… {what}"));
        }
        let bar = state.step.get_or_insert_with(|| {
            let bar = self.bars.add(ProgressBar::new_spinner());
            bar.set_style(style("{spinner} {msg}"));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        bar.set_message(what.to_owned());
    }

    /// One bar for each stage, as far as `video` is.
    pub fn begin(&self, video: &VideoReport) {
        let mut state = self.state();
        if let Some(step) = state.step.take() {
            step.finish_and_clear();
        }
        if self.drawn && state.stages.is_empty() {
            for stage in Stage::ALL {
                let bar = self.bars.add(ProgressBar::new(0));
                bar.set_prefix(stage.label());
                bar.set_style(style("  {prefix:<9} {msg:.dim}"));
                bar.tick();
                state.stages.insert(stage.slug().to_owned(), bar);
            }
        }
        for stage in &video.stages {
            self.show_stage(&mut state, stage, video);
        }
    }

    pub fn show(&self, report: &ProgressReport) {
        let mut state = self.state();
        for stage in &report.video.stages {
            self.show_stage(&mut state, stage, &report.video);
        }
        let (Some(stage), Some(done), Some(total)) = (&report.stage, report.done, report.total)
        else {
            return;
        };
        let unit = report.unit.as_deref().unwrap_or_default();
        if let Some(bar) = state.stages.get(&stage.to_lowercase()) {
            if total > 0 && !bar.is_finished() {
                bar.set_style(style(if done == 0 { AT_THE_START } else { UNDER_WAY }));
                bar.set_length(total);
                bar.set_position(done.min(total));
                bar.set_message(format!("{done} of {total} {unit}"));
            }
        } else if let Some(tenths) = (done * 10).checked_div(total) {
            // A line for each tenth, so that a log of them stays short.
            let (label, percent) = (label(stage), tenths * 10);
            state.line(stage, format!("{label}: {percent}% of {total} {unit}"));
        }
    }

    /// Takes all bars off the terminal.
    pub fn clear(&self) {
        let mut state = self.state();
        if let Some(step) = state.step.take() {
            step.finish_and_clear();
        }
        for (_, bar) in state.stages.drain() {
            bar.abandon();
        }
        state.last_line.clear();
        self.bars.set_move_cursor(false);
    }

    fn show_stage(&self, state: &mut State, stage: &StageReport, video: &VideoReport) {
        let slug = stage.stage.to_lowercase();
        let said = match stage.state.as_str() {
            "RUNNING" if stage.attempts > 1 => format!("attempt {}", stage.attempts),
            "RUNNING" => "working".to_owned(),
            "DONE" => format!("done{}", seconds(stage)),
            "WAITING" => format!(
                "trying again soon: {}",
                video.error_message.as_deref().unwrap_or_default()
            ),
            "FAILED" => "failed".to_owned(),
            _ => return,
        };
        let Some(bar) = state.stages.get(&slug) else {
            if !self.drawn {
                let label = label(&slug);
                state.line(&format!("{slug} state"), format!("{label}: {said}"));
            }
            return;
        };
        match stage.state.as_str() {
            "DONE" if !bar.is_finished() => {
                bar.set_style(style("{msg}"));
                let mark = console::style("✓").green();
                bar.finish_with_message(format!("{mark} {:<9} {said}", label(&slug)));
            }
            "RUNNING" if bar.length() == Some(0) => {
                bar.set_style(style("{spinner} {prefix:<9} {msg}"));
                bar.enable_steady_tick(Duration::from_millis(120));
                bar.reset_elapsed();
                bar.reset_eta();
                bar.set_message(said);
            }
            "FAILED" | "WAITING" => {
                bar.set_style(style("{spinner} {prefix:<9} {msg}"));
                bar.set_message(said);
            }
            _ => {}
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Prints `text`, unless it is what was said of `about` last.
    fn line(&mut self, about: &str, text: String) {
        if self.last_line.get(about) != Some(&text) {
            eprintln!("{text}");
            self.last_line.insert(about.to_owned(), text);
        }
    }
}

fn label(slug: &str) -> String {
    let stage = slug.to_lowercase().parse::<Stage>();
    stage.map_or_else(|_| slug.to_owned(), |stage| stage.label().to_owned())
}

fn seconds(stage: &StageReport) -> String {
    match (stage.started_at, stage.finished_at) {
        (Some(start), Some(end)) => {
            format!(
                " in {:.1} s",
                (end - start).num_milliseconds() as f64 / 1000.0
            )
        }
        _ => String::new(),
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .expect("the templates are written here")
        .progress_chars("━━─")
}
