//! A person with a browser: follows redirects, keeps cookies, fills in forms.

use std::collections::HashMap;

use integrations::identity::Callback;
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, Response, redirect};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use crate::support::HOME;

#[derive(Default)]
pub(crate) struct Browser {
    client: Option<Client>,
    cookies: HashMap<String, String>,
}

/// Where following redirects ended.
pub(crate) enum Landed {
    Home(Callback),
    Page { status: u16, html: String },
}

type Form<'a> = &'a [(&'a str, &'a str)];

impl Browser {
    /// Signs in and allows what is asked for.
    pub(crate) async fn approve(&mut self, url: &Url, login: &str) -> Callback {
        let mut landed = self.open(url).await;
        for form in [
            [("prompt", "login"), ("login", login)].as_slice(),
            &[("prompt", "consent")],
        ] {
            let action = landed.between(r#"action=""#);
            landed = self.go(Method::POST, action, form).await;
        }
        landed.home()
    }

    /// Gives up at the first page.
    pub(crate) async fn deny(&mut self, url: &Url) -> Callback {
        let login = self.open(url).await;
        let abort = login.between(r#"<a href=""#);
        self.go(Method::GET, abort, &[]).await.home()
    }

    pub(crate) async fn open(&mut self, url: &Url) -> Landed {
        self.go(Method::GET, url.clone(), &[]).await
    }

    async fn go(&mut self, method: Method, url: Url, form: Form<'_>) -> Landed {
        let mut response = self.send(method, url.clone(), form).await;
        let mut at = url;
        while let Some(to) = response.headers().get(LOCATION) {
            at = at.join(to.to_str().unwrap()).unwrap();
            if at.as_str().starts_with(HOME) {
                return Landed::Home(callback(&at));
            }
            response = self.send(Method::GET, at.clone(), &[]).await;
        }
        Landed::Page {
            status: response.status().as_u16(),
            html: response.text().await.unwrap(),
        }
    }

    async fn send(&mut self, method: Method, url: Url, form: Form<'_>) -> Response {
        let client = self.client.get_or_insert_with(|| {
            let client = Client::builder().redirect(redirect::Policy::none());
            client.build().unwrap()
        });
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = client
            .request(method.clone(), url)
            .header(COOKIE, cookies.join("; "));
        if method == Method::POST {
            let body = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(form)
                .finish();
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body);
        }
        let response = request.send().await.unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        response
    }

    /// By name alone: the newest is the one that counts here. Empty deletes.
    fn keep(&mut self, cookie: &str) {
        let pair = cookie.split(';').next().unwrap_or_default();
        let (name, value) = pair.split_once('=').unwrap();
        if value.is_empty() {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

impl Landed {
    #[track_caller]
    pub(crate) fn home(self) -> Callback {
        match self {
            Self::Home(callback) => callback,
            Self::Page { status, html } => panic!("landed at a page, {status}: {html}"),
        }
    }

    /// The address in the attribute that `before` ends with.
    #[track_caller]
    fn between(&self, before: &str) -> Url {
        let Self::Page { html, .. } = self else {
            panic!("landed at home, not at a page")
        };
        let (_, after) = html.split_once(before).expect(html);
        after.split('"').next().unwrap().parse().unwrap()
    }
}

fn callback(url: &Url) -> Callback {
    let query: Map<String, Value> = url
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect();
    serde_json::from_value(query.into()).unwrap()
}
