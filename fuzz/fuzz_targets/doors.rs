//! From where a request comes, and by which name and page: nothing that a
//! stranger writes makes them somebody on this machine, or another client.
//!
//! Lines: the peer, the proxies that are trusted, the target, headers.

#![no_main]

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderValue, header};
use fuzz::{first_line, headers};
use graphql::HttpArgs;
use graphql::fuzzing::{client, is_here, is_let_in, is_local_name};
use ipnet::IpNet;
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

const PUBLIC: &str = "https://studio.example";
const FORWARDED_FOR: &str = "x-forwarded-for";

fuzz_target!(|text: &str| {
    let (peer, text) = first_line(text);
    let (trusted, text) = first_line(text);
    let (target, lines) = first_line(text);
    let Ok(peer) = peer.parse::<IpAddr>() else {
        return;
    };
    let trusted: Vec<IpNet> = trusted
        .split(' ')
        .filter_map(|it| it.parse().ok())
        .collect();
    let Ok(mut request) = Request::builder().uri(target).body(Body::empty()) else {
        return;
    };
    *request.headers_mut() = headers(lines);
    request
        .extensions_mut()
        .insert(ConnectInfo(SocketAddr::new(peer, 1)));
    names_and_pages(&request);
    addresses(request, peer, &trusted);
});

fn names_and_pages(request: &Request) {
    let host = request.headers().get(header::HOST).map(HeaderValue::to_str);
    let Some(Ok(host)) = host else {
        return;
    };
    let addressed = Url::parse(&format!("http://{host}/"));
    let origin = request.headers().get(header::ORIGIN);
    if let Ok(addressed) = &addressed {
        assert!(!is_local_name(request) || is_local(addressed), "{host}");
    }
    if is_let_in(&HttpArgs::default(), request) {
        assert!(is_local_name(request), "{host}");
        assert!(origin.and_then(url_of).is_none_or(|page| is_local(&page)));
    }
    let public = HttpArgs {
        public_url: Some(PUBLIC.parse().expect("is an address")),
        ..HttpArgs::default()
    };
    if is_let_in(&public, request)
        && let Ok(addressed) = addressed
        && !is_local(&addressed)
    {
        assert_eq!(addressed.host_str(), Some("studio.example"));
        assert!(origin.is_none_or(|page| page == PUBLIC), "{origin:?}");
    }
}

fn url_of(origin: &HeaderValue) -> Option<Url> {
    Url::parse(origin.to_str().ok()?).ok()
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn addresses(request: Request, peer: IpAddr, trusted: &[IpNet]) {
    let (mut parts, _) = request.into_parts();
    let trusts = |address: IpAddr| trusted.iter().any(|it| it.contains(&address));
    let found = client(trusted.to_vec(), &parts);
    assert!(found.agent.chars().count() <= 200 && !found.agent.contains(char::is_control));
    if trusts(peer.to_canonical()) {
        assert!(found.address == peer.to_canonical() || is_named(&parts.headers, found.address));
    } else {
        assert_eq!(found.address, peer.to_canonical());
    }
    if is_here(&parts) {
        assert!(peer.to_canonical().is_loopback());
        assert!(!parts.headers.contains_key(FORWARDED_FOR));
    }
    // What a client writes in front of what proxies add.
    if !trusts(found.address) {
        let mut lines = vec![HeaderValue::from_static("203.0.113.7, 127.0.0.1")];
        lines.extend(parts.headers.get_all(FORWARDED_FOR).iter().cloned());
        parts.headers.remove(FORWARDED_FOR);
        for line in lines {
            parts.headers.append(FORWARDED_FOR, line);
        }
        assert_eq!(client(trusted.to_vec(), &parts).address, found.address);
    }
}

fn is_named(headers: &HeaderMap, address: IpAddr) -> bool {
    let lines = headers.get_all(FORWARDED_FOR).into_iter();
    let mut hops = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','));
    hops.any(|hop| {
        hop.trim()
            .parse()
            .is_ok_and(|hop: IpAddr| hop.to_canonical() == address)
    })
}
