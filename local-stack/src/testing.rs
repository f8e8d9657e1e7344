//! Servers for the tests of every crate: those that `with-test-servers` named in
//! the environment, or else a private stack of this process.

use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use secrecy::ExposeSecret;
use tempfile::TempDir;
use tokio::sync::{OnceCell, oneshot};

use crate::{Durability, LocalStack, LocalStackConfig, StackError};

pub const DATABASE_URL: &str = "NARRATE_TEST_DATABASE_URL";
pub const NATS_URL: &str = "NARRATE_TEST_NATS_URL";

const PREFIX: &str = "narrate-test-";
/// No test run takes this long.
const STALE: Duration = Duration::from_secs(2 * 60 * 60);

/// Where to reach a Postgres and a NATS that hold nothing of value. Tests share
/// them: each makes a database and streams of its own.
#[derive(Debug, Clone)]
pub struct TestServers {
    pub database_url: String,
    pub nats_url: String,
}

impl TestServers {
    /// The servers of this process, started at the first call.
    ///
    /// # Panics
    /// When they cannot be started; the message says why.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<TestServers> = OnceCell::const_new();
        SHARED
            .get_or_init(|| async {
                if let (Ok(database_url), Ok(nats_url)) =
                    (env::var(DATABASE_URL), env::var(NATS_URL))
                {
                    return Self {
                        database_url,
                        nats_url,
                    };
                }
                start_for_this_process()
                    .await
                    .unwrap_or_else(|error| panic!("no servers for the tests: {error}"))
            })
            .await
    }
}

/// A folder that removes itself, and that Postgres may enter when root runs the
/// tests.
///
/// # Errors
/// What the system said about creating it.
pub fn data_dir() -> io::Result<TempDir> {
    let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
    Ok(folder)
}

/// Starts a stack without durability in `folder`.
///
/// # Errors
/// As [`LocalStack::start`].
pub async fn start_in(folder: &Path) -> Result<LocalStack, StackError> {
    let config = LocalStackConfig {
        durability: Durability::None,
        ..LocalStackConfig::new(folder)
    };
    LocalStack::start(config, |_| {}).await
}

/// The stack lives on a thread of its own, since each test's runtime ends with
/// the test. Its processes end with this one; its folder is removed by a later
/// run, as nothing runs at the end of a test process.
async fn start_for_this_process() -> Result<TestServers, StackError> {
    remove_stale_folders();
    let (reply, started) = oneshot::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime needs only memory and a few files");
        runtime.block_on(async {
            let folder = data_dir()
                .expect("the temporary folder can be written")
                .keep();
            match start_in(&folder).await {
                Ok(stack) => {
                    let _ = reply.send(Ok(servers(&stack)));
                    std::future::pending::<()>().await;
                }
                Err(error) => {
                    let _ = reply.send(Err(error));
                }
            }
        });
    });
    started.await.expect("the thread answers before it ends")
}

fn servers(stack: &LocalStack) -> TestServers {
    TestServers {
        database_url: stack.database_url().expose_secret().to_owned(),
        nats_url: stack.nats_url().expose_secret().to_owned(),
    }
}

fn remove_stale_folders() {
    let Ok(entries) = env::temp_dir().read_dir() else {
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        let named = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let age = entry
            .metadata()
            .and_then(|meta| meta.modified())
            .ok()
            .and_then(|modified| modified.elapsed().ok());
        if named && age.is_some_and(|age| age > STALE) {
            // Somebody else's, or already going: not ours to insist.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
