//! One node: its log, its faults, and who else is in the cluster.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::metadata::MetadataMap;

use crate::answer::not_leader;
use crate::faults::Faults;
use crate::log::{Expected, Log, Proposed, WrongVersion};

/// A node, as gossip tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub address: SocketAddr,
    pub is_leader: bool,
    pub is_alive: bool,
}

pub(crate) struct Node {
    log: Mutex<Log>,
    /// Changes after every append.
    pub(crate) appended: watch::Sender<()>,
    pub(crate) faults: Faults,
    members: Mutex<Vec<Member>>,
    /// The `authorization` of the last call that had one.
    authorization: Mutex<Option<String>>,
    /// Ends the connections there are now.
    connections: Mutex<CancellationToken>,
    /// Ends the listening.
    life: Mutex<CancellationToken>,
}

impl Node {
    pub(crate) fn new() -> Self {
        Self {
            log: Mutex::new(Log::new()),
            appended: watch::Sender::new(()),
            faults: Faults::none(),
            members: Mutex::default(),
            authorization: Mutex::default(),
            connections: Mutex::default(),
            life: Mutex::default(),
        }
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }

    pub(crate) fn append(
        &self,
        stream: &str,
        expected: Expected,
        events: Vec<Proposed>,
    ) -> Result<Option<(u64, u64)>, WrongVersion> {
        let appended = self.log().append(stream, expected, events);
        self.appended.send_replace(());
        appended
    }

    /// What every call goes through first.
    pub(crate) async fn admit(&self, metadata: &MetadataMap) -> Result<(), Status> {
        self.faults.until_awake().await;
        if let Some(said) = metadata.get("authorization").and_then(|a| a.to_str().ok()) {
            *lock(&self.authorization) = Some(said.to_owned());
        }
        let wants_leader = metadata
            .get("requires-leader")
            .is_some_and(|wanted| wanted == "true");
        match self.faults.leader_elsewhere() {
            Some(leader) if wants_leader => Err(not_leader(leader)),
            _ => Ok(()),
        }
    }

    pub(crate) fn authorization(&self) -> Option<String> {
        lock(&self.authorization).clone()
    }

    pub(crate) fn members(&self) -> Vec<Member> {
        lock(&self.members).clone()
    }

    pub(crate) fn set_members(&self, members: Vec<Member>) {
        *lock(&self.members) = members;
    }

    /// Cancelled when a connection that is made now is to be cut.
    pub(crate) fn cut(&self) -> CancellationToken {
        lock(&self.connections).clone()
    }

    pub(crate) fn cut_connections(&self) {
        std::mem::take(&mut *lock(&self.connections)).cancel();
    }

    /// What ends when the node goes down next.
    pub(crate) fn start_life(&self) -> CancellationToken {
        let life = CancellationToken::new();
        *lock(&self.life) = life.clone();
        *lock(&self.connections) = CancellationToken::new();
        life
    }

    /// Listens no more, and cuts every connection.
    pub(crate) fn go_down(&self) {
        lock(&self.life).cancel();
        // One that is accepted at the last moment is cut as well.
        lock(&self.connections).cancel();
        self.log().forget_recent();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
