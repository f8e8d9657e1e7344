//! A server that people reach by its public name, through a proxy that ends TLS:
//! with a real mail server, a real provider, and what who runs it may do.

use std::fs;
use std::path::Path;
use std::process::Command;

use chrono::{TimeDelta, Utc};
use integrations::testing::{Browser, CookieJar, FAKE_CLIENT, MailServer, OIDC_SECRET, OidcServer};
use reqwest::header::{HOST, LOCATION};
use reqwest::{Client, RequestBuilder, Response, redirect};
use serde_json::{Value, json};

use crate::home::Home;
use crate::run::Run;
use crate::server::Server;

const HOST_NAME: &str = "reels.example";
const SITE: &str = "https://reels.example";
const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";
const PASSWORD: &str = "three hearts, nine brains";
const OTHER_PASSWORD: &str = "blue blood in eight arms";

struct Site {
    home: Home,
    mails: MailServer,
    /// Ends when dropped.
    _provider: OidcServer,
}

impl Site {
    async fn open() -> Self {
        let mails = MailServer::open().await;
        let provider = OidcServer::start(&format!("{SITE}/auth/oidc/callback"));
        let mail = format!("smtp://127.0.0.1:{}?tls=none", mails.port());
        let home = Home::with(&[
            ("PUBLIC_URL", SITE),
            ("TRUSTED_PROXIES", "127.0.0.1"),
            ("OWNER_EMAIL", ADA),
            ("SMTP_URL", &mail),
            ("MAIL_FROM", "NarrateAI <no-reply@reels.example>"),
            ("OIDC_ISSUER", provider.issuer()),
            ("OIDC_CLIENT_ID", FAKE_CLIENT),
            ("OIDC_CLIENT_SECRET", OIDC_SECRET),
        ]);
        Self {
            home,
            mails,
            _provider: provider,
        }
    }

    /// The secret in the link of the next mail, which is to `address`.
    async fn linked(&mut self, address: &str) -> String {
        let mail = self.mails.mail().await;
        assert_eq!(mail["recipients"], json!([address]));
        let text = mail["parts"][0][1].as_str().unwrap();
        let link = text.lines().find(|line| line.starts_with(SITE)).unwrap();
        link.split_once('#').unwrap().1.to_owned()
    }

    async fn admin(&self, arguments: &[&str]) -> String {
        let ended = self.home.run(&[&["admin"], arguments].concat()).await;
        ended.succeeded().stdout
    }
}

/// Somebody with a browser, behind the proxy.
struct Person {
    server: String,
    client: Client,
    cookies: CookieJar,
}

impl Person {
    fn at(server: &Server) -> Self {
        let client = Client::builder().redirect(redirect::Policy::none());
        Self {
            server: server.url.clone(),
            client: client.build().unwrap(),
            cookies: CookieJar::default(),
        }
    }

    async fn send(&mut self, request: RequestBuilder) -> Response {
        let proxied = request
            .header(HOST, HOST_NAME)
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-for", "203.0.113.7");
        self.cookies.send(proxied).await
    }

