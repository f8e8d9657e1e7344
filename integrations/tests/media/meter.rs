//! Counts what is sent to a server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Stands before a server, and passes on what comes.
pub(crate) struct Meter {
    pub(crate) address: SocketAddr,
    sent_bytes: Arc<AtomicU64>,
}

impl Meter {
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let sent_bytes = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&sent_bytes);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass_on(client, server, Arc::clone(&counted)));
            }
        });
        Self {
            address,
            sent_bytes,
        }
    }

    pub(crate) fn sent_bytes(&self) -> u64 {
        self.sent_bytes.load(Ordering::SeqCst)
    }
}

async fn pass_on(client: TcpStream, server: SocketAddr, counted: Arc<AtomicU64>) {
    let server = TcpStream::connect(server).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let mut piece = vec![0; 64 * 1024];
    while let Ok(bytes @ 1..) = from_client.read(&mut piece).await {
        counted.fetch_add(bytes as u64, Ordering::SeqCst);
        if to_server.write_all(&piece[..bytes]).await.is_err() {
            break;
        }
    }
}
