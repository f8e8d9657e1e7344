//! `oidc-provider`, a certified one, in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use integrations::testing::tool;

use crate::support::HOME;

/// Killed when dropped; ends by itself, too, when this process does.
pub(crate) struct RealProvider {
    process: Child,
    issuer: String,
}

impl RealProvider {
    pub(crate) fn start() -> Self {
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/identity/provider/server.mjs");
        let mut process = Command::new(tool("oidc-provider/node"))
            .arg(script)
            .arg(tool("oidc-provider"))
            .arg(HOME)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut issuer = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut issuer)
            .unwrap();
        Self {
            process,
            issuer: issuer.trim_end().to_owned(),
        }
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for RealProvider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
