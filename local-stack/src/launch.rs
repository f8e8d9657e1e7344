//! Starts child processes that end with the host, whatever ends it.
//!
//! The kernel's parent-death signal fires when the *thread* that forked ends, so
//! one thread that lives as long as the process does all the forking. Other
//! systems than Linux have no such signal: there [`crate::leftover`] ends at the
//! next start what a killed host left behind.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::mpsc::{self, Sender};
use std::thread;

use nix::sys::signal::Signal;
use nix::unistd::{Pid, getppid};
use tokio::process::Child;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::account::Account;

struct Order {
    command: Command,
    runtime: Handle,
    reply: oneshot::Sender<io::Result<Child>>,
}

/// Starts `command` as `account` (or as this process's user), in a process group
/// of its own so that ctrl-c on the terminal reaches the host alone, with
/// `on_death` sent to it when the host dies. It sees only the few environment
/// variables that programs need: keys and tokens are none of its business.
///
/// # Errors
/// What the system said about forking, changing user or executing.
pub(crate) async fn launch(
    mut command: Command,
    account: Option<&Account>,
    on_death: Signal,
) -> io::Result<Child> {
    command.process_group(0).env_clear();
    for name in ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    if let Some(account) = account {
        command
            .uid(account.uid.as_raw())
            .gid(account.gid.as_raw())
            .env("HOME", "/");
    }
    die_with_host(&mut command, on_death);

    let (reply, launched) = oneshot::channel();
    let order = Order {
        command,
        runtime: Handle::current(),
        reply,
    };
    let gone = |_| io::Error::other("the launching thread is gone");
    launcher().send(order).map_err(|_| gone(()))?;
    launched.await.map_err(|_| gone(()))?
}

fn launcher() -> &'static Sender<Order> {
    static LAUNCHER: OnceLock<Sender<Order>> = OnceLock::new();
    LAUNCHER.get_or_init(|| {
        let (sender, orders) = mpsc::channel::<Order>();
        thread::spawn(move || {
            for order in orders {
                let _inside = order.runtime.enter();
                let child = tokio::process::Command::from(order.command).spawn();
                if let Err(Ok(mut unwanted)) = order.reply.send(child) {
                    // Who asked has gone; nothing was done in it yet.
                    let _ = unwanted.start_kill();
                }
            }
        });
        sender
    })
}

fn die_with_host(command: &mut Command, signal: Signal) {
    let host = Pid::this();
    // SAFETY: between fork and exec only two plain system calls are made, both
    // safe there. They run after the change of user, which would clear the signal.
    unsafe {
        command.pre_exec(move || {
            #[cfg(target_os = "linux")]
            nix::sys::prctl::set_pdeathsig(signal)?;
            #[cfg(not(target_os = "linux"))]
            let _ = signal;
            // The host may have died before the signal was asked for.
            if getppid() != host {
                return Err(io::Error::from(io::ErrorKind::BrokenPipe));
            }
            Ok(())
        });
    }
}
