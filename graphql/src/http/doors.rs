//! By which names, and from which web pages, the API may be asked.
//!
//! A web page that somebody visits can send requests to their own machine. It
//! is told apart by what browsers add and pages cannot change: the `Origin` of
//! the page, and a `Host` that is not ours when a name was made to point here.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use url::Url;

use super::answer::problem;
use super::config::HttpArgs;
use super::origin::Origins;

pub(super) struct Doors {
    hosts: Vec<String>,
    public: Option<Url>,
    origins: Origins,
}

impl Doors {
    pub(super) fn new(args: &HttpArgs) -> Self {
        Self {
            hosts: args.allowed_hosts.clone(),
            public: args.public_url.clone(),
            origins: args.origins(),
        }
    }

    pub(super) fn refuse(&self, request: &Request) -> Option<Response> {
        let Some(authority) = authority(request) else {
            let message = "the request names no host";
            return Some(problem(StatusCode::BAD_REQUEST, "FORBIDDEN_HOST", message));
        };
        let host = host(&authority);
        let is_public = self.is_public(host);
        let listed = || self.hosts.iter().any(|it| it.eq_ignore_ascii_case(host));
        if !is_loopback(host) && !is_public && !listed() {
            let message = format!(
                "{host:?} is not a name of this server; use 127.0.0.1 or localhost, or start it \
                 with --allowed-hosts {host}"
            );
            return Some(problem(StatusCode::FORBIDDEN, "FORBIDDEN_HOST", &message));
        }
        let origin = request.headers().get(header::ORIGIN)?;
        // Of the public host, the page without TLS is another, and may be anyone's.
        let is_own = is_loopback(host) || !is_public;
        if is_own && is_served_by(origin, &authority) || self.origins.contains(origin) {
            return None;
        }
        let message = "web pages of other origins may not use this server; start it with \
                       --allowed-origins and theirs if they should";
        Some(problem(StatusCode::FORBIDDEN, "FORBIDDEN_ORIGIN", message))
    }

    fn is_public(&self, name: &str) -> bool {
        let public = self.public.as_ref().and_then(Url::host_str);
        public.is_some_and(|public| host(public).eq_ignore_ascii_case(name))
    }
}

/// The request is addressed to this machine by one of its own names.
pub(super) fn is_local_name(request: &Request) -> bool {
    authority(request).is_some_and(|it| is_loopback(host(&it)))
}

/// `host[:port]` as the client wrote it.
fn authority(request: &Request) -> Option<String> {
    match request.headers().get(header::HOST) {
        Some(host) => host.to_str().ok().map(str::to_owned),
        None => request.uri().authority().map(ToString::to_string),
    }
}

fn host(authority: &str) -> &str {
    let name = match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => authority,
    };
    name.trim_start_matches('[').trim_end_matches(']')
}

pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Whether the page was served by whom it asks. Pages of applications have
/// schemes of their own, and names such as localhost.
fn is_served_by(origin: &HeaderValue, authority: &str) -> bool {
    let origin = origin.to_str().ok();
    let origin = origin.and_then(|origin| origin.split_once("://"));
    origin.is_some_and(|(scheme, asking)| {
        matches!(scheme, "http" | "https") && asking.eq_ignore_ascii_case(authority)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machines_own_names_are_loopback() {
        for authority in [
            "localhost",
            "LOCALHOST:80",
            "127.0.0.1:8080",
            "[::1]:9",
            "127.9.9.9",
        ] {
            assert!(is_loopback(host(authority)), "{authority}");
        }
        for authority in [
            "localhost.evil.example:80",
            "10.0.0.1",
            "127.0.0.1.nip.io",
            "",
        ] {
            assert!(!is_loopback(host(authority)), "{authority}");
        }
    }

    #[test]
    fn another_port_of_the_same_machine_is_another_origin() {
        let own = |origin: &'static str| {
            is_served_by(&HeaderValue::from_static(origin), "localhost:8080")
        };
        assert!(own("http://localhost:8080"));
        assert!(!own("http://localhost:3000"));
        assert!(!own("http://evil.example"));
        assert!(!own("null"));
    }

    #[test]
    fn a_page_that_no_server_served_is_of_another_origin() {
        for origin in ["capacitor://localhost", "h:tt`://localhost", "://localhost"] {
            let origin = HeaderValue::from_static(origin);
            assert!(!is_served_by(&origin, "localhost"), "{origin:?}");
        }
    }
}
