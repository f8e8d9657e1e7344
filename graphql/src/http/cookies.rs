//! The cookies of a session. Two are for the server alone; the third is for the
//! page to repeat in a header, which another site's page cannot read.

use accounts::SignedIn;
use axum::http::{HeaderMap, HeaderValue, header};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};
use secrecy::{ExposeSecret, SecretString};

const ACCESS_FOR: Duration = Duration::minutes(15);
const REFRESH_FOR: Duration = Duration::days(7);
/// How long a sign-in may take at another provider.
const ATTEMPT_FOR: Duration = Duration::minutes(10);

/// Where refresh tokens are sent, and nowhere else.
const REFRESH_PATH: &str = "/auth";

/// Names tell browsers what to insist on: `__Host-` and `__Secure-` are taken
/// over TLS only (RFC 6265bis, 4.1.3).
#[derive(Debug, Clone, Copy)]
pub(super) struct Cookies {
    is_secure: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Access,
    Refresh,
    Csrf,
    /// A sign-in on its way through another provider.
    Attempt,
}

impl Cookies {
    /// `is_secure` when browsers reach us over TLS.
    pub(super) fn new(is_secure: bool) -> Self {
        Self { is_secure }
    }

    pub(super) fn read(self, headers: &HeaderMap, kind: Kind) -> Option<SecretString> {
        let name = self.name(kind);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(Cookie::split_parse)
            .filter_map(Result::ok)
            .find(|cookie| cookie.name() == name)
            .map(|cookie| SecretString::from(cookie.value()))
    }

    pub(super) fn sign_in(self, headers: &mut HeaderMap, signed_in: &SignedIn, csrf: &str) {
        self.set(headers, Kind::Access, signed_in.access.expose_secret());
        self.set(headers, Kind::Refresh, signed_in.refresh.expose_secret());
        self.set(headers, Kind::Csrf, csrf);
    }

    pub(super) fn sign_out(self, headers: &mut HeaderMap) {
        for kind in [Kind::Access, Kind::Refresh, Kind::Csrf] {
            self.clear(headers, kind);
        }
    }

    pub(super) fn set(self, headers: &mut HeaderMap, kind: Kind, value: &str) {
        append(headers, &self.cookie(kind, value));
    }

    pub(super) fn clear(self, headers: &mut HeaderMap, kind: Kind) {
        let mut cookie = self.cookie(kind, "");
        cookie.set_max_age(Duration::ZERO);
        append(headers, &cookie);
    }

    fn cookie(self, kind: Kind, value: &str) -> Cookie<'static> {
        let (path, same_site, max_age) = match kind {
            Kind::Access => ("/", SameSite::Lax, ACCESS_FOR),
            Kind::Refresh => (REFRESH_PATH, SameSite::Strict, REFRESH_FOR),
            Kind::Csrf => ("/", SameSite::Strict, REFRESH_FOR),
            // The provider's page leads back here, from its own site.
            Kind::Attempt => (REFRESH_PATH, SameSite::Lax, ATTEMPT_FOR),
        };
        Cookie::build((self.name(kind), value.to_owned()))
            .path(path)
            .same_site(same_site)
            .max_age(max_age)
            .http_only(kind != Kind::Csrf)
            .secure(self.is_secure)
            .build()
    }

    fn name(self, kind: Kind) -> &'static str {
        match (kind, self.is_secure) {
            (Kind::Access, true) => "__Host-narrate",
            (Kind::Access, false) => "narrate",
            (Kind::Refresh, true) => "__Secure-narrate-refresh",
            (Kind::Refresh, false) => "narrate-refresh",
            (Kind::Csrf, true) => "__Host-narrate-csrf",
            (Kind::Csrf, false) => "narrate-csrf",
            (Kind::Attempt, true) => "__Secure-narrate-attempt",
            (Kind::Attempt, false) => "narrate-attempt",
        }
    }
}

fn append(headers: &mut HeaderMap, cookie: &Cookie<'_>) {
    if let Ok(mut value) = HeaderValue::try_from(cookie.to_string()) {
        value.set_sensitive(true);
        headers.append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(is_secure: bool, kind: Kind) -> String {
        let mut headers = HeaderMap::new();
        Cookies::new(is_secure).set(&mut headers, kind, "value");
        headers[header::SET_COOKIE].to_str().unwrap().to_owned()
    }

    #[test]
    fn over_tls_browsers_are_told_to_insist_on_it() {
        assert_eq!(
            set(true, Kind::Access),
            "__Host-narrate=value; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=900"
        );
        assert_eq!(
            set(true, Kind::Refresh),
            "__Secure-narrate-refresh=value; HttpOnly; SameSite=Strict; Secure; Path=/auth; \
             Max-Age=604800"
        );
    }

    #[test]
    fn the_page_can_read_what_it_must_repeat_and_nothing_else() {
        for kind in [Kind::Access, Kind::Refresh, Kind::Attempt] {
            assert!(set(false, kind).contains("HttpOnly"), "{kind:?}");
        }
        assert!(!set(false, Kind::Csrf).contains("HttpOnly"));
    }

    #[test]
    fn a_cookie_is_found_among_others_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        let line = "narrate-csrf=other; a=b; narrate=mine; narrate=second; ;=;x";
        headers.insert(header::COOKIE, HeaderValue::from_static(line));
        let found = Cookies::new(false).read(&headers, Kind::Access).unwrap();
        assert_eq!(found.expose_secret(), "mine");
        assert!(Cookies::new(true).read(&headers, Kind::Access).is_none());
    }
}
