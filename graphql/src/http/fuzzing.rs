//! What the fuzz targets see of the edge: each reader of what strangers send, by
//! itself, with no server behind it. Nothing is decided here.

use std::ops::Range;

use accounts::Client;
use async_graphql::http::ClientMessage;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use domain::{MediaKey, VideoId};
use event_store::{Filter, Position};
use integrations::identity::Begun;
use ipnet::IpNet;
use projections::PageRequest;
use secrecy::SecretString;
use serde_json::Value;

use super::HttpArgs;
use super::auth::attempt;
use super::client_address::{self, Proxies};
use super::cookies::{Cookies, Kind};
use super::csrf::{self, is_shown_twice};
use super::doors;
use super::events::parameters::asked;
use super::media::video_of;
use super::range::{Wanted, wanted};
use super::receive;
use super::socket::entry::Said;
use super::socket::rules::Rules;
use super::who;
use crate::connection::page_request;
use crate::event::feed::After;

/// The cookies that a request shows: of access, refreshing, the second proof,
/// and a sign-in on its way.
pub fn cookies(headers: &HeaderMap, is_secure: bool) -> [Option<SecretString>; 4] {
    let kinds = [Kind::Access, Kind::Refresh, Kind::Csrf, Kind::Attempt];
    kinds.map(|kind| Cookies::new(is_secure).read(headers, kind))
}

/// Whether a request shows the second proof `token`.
pub fn is_proved(headers: &HeaderMap, is_secure: bool, token: &str) -> bool {
    let cookie = Cookies::new(is_secure).read(headers, Kind::Csrf);
    let shown = headers.get(csrf::HEADER).and_then(|it| it.to_str().ok());
    shown.is_some_and(|shown| is_shown_twice(token, shown, cookie.as_ref()))
}

/// The token that a request shows in a header.
pub fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    who::bearer(headers)
}

/// The token that is said as a web socket begins.
pub fn said_bearer(said: &Value) -> Option<SecretString> {
    Said::read(said).bearer()
}

/// What was sealed into the cookie of a sign-in on its way.
pub fn attempt(opened: &[u8], now: DateTime<Utc>) -> Option<Begun> {
    attempt::read(opened, now)
}

pub fn client(trusted: Vec<IpNet>, parts: &Parts) -> Client {
    Proxies::new(trusted).client(parts)
}

pub fn is_here(parts: &Parts) -> bool {
    client_address::is_here(parts)
}

pub fn is_local_name(request: &Request) -> bool {
    doors::is_local_name(request)
}

/// Whether the name and the page that a request goes by are let in.
pub fn is_let_in(args: &HttpArgs, request: &Request) -> bool {
    doors::Doors::new(args).refuse(request).is_none()
}

/// Where to begin, if at a position, what is wanted of the log, and whether to
/// go on for ever.
pub fn events_asked(query: &str, headers: &HeaderMap) -> Option<(Option<Position>, Filter, bool)> {
    let wanted = asked(query, headers).ok()?.wanted;
    let after = match wanted.after {
        After::Position(position) => Some(position),
        After::Start | After::End => None,
    };
    Some((after, wanted.filter, wanted.follow))
}

/// The part that a `Range` header asks for.
pub fn part(header: &str, length: u64) -> Option<Range<u64>> {
    match wanted(Some(header), length) {
        Wanted::Part(range) => Some(range),
        Wanted::Whole | Wanted::Unsatisfiable => None,
    }
}

/// The file that an address names, and whose video it would be of.
pub fn media(path: &str) -> Option<(MediaKey, VideoId)> {
    video_of(path.to_owned())
}

pub fn page(first: Option<i32>, after: Option<&str>) -> Option<PageRequest> {
    page_request(first, after).ok()
}

pub fn operation_of_body(json: &[u8]) -> Option<async_graphql::Request> {
    receive::operation(json).ok()
}

pub fn operation_of_address(query: &str) -> Option<async_graphql::Request> {
    receive::of_address(query).ok()
}

/// A web socket by the rules of its protocol.
#[derive(Default)]
pub struct Socket(Rules);

impl Socket {
    /// The message, or the code and reason with which the socket is closed.
    pub fn hear(&mut self, message: &[u8]) -> Result<ClientMessage, (u16, String)> {
        let heard = self.0.hear(message);
        heard.map_err(|closing| (closing.code, closing.reason))
    }
}
