//! Accepting connections, until the node goes down.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use futures::Stream;
use futures::stream::unfold;
use tokio::net::{TcpListener, TcpSocket};
use tonic::transport::Server;

use crate::node::Node;
use crate::protocol::gossip::gossip_server::GossipServer;
use crate::protocol::server_features::server_features_server::ServerFeaturesServer;
use crate::protocol::streams::streams_server::StreamsServer;
use crate::service::Service;
use crate::wire::Wire;

const MAX_MESSAGE_BYTES: usize = 32 * 1024 * 1024;
const BACKLOG: u32 = 128;

/// Keeps an address while nobody listens on it: connections are refused.
pub(crate) struct Reserved {
    socket: TcpSocket,
}

impl Reserved {
    pub(crate) fn try_new(address: SocketAddr) -> io::Result<Self> {
        Ok(Self {
            socket: shared(address)?,
        })
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves `node` here until it goes down.
    pub(crate) fn listen(&self, node: &Arc<Node>) -> io::Result<()> {
        let listener = shared(self.address()?)?.listen(BACKLOG)?;
        let service = Service::new(Arc::clone(node));
        let streams = StreamsServer::new(service.clone())
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        let serving = Server::builder()
            .add_service(streams)
            .add_service(ServerFeaturesServer::new(service.clone()))
            .add_service(GossipServer::new(service))
            .serve_with_incoming(connections(listener, Arc::clone(node)));
        tokio::spawn(node.start_life().run_until_cancelled_owned(serving));
        Ok(())
    }
}

fn shared(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// While the node hangs, connections are accepted and never spoken to.
fn connections(listener: TcpListener, node: Arc<Node>) -> impl Stream<Item = io::Result<Wire>> {
    unfold((listener, node), |(listener, node)| async {
        let accepted = listener.accept().await;
        node.faults.until_awake().await;
        let wire = accepted.and_then(|(stream, _)| {
            stream.set_nodelay(true)?;
            Ok(Wire::new(stream, node.cut()))
        });
        Some((wire, (listener, node)))
    })
}
