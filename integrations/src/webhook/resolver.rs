//! Names to addresses, and only to those that may be reached: the connection is
//! made to what was judged, not to what the name stands for a moment later.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::Reach;

/// Asks what a name stands for.
#[async_trait]
pub trait Lookup: Send + Sync {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// As the machine has it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// None of the addresses may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name leads to no address that may be reached")]
pub(super) struct Forbidden;

pub(super) struct GuardedResolver {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) reach: Reach,
    pub(super) has_tls: bool,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, reach, has_tls) = (Arc::clone(&self.lookup), self.reach.clone(), self.has_tls);
        Box::pin(async move {
            let found = lookup.lookup(name.as_str()).await?;
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            let may_be_reached: Vec<_> = found
                .into_iter()
                .filter(|address| reach.allows(*address, has_tls))
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            if may_be_reached.is_empty() {
                return Err(Forbidden.into());
            }
            let addresses: Addrs = Box::new(may_be_reached.into_iter());
            Ok(addresses)
        })
    }
}
