//! `narrate resume`: what was begun and not delivered, to its end.

use std::process::ExitCode;

use anyhow::bail;

use crate::cli::ResumeArgs;
use crate::config::Config;
use crate::make::{self, Music, Order};
use crate::tracker::Tracker;
use crate::{logging, pending, stop};

pub async fn run(config: &Config, args: &ResumeArgs) -> anyhow::Result<ExitCode> {
    let data = config.data_folder();
    let mut wanted = pending::all(&data);
    if let Some(id) = args.id {
        wanted.retain(|pending| pending.id == id);
        if wanted.is_empty() {
            bail!("nothing by the id {id} is unfinished; `narrate resume` takes up all that is");
        }
    }
    if wanted.is_empty() {
        println!("nothing is unfinished in {}", data.root().display());
        return Ok(ExitCode::SUCCESS);
    }
    for pending in &wanted {
        make::usable_out(&pending.out)?;
    }
    logging::to_file(config);
    let orders = wanted.into_iter().map(|pending| Order {
        pending,
        music: Music::Known,
        retry: true,
    });
    let stop = stop::on_signals()?;
    make::deliver_all(config, orders.collect(), &stop, &Tracker::new()).await
}
