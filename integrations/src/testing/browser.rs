use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Client, Method, redirect};
use url::{Url, form_urlencoded};

use super::CookieJar;

/// A person with a browser at the pages of an [`OidcServer`](super::OidcServer):
/// follows redirects, keeps cookies, fills in forms.
pub struct Browser {
    client: Client,
    cookies: CookieJar,
    home: String,
}

/// Where following redirects ended.
pub enum Landed {
    /// At an address below the browser's home, which it does not open.
    Home(Url),
    Page {
        status: u16,
        html: String,
    },
}

type Form<'a> = &'a [(&'a str, &'a str)];

impl Browser {
    /// It stops before an address that begins with `home`.
    pub fn new(home: impl Into<String>) -> Self {
        let client = Client::builder().redirect(redirect::Policy::none());
        Self {
            client: client.build().expect("the client has no settings"),
            cookies: CookieJar::default(),
            home: home.into(),
        }
    }

    /// Signs in and allows what is asked for.
    pub async fn approve(&mut self, url: &Url, login: &str) -> Url {
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
    pub async fn deny(&mut self, url: &Url) -> Url {
        let login = self.open(url).await;
        let abort = login.between(r#"<a href=""#);
        self.go(Method::GET, abort, &[]).await.home()
    }

    pub async fn open(&mut self, url: &Url) -> Landed {
        self.go(Method::GET, url.clone(), &[]).await
    }

    async fn go(&mut self, method: Method, mut at: Url, form: Form<'_>) -> Landed {
        let mut request = self.client.request(method.clone(), at.clone());
        if method == Method::POST {
            let body = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(form)
                .finish();
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body);
        }
        loop {
            let response = self.cookies.send(request).await;
            let Some(to) = response.headers().get(LOCATION) else {
                return Landed::Page {
                    status: response.status().as_u16(),
                    html: response.text().await.expect("a page is text"),
                };
            };
            let to = to.to_str().expect("addresses are ASCII");
            at = at.join(to).expect("it leads to an address");
            if at.as_str().starts_with(&self.home) {
                return Landed::Home(at);
            }
            request = self.client.get(at.clone());
        }
    }
}

impl Landed {
    /// # Panics
    /// When it is a page.
    #[track_caller]
    pub fn home(self) -> Url {
        match self {
            Self::Home(url) => url,
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
        let address = after.split('"').next().unwrap_or_default();
        address.parse().expect("pages link to whole addresses")
    }
}
