//! `narrate admin`: what only who runs the server may do.

mod verify_erased;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use commands::{RandomIds, SystemClock};
use domain::IdSource;
use indicatif::ProgressBar;
use projections::Watermarks;
use vault::{MasterKeys, SystemEntropy};

use crate::cli::{AdminArgs, AdminCommand};
use crate::config::Config;
use crate::server::people::{Base, People};
use crate::server::{Ground, open, reach};

pub async fn run(config: &Config, args: AdminArgs) -> anyhow::Result<ExitCode> {
    let ground = reach(config).await?;
    let done = carry_out(config, &ground, args.command).await;
    ground.stop().await;
    done
}

async fn carry_out(
    config: &Config,
    ground: &Ground,
    command: AdminCommand,
) -> anyhow::Result<ExitCode> {
    let data = config.data_folder();
    let (log, media) = open(config, &data, &ground.pool, &mut |_: &str| {}).await?;
    let base = Base {
        config,
        pool: ground.pool.clone(),
        store: log.store(),
        watermarks: Watermarks::new(ground.pool.clone()),
        media,
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
    };
    let people = base.open(None).await?;
    let done = match command {
        AdminCommand::PromoteOwner => promote_owner(config, &people).await,
        AdminCommand::RotateMasterKey => rotate_master_key(config, &people).await,
        AdminCommand::RotateSigningKey => rotate_signing_key(&people).await,
        AdminCommand::VerifyErased(args) => verify_erased::run(&base, &people, ground, &args).await,
    };
    log.shutdown().await;
    done
}

async fn promote_owner(config: &Config, people: &People) -> anyhow::Result<ExitCode> {
    let Some(email) = config.people.owner_email()? else {
        bail!("OWNER_EMAIL is not set; give it, or --owner ada@example.com");
    };
    let promoted = people
        .accounts
        .promote_owner(&email, RandomIds.fresh())
        .await;
    promoted.context(
        "the account of OWNER_EMAIL cannot be made the owner; sign up with that address first",
    )?;
    println!("the account of OWNER_EMAIL is the owner now");
    Ok(ExitCode::SUCCESS)
}

/// With a key file, the first run adds a key and the second wraps: programs that
/// run already must learn of the new key in between.
async fn rotate_master_key(config: &Config, people: &People) -> anyhow::Result<ExitCode> {
    let in_use = people.vault.master_keys_in_use().await?;
    let is_settled = in_use
        .iter()
        .all(|id| id == people.vault.current_master_key());
    if is_settled && config.people.master_key().is_none() {
        let file = config.data_folder().master_key();
        MasterKeys::add_to_file(&file, &SystemEntropy)?;
        println!(
            "a new key stands first in {}; start every program that runs on it anew, then run \
             this again",
            file.display()
        );
        return Ok(ExitCode::SUCCESS);
    }
    if is_settled {
        bail!("MASTER_KEY has no newer key; write one in front of it, with a comma between");
    }
    let bar = ProgressBar::new(0);
    let rotated = people
        .vault
        .rotate(|done, total| {
            bar.set_length(total);
            bar.set_position(done);
        })
        .await?;
    bar.finish_and_clear();
    println!(
        "{} keys are wrapped by the new master key now",
        rotated.rewrapped
    );
    let in_use = people.vault.master_keys_in_use().await?;
    if rotated.unreadable == 0 && in_use.len() <= 1 {
        println!(
            "the older master keys wrap nothing any more: take them out of the file or setting"
        );
        return Ok(ExitCode::SUCCESS);
    }
    bail!(
        "{} keys could not be unwrapped; keep the older master keys, and run this again",
        rotated.unreadable
    );
}

async fn rotate_signing_key(people: &People) -> anyhow::Result<ExitCode> {
    people.accounts.rotate_signing_key().await?;
    println!("access tokens are signed with a new key; nobody is signed out");
    Ok(ExitCode::SUCCESS)
}
