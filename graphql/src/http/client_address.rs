//! From where a request comes, when proxies may stand in between.

use std::net::{IpAddr, SocketAddr};

use accounts::Client;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, header, request::Parts};
use ipnet::IpNet;

static FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Headers that proxies add: a request with one of them has come from elsewhere.
const FORWARDING: [&str; 4] = [
    "x-forwarded-for",
    "x-forwarded-host",
    "x-real-ip",
    "forwarded",
];

/// The proxies whose word is taken for whom they forward.
#[derive(Debug, Clone, Default)]
pub(super) struct Proxies(Vec<IpNet>);

impl Proxies {
    pub(super) fn new(trusted: Vec<IpNet>) -> Self {
        Self(trusted)
    }

    pub(super) fn client(&self, parts: &Parts) -> Client {
        let peer = peer(parts).unwrap_or(IpAddr::from([0, 0, 0, 0]));
        let agent = parts.headers.get(header::USER_AGENT);
        let agent = agent.and_then(|agent| agent.to_str().ok()).unwrap_or("");
        Client::new(self.beyond(peer, &parts.headers), agent)
    }

    /// Each proxy adds whom it heard from at the end, so the list is read from
    /// there, for as long as who says it is trusted: what lies before that is
    /// whatever the client wrote.
    fn beyond(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let lines = headers.get_all(&FORWARDED_FOR).iter();
        let hops: Vec<&str> = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .collect();
        let mut at = peer.to_canonical();
        for hop in hops.iter().rev() {
            if !self.trusts(at) {
                break;
            }
            match hop.trim().parse::<IpAddr>() {
                Ok(next) => at = next.to_canonical(),
                Err(_) => break,
            }
        }
        at
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Whoever sends this is on this machine, and nobody stands in between.
pub(super) fn is_here(parts: &Parts) -> bool {
    let is_forwarded = FORWARDING
        .iter()
        .any(|name| parts.headers.contains_key(*name));
    peer(parts).is_some_and(|peer| peer.to_canonical().is_loopback()) && !is_forwarded
}

fn peer(parts: &Parts) -> Option<IpAddr> {
    let ConnectInfo(address) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(address.ip())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn beyond(trusted: &[&str], peer: &str, forwarded: &'static str) -> String {
        let trusted = trusted.iter().map(|network| network.parse().unwrap());
        let mut headers = HeaderMap::new();
        headers.insert(&FORWARDED_FOR, HeaderValue::from_static(forwarded));
        let proxies = Proxies::new(trusted.collect());
        proxies.beyond(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn nobodys_word_is_taken_who_is_not_trusted() {
        assert_eq!(beyond(&[], "192.0.2.9", "10.0.0.1"), "192.0.2.9");
        assert_eq!(
            beyond(&["10.0.0.0/8"], "192.0.2.9", "10.0.0.1"),
            "192.0.2.9"
        );
    }

    #[test]
    fn a_trusted_proxy_says_whom_it_heard() {
        assert_eq!(
            beyond(&["10.0.0.0/8"], "10.0.0.1", "192.0.2.9"),
            "192.0.2.9"
        );
        assert_eq!(
            beyond(&["10.0.0.0/8"], "10.0.0.1", "192.0.2.9, 10.0.0.7"),
            "192.0.2.9"
        );
    }

    #[test]
    fn what_the_client_wrote_in_front_is_not_believed() {
        assert_eq!(
            beyond(&["10.0.0.0/8"], "10.0.0.1", "127.0.0.1, 192.0.2.9"),
            "192.0.2.9"
        );
        assert_eq!(
            beyond(&["10.0.0.0/8"], "10.0.0.1", "192.0.2.9, nonsense"),
            "10.0.0.1"
        );
    }
}