    async fn get(&mut self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.server));
        self.send(request).await
    }

    async fn post(&mut self, path: &str, body: Value) -> Response {
        let csrf = self.cookies.get("__Host-narrate-csrf").unwrap_or_default();
        let url = format!("{}{path}", self.server);
        let request = self.client.post(url).header("x-csrf-token", csrf);
        self.send(request.json(&body)).await
    }

    async fn ask(&mut self, query: &str) -> Value {
        let answer = self.post("/graphql", json!({ "query": query })).await;
        answer.json().await.unwrap()
    }

    /// An answer that must have no errors.
    async fn told(&mut self, query: &str) -> Value {
        let mut answer = self.ask(query).await;
        assert!(answer["errors"].is_null(), "{answer:#}");
        answer["data"].take()
    }

    async fn is_signed_in(&mut self) -> bool {
        self.ask("{ me { id } }").await["errors"].is_null()
    }

    async fn sign_up(&mut self, site: &mut Site, address: &str) -> String {
        let wanted = json!({ "email": address, "password": PASSWORD });
        assert_eq!(self.post("/auth/sign-up", wanted).await.status(), 202);
        let link = json!({ "token": site.linked(address).await, "password": PASSWORD });
        assert_eq!(self.post("/auth/verify-email", link).await.status(), 200);
        let me = self.told("{ me { id email } }").await;
        assert_eq!(me["me"]["email"], address);
        me["me"]["id"].as_str().unwrap().to_owned()
    }

    async fn sign_in(&mut self, address: &str, password: &str) -> u16 {
        let proof = json!({ "email": address, "password": password });
        self.post("/auth/sign-in", proof).await.status().as_u16()
    }

    /// Signs the owner up; an access token of theirs, which reads the log.
    #[expect(
        clippy::disallowed_methods,
        reason = "the program has the system's clock"
    )]
    async fn analyst(&mut self, site: &mut Site) -> String {
        self.sign_up(site, ADA).await;
        site.admin(&["promote-owner"]).await;
        let token = r#"mutation { createAccessToken(input: {
            name: "Analysis", scopes: [EVENTS], expiresAt: "EXPIRES"
        }) { secret } }"#;
        let expires = Utc::now() + TimeDelta::days(1);
        let token = token.replace("EXPIRES", &expires.to_rfc3339());
        let made = self.told(&token).await;
        made["createAccessToken"]["secret"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// To the provider's pages and back; what the server says then.
    async fn through_provider(&mut self, login: &str) -> Response {
        let start = self.get("/auth/oidc/start").await;
        let there = start.headers()[LOCATION].to_str().unwrap();
        let back = Browser::new(SITE)
            .approve(&there.parse().unwrap(), login)
            .await;
        let path = format!("{}?{}", back.path(), back.query().unwrap());
        self.get(&path).await
    }
}

#[tokio::test]
async fn people_come_in_by_mail_and_through_a_provider_and_one_is_the_owner() {
    let mut site = Site::open().await;
    let server = Server::start(&site.home).await;
    let mut ada = Person::at(&server);
    assert!(!ada.is_signed_in().await, "nobody is the owner unasked");
    let id = ada.sign_up(&mut site, ADA).await;

    // The provider knows the same address, so it is the same person.
    let mut elsewhere = Person::at(&server);
    let landed = elsewhere.through_provider("ada").await;
    assert_eq!(landed.headers()[LOCATION], "/account");
    assert_eq!(elsewhere.told("{ me { id } }").await["me"]["id"], id);
    let linked = site.mails.mail().await;
    assert_eq!(linked["recipients"], json!([ADA]));
    // An address that the provider did not verify opens nothing.
    let mut stranger = Person::at(&server);
    let refused = stranger.through_provider("stranger").await;
    assert_eq!(refused.status(), 403);
    assert!(!stranger.is_signed_in().await);

    // A new password, by mail, ends what was begun with the old one.
    let asked = json!({ "email": ADA });
    let mut forgetful = Person::at(&server);
    let told = forgetful.post("/auth/request-password-reset", asked).await;
    assert_eq!(told.status(), 202);
    let link = json!({ "token": site.linked(ADA).await, "password": OTHER_PASSWORD });
    let reset = forgetful.post("/auth/reset-password", link).await;
    assert!(reset.status().is_success(), "{}", reset.status());
    assert!(!ada.is_signed_in().await);
    assert!(!elsewhere.is_signed_in().await);
    assert_eq!(ada.sign_in(ADA, PASSWORD).await, 401);
    assert_eq!(ada.sign_in(ADA, OTHER_PASSWORD).await, 200);

    assert_eq!(ada.told("{ me { role } }").await["me"]["role"], "USER");
    let told = site.admin(&["promote-owner"]).await;
    assert!(told.contains("is the owner now"), "{told}");
    assert_eq!(ada.told("{ me { role } }").await["me"]["role"], "OWNER");
    // What was made before there were accounts is the owner's.
    let users = ada.told("{ admin { users { email } } }").await;
    assert_eq!(users["admin"]["users"], json!([{ "email": ADA }]));

    server.stop().await;
    site.home.assert_only(&[]);
}

