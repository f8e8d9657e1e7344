//! `narrate doctor`: what this machine has, and how to mend what it lacks.

mod checks;

use std::process::ExitCode;

use console::style;

use crate::config::Config;

/// One thing that was looked at.
pub struct Finding {
    what: &'static str,
    health: Health,
    says: String,
}

pub enum Health {
    Good,
    /// Works, but something is missing that some would want.
    Fair {
        remedy: String,
    },
    /// The program cannot do its work.
    Bad {
        remedy: String,
    },
}

impl Finding {
    fn good(what: &'static str, says: impl Into<String>) -> Self {
        Self {
            what,
            health: Health::Good,
            says: says.into(),
        }
    }

    fn fair(what: &'static str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what,
            health: Health::Fair {
                remedy: remedy.into(),
            },
            says: says.into(),
        }
    }

    fn bad(what: &'static str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what,
            health: Health::Bad {
                remedy: remedy.into(),
            },
            says: says.into(),
        }
    }
}

pub async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let findings = checks::all(config).await;
    let mut broken = 0;
    for Finding { what, health, says } in &findings {
        let (mark, remedy) = match health {
            Health::Good => (style("ok  ").green(), None),
            Health::Fair { remedy } => (style("note").yellow(), Some(remedy)),
            Health::Bad { remedy } => {
                broken += 1;
                (style("FAIL").red().bold(), Some(remedy))
            }
        };
        println!("{mark} {what:<13} {says}");
        if let Some(remedy) = remedy {
            println!("     {:<13} {} {remedy}", "", style("→").bold());
        }
    }
    if broken > 0 {
        println!("\n{broken} of {} checks failed", findings.len());
        return Ok(ExitCode::FAILURE);
    }
    println!("\neverything needed is here; try: narrate make \"Why octopuses have three hearts\"");
    Ok(ExitCode::SUCCESS)
}
