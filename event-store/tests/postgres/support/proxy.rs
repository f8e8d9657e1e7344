//! A wire to Postgres that can be cut at a chosen moment.

use std::sync::Arc;
use std::sync::Mutex;

use event_store::postgres::APPEND_LOCK;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Whole,
    /// The next append never reaches the server.
    CutBeforeCommit,
    /// The next append is done, and nobody hears of it.
    CutAfterCommit,
    /// Every connection ends at its first word.
    Down,
}

/// What the wire is now, and what it becomes once it has been cut.
#[derive(Debug, Clone, Copy)]
struct Plan {
    now: Wire,
    then: Wire,
}

pub(crate) struct Proxy {
    plan: Arc<Mutex<Plan>>,
    url: String,
}

trait Both: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Both for T {}

impl Proxy {
    /// In front of the server of `database_url`.
    pub(crate) async fn start(database_url: &str) -> Self {
        let server: PgConnectOptions = database_url.parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(port)
            .username(server.get_username())
            .database(server.get_database().unwrap())
            .ssl_mode(sqlx::postgres::PgSslMode::Disable)
            .to_url_lossy()
            .to_string();
        let plan = Arc::new(Mutex::new(Plan {
            now: Wire::Whole,
            then: Wire::Whole,
        }));
        let shared = Arc::clone(&plan);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let upstream = reach(&server).await;
                tokio::spawn(carry(client, upstream, Arc::clone(&shared)));
            }
        });
        Self { plan, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn set(&self, now: Wire, then: Wire) {
        *self.plan.lock().unwrap() = Plan { now, then };
    }
}

async fn reach(server: &PgConnectOptions) -> Box<dyn Both> {
    let (host, port) = (server.get_host(), server.get_port());
    match server.get_socket() {
        Some(folder) => {
            let path = folder.join(format!(".s.PGSQL.{port}"));
            Box::new(UnixStream::connect(path).await.unwrap())
        }
        None => Box::new(TcpStream::connect((host, port)).await.unwrap()),
    }
}

/// Carries bytes both ways until either side ends or the wire is cut.
async fn carry(mut client: TcpStream, mut server: Box<dyn Both>, plan: Arc<Mutex<Plan>>) {
    let (mut from_client, mut from_server) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = client.read(&mut from_client) => {
                let Ok(count @ 1..) = read else { return };
                let said = &from_client[..count];
                match cut(said, &plan) {
                    Wire::Whole => if server.write_all(said).await.is_err() { return },
                    Wire::CutBeforeCommit | Wire::Down => return,
                    Wire::CutAfterCommit => {
                        server.write_all(said).await.unwrap();
                        // The server answers once it has committed.
                        let _ = server.read(&mut from_server).await;
                        return;
                    }
                }
            }
            read = server.read(&mut from_server) => {
                let Ok(count @ 1..) = read else { return };
                if client.write_all(&from_server[..count]).await.is_err() { return }
            }
        }
    }
}

fn cut(said: &[u8], plan: &Mutex<Plan>) -> Wire {
    let mut plan = plan.lock().unwrap();
    // Nobody else sends the key of the log's lock.
    let key = APPEND_LOCK.to_be_bytes();
    let commits = said.windows(key.len()).any(|bytes| bytes == key);
    match plan.now {
        Wire::Whole | Wire::Down => plan.now,
        cut if commits => {
            plan.now = plan.then;
            cut
        }
        _ => Wire::Whole,
    }
}
