//! The handle that a test holds.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;

use crate::faults::{Lost, LostReply};
use crate::listening::Reserved;
use crate::log::{Expected, Proposed};
use crate::node::{Member, Node};

/// A node of KurrentDB, as far as its clients can tell. It goes when this is
/// dropped, and its log with it.
///
/// The numbers B1 to B10 are those of `event-store/src/kurrentdb.rs`, which says
/// what the official client makes of each fault.
pub struct Double {
    node: Arc<Node>,
    reserved: Reserved,
    address: SocketAddr,
}

impl Double {
    /// Up, on a free port of this machine.
    pub async fn start() -> io::Result<Self> {
        Self::start_on((Ipv4Addr::LOCALHOST, 0).into()).await
    }

    pub async fn start_on(address: SocketAddr) -> io::Result<Self> {
        let double = Self::reserve(address)?;
        double.up()?;
        Ok(double)
    }

    /// B1: not up yet. Its address is kept and refuses connections.
    pub async fn start_down() -> io::Result<Self> {
        Self::reserve((Ipv4Addr::LOCALHOST, 0).into())
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client connects with.
    pub fn url(&self) -> String {
        format!("kurrentdb://{}?tls=false", self.address)
    }

    /// Starts to listen. Call when it is down.
    pub fn up(&self) -> io::Result<()> {
        self.reserved.listen(&self.node)
    }

    /// B1 to B3: connections are cut and refused; what is in the log stays.
    pub fn go_down(&self) {
        self.node.go_down();
    }

    /// B2, B3: connections are cut, and the node is up again at once.
    pub fn restart(&self) -> io::Result<()> {
        self.go_down();
        self.up()
    }

    /// B4: what gossip says of the cluster. A client asks when it was given
    /// several addresses.
    pub fn set_members(&self, members: Vec<Member>) {
        self.node.set_members(members);
    }

    /// B5: subscriptions that run end with the status OK.
    pub fn end_subscriptions(&self) {
        self.node.faults.end_subscriptions();
    }

    /// The next read ends with the status OK in the middle of its events.
    pub fn cut_next_read_short(&self) {
        self.node.faults.cut_next_read_short();
    }

    /// B7: the `authorization` of the last call that had one.
    pub fn authorization(&self) -> Option<String> {
        self.node.authorization()
    }

    /// B8: calls that want the leader are sent to `leader`.
    pub fn set_leader_elsewhere(&self, leader: Option<SocketAddr>) {
        self.node.faults.set_leader_elsewhere(leader);
    }

    /// B9: calls are not answered; connections are accepted and never spoken
    /// to.
    pub fn hang(&self) {
        self.node.faults.hang(true);
    }

    /// Ends [`Double::hang`]: what was held up goes on.
    pub fn wake(&self) {
        self.node.faults.hang(false);
    }

    /// B10: events of an append, with their metadata, together.
    pub fn set_max_append_bytes(&self, bytes: usize) {
        self.node.faults.set_max_append_bytes(bytes);
    }

    /// The next append is not answered: its connection is cut.
    pub fn lose_next_reply(&self, when: Lost) {
        let then_down = false;
        self.node
            .faults
            .lose_next_reply(LostReply { when, then_down });
    }

    /// As [`Double::lose_next_reply`], and the node is down from then on.
    pub fn lose_next_reply_and_go_down(&self, when: Lost) {
        let then_down = true;
        self.node
            .faults
            .lose_next_reply(LostReply { when, then_down });
    }

    /// An event that another program, or the server itself, writes.
    pub fn write(&self, stream: &str, type_name: &str, data: &str) {
        let event = Proposed {
            id: Uuid::nil(),
            type_name: type_name.to_owned(),
            content_type: "application/json".to_owned(),
            data: Bytes::copy_from_slice(data.as_bytes()),
            metadata: Bytes::new(),
        };
        let next = self.node.log().last_revision(stream);
        let at = next.map_or(Expected::NoStream, |last| {
            Expected::Revision(last.cast_signed())
        });
        self.node
            .append(stream, at, vec![event])
            .expect("nobody else writes here");
    }

    fn reserve(address: SocketAddr) -> io::Result<Self> {
        let reserved = Reserved::try_new(address)?;
        Ok(Self {
            node: Arc::new(Node::new()),
            address: reserved.address()?,
            reserved,
        })
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.node.go_down();
    }
}