#[tokio::test]
async fn keys_are_rotated_without_signing_anyone_out() {
    let mut site = Site::open().await;
    let server = Server::start(&site.home).await;
    let mut ada = Person::at(&server);
    ada.sign_up(&mut site, ADA).await;

    site.admin(&["rotate-signing-key"]).await;
    assert!(ada.is_signed_in().await);
    assert_eq!(ada.post("/auth/refresh", json!({})).await.status(), 200);
    assert!(ada.is_signed_in().await);

    let key = site.home.data().join("master.key");
    let old = fs::read_to_string(&key).unwrap();
    let told = site.admin(&["rotate-master-key"]).await;
    assert!(told.contains("start every program"), "{told}");
    server.stop().await;
    let server = Server::start(&site.home).await;
    ada.server.clone_from(&server.url);
    assert!(ada.is_signed_in().await);
    let told = site.admin(&["rotate-master-key"]).await;
    assert!(told.contains("wrap nothing any more"), "{told}");
    assert_eq!(ada.told("{ me { email } }").await["me"]["email"], ADA);
    server.stop().await;

    // Without the old key everything still opens.
    let both = fs::read_to_string(&key).unwrap();
    fs::write(&key, both.replace(old.trim(), "")).unwrap();
    let server = Server::start(&site.home).await;
    ada.server.clone_from(&server.url);
    assert_eq!(ada.told("{ me { email } }").await["me"]["email"], ADA);
    server.stop().await;
}

#[tokio::test]
async fn an_erasure_is_proved_and_holds_when_an_older_database_comes_back() {
    let mut site = Site::open().await;
    let server = Server::start(&site.home).await;
    let mut bob = Person::at(&server);
    let id = bob.sign_up(&mut site, BOB).await;
    bob.told(r#"mutation { createSeries(input: { name: "Bob's bees" }) { position } }"#)
        .await;
    let token = Person::at(&server).analyst(&mut site).await;
    let export = ["events", "export", "--out", "log.parquet"];
    let mut export = site.home.narrate(&export);
    export.env("NARRATE_TOKEN", token);
    Run::start(export).ended().await.succeeded();
    fs::write(site.home.films().join("traces.txt"), format!("{BOB}\n")).unwrap();
    let verify = [
        "admin",
        "verify-erased",
        &id,
        "--traces",
        "traces.txt",
        "--export",
        "log.parquet",
    ];
    let refused = site.home.run(&verify).await;
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(
        refused.stderr.contains("key, account, things, log"),
        "{refused:#?}"
    );

    server.stop().await;
    let database = site.home.data().join("postgres");
    let backup = site.home.data().join("backup");
    copy(&database, &backup);

    let server = Server::start(&site.home).await;
    bob.server.clone_from(&server.url);
    let delete = format!(
        r#"mutation {{ deleteMyAccount(input: {{ currentPassword: "{PASSWORD}" }}) {{ done }} }}"#
    );
    let done = bob.told(&delete).await;
    assert_eq!(done["deleteMyAccount"]["done"], true);
    assert_eq!(site.mails.mail().await["recipients"], json!([BOB]));
    eventually_erased(&site, &verify).await;
    server.stop().await;

    fs::remove_dir_all(&database).unwrap();
    fs::rename(&backup, &database).unwrap();
    let server = Server::start(&site.home).await;
    bob.server.clone_from(&server.url);
    assert_eq!(bob.sign_in(BOB, PASSWORD).await, 401);
    eventually_erased(&site, &verify).await;
    server.stop().await;
}

/// Read models follow the log: they may need a moment to forget.
async fn eventually_erased(site: &Site, verify: &[&str]) {
    for _ in 0..30 {
        let told = site.home.run(verify).await;
        if told.code == Some(0) {
            assert!(
                told.stdout.contains("nothing personal is left"),
                "{told:#?}"
            );
            return;
        }
        assert!(told.stderr.contains("run this again"), "{told:#?}");
    }
    panic!("something is left");
}

/// With the owners and modes that Postgres insists on.
fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").args([from, to]).status();
    assert!(copied.unwrap().success());
}
