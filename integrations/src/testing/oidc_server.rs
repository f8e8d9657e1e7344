use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{FAKE_CLIENT, tool};

/// Of the one client that an [`OidcServer`] knows, [`FAKE_CLIENT`].
pub const OIDC_SECRET: &str = "a secret & of its own";

/// `oidc-provider`, a certified one, in a process of its own. It signs in
/// whoever asks, under any login: `ada` is ada@example.com, which it has
/// verified; only the address of `stranger` it has not.
///
/// Killed when dropped; ends by itself, too, when this process does.
pub struct OidcServer {
    process: Child,
    issuer: String,
}

impl OidcServer {
    /// Leads back to `redirect` alone.
    ///
    /// # Panics
    /// Without what `scripts/setup test` installs.
    pub fn start(redirect: &str) -> Self {
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/identity/provider/server.mjs");
        let mut process = Command::new(tool("oidc-provider/node"))
            .arg(script)
            .arg(tool("oidc-provider"))
            .args([redirect, FAKE_CLIENT, OIDC_SECRET])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let output = process.stdout.take().expect("its output is a pipe");
        let mut issuer = String::new();
        BufReader::new(output)
            .read_line(&mut issuer)
            .expect("it says where it is");
        Self {
            process,
            issuer: issuer.trim_end().to_owned(),
        }
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    pub fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for OidcServer {
    fn drop(&mut self) {
        self.kill();
    }
}
