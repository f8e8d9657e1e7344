//! An event in one sentence, for people.

use domain::video::VideoEvent;
use domain::video::output::StageOutput;
use domain::{Provider, Stage};

pub(super) fn of(event: &VideoEvent) -> String {
    match event {
        VideoEvent::Requested { brief, .. } => {
            format!("Requested: {}", brief.topic.as_str())
        }
        VideoEvent::StageStarted { stage, attempt: 1 } => format!("{} started", stage.label()),
        VideoEvent::StageStarted { stage, attempt } => {
            format!("{} started, attempt {attempt}", stage.label())
        }
        VideoEvent::StageReleased { stage, .. } => {
            format!("{} put down, to be taken up again", stage.label())
        }
        VideoEvent::ProviderJobStarted(job) => {
            format!("{}: {} is at it", part(job.stage, job.scene), job.provider)
        }
        VideoEvent::ProviderCharged(charge) => format!(
            "{}: {} ({}) asks ${}.{:06}",
            part(charge.stage, charge.scene),
            charge.provider,
            charge.model,
            charge.cost.0 / 1_000_000,
            charge.cost.0 % 1_000_000
        ),
        VideoEvent::ProviderSwitched(switch) => format!(
            "{}: {}; asking {} instead",
            part(switch.stage, switch.scene),
            switch.failure.message,
            switch.to
        ),
        VideoEvent::SceneImageGenerated {
            scene, provider, ..
        } => format!(
            "Picture of scene {} drawn by {}",
            scene + 1,
            maker(provider)
        ),
        VideoEvent::StageCompleted(output) => completed(output),
        VideoEvent::StageFailed {
            stage,
            attempt,
            failure,
            retry_at,
        } => {
            let next = match retry_at {
                Some(at) => format!("next attempt at {}", at.format("%H:%M:%S UTC")),
                None => "no further attempt".to_owned(),
            };
            format!(
                "{} failed, attempt {attempt}: {}; {next}",
                stage.label(),
                failure.message
            )
        }
        VideoEvent::Ready {} => "Ready".to_owned(),
        VideoEvent::Failed { stage, failure } => {
            format!("Failed in {}: {}", lower(*stage), failure.message)
        }
        VideoEvent::Cancelled { stage } => format!("Cancelled during {}", lower(*stage)),
        VideoEvent::Retried { stage } => format!("Retried from {}", lower(*stage)),
        VideoEvent::Deleted {} => "Deleted".to_owned(),
    }
}

/// A stage, or one scene of it.
fn part(stage: Stage, scene: Option<u16>) -> String {
    match scene {
        Some(scene) => format!("{}, scene {}", stage.label(), scene + 1),
        None => stage.label().to_owned(),
    }
}

fn completed(output: &StageOutput) -> String {
    match output {
        StageOutput::Script(script) => format!(
            "Script written by {}: “{}”, {} words",
            maker(&script.provider),
            script.title,
            script.narration().split_whitespace().count()
        ),
        StageOutput::Speech(speech) => format!(
            "Spoken by {} in {:.1} s, {} words",
            maker(&speech.provider),
            f64::from(speech.duration_ms) / 1000.0,
            speech.words.len()
        ),
        StageOutput::Segmentation { scenes } => format!("Cut into {} scenes", scenes.len()),
        StageOutput::Images {} => "All pictures drawn".to_owned(),
        StageOutput::Assembly(film) => format!(
            "Film assembled: {:.1} s, {:.1} MB",
            f64::from(film.duration_ms) / 1000.0,
            film.asset.bytes as f64 / 1e6
        ),
        StageOutput::Upload(publication) => format!("Stored as {}", publication.video.key),
    }
}

fn maker(provider: &Provider) -> String {
    format!("{} ({})", provider.name, provider.model)
}

fn lower(stage: Stage) -> String {
    stage.label().to_lowercase()
}
