//! Signing up, in and out over HTTP, and what cookies and tokens are good for.

use accounts::Visit;
use domain::UserId;
use domain::access_token::{Scope, TokenName};
use integrations::testing::CookieJar;
use reqwest::{Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::harness::App;
use crate::socket::{Live, closed_after, closed_with};

const ADA: &str = "ada@example.com";
const PASSWORD: &str = "three hearts, nine brains";

struct Browser<'a> {
    app: &'a App,
    cookies: CookieJar,
}

impl<'a> Browser<'a> {
    fn new(app: &'a App) -> Self {
        Self {
            app,
            cookies: CookieJar::default(),
        }
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name)
    }

    async fn post_without_proof(&mut self, path: &str, body: Value) -> Response {
        let request = self.app.client.post(self.app.url(path)).json(&body);
        self.cookies.send(request).await
    }

    async fn post(&mut self, path: &str, body: Value) -> Response {
        let request = self.app.client.post(self.app.url(path)).json(&body);
        let csrf = self.cookie("narrate-csrf").unwrap_or_default();
        let request = request.header("x-csrf-token", csrf);
        self.cookies.send(request).await
    }

    async fn ask(&mut self, query: &str) -> Value {
        let answer = self.post("/graphql", json!({ "query": query })).await;
        answer.json().await.unwrap()
    }

    /// Signs up and in.
    async fn sign_up(&mut self, address: &str) {
        let asked = json!({ "email": address, "password": PASSWORD });
        let answer = self.post("/auth/sign-up", asked).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        self.app.accounts.do_what_is_due().await.unwrap();
        let mail = self.app.mailer.calls().pop().unwrap();
        let link = mail.link.unwrap();
        let (_, token) = link.expose_secret().split_once('#').unwrap();
        let link = json!({ "token": token, "password": PASSWORD });
        let answer = self.post("/auth/verify-email", link).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

async fn code(answer: Response) -> String {
    let body: Value = answer.json().await.unwrap();
    let code = body["errors"][0]["extensions"]["code"].as_str();
    code.unwrap_or_default().to_owned()
}

fn error_code(answer: &Value) -> &str {
    let code = answer["errors"][0]["extensions"]["code"].as_str();
    code.unwrap_or_else(|| panic!("{answer:#}"))
}

#[tokio::test]
async fn somebody_signs_up_in_and_out() {
    let app = App::start_for_strangers(None).await;
    let mut ada = Browser::new(&app);
    assert_eq!(
        error_code(&ada.ask("{ me { id } }").await),
        "UNAUTHENTICATED"
    );

    ada.sign_up(ADA).await;
    let me = ada
        .ask("{ me { email role hasPassword via sessions { isCurrent origin { address } } } }")
        .await;
    let expected = json!({
        "email": ADA,
        "role": "USER",
        "hasPassword": true,
        "via": "SESSION",
        "sessions": [{ "isCurrent": true, "origin": { "address": "127.0.0.1" } }],
    });
    assert_eq!(me["data"]["me"], expected, "{me:#}");

    let answer = ada.post("/auth/sign-out", json!({})).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert!(ada.cookies.is_empty());
    assert_eq!(
        error_code(&ada.ask("{ me { id } }").await),
        "UNAUTHENTICATED"
    );

    let asked = json!({ "email": ADA, "password": PASSWORD });
    let answer = ada.post("/auth/sign-in", asked).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        ada.ask("{ me { email } }").await["data"]["me"]["email"],
        ADA
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_one_answer() {
    let app = App::start_for_strangers(None).await;
    Browser::new(&app).sign_up(ADA).await;
    let mut bodies = Vec::new();
    for address in [ADA, "eve@example.com"] {
        let asked = json!({ "email": address, "password": "wrong" });
        let answer = Browser::new(&app).post("/auth/sign-in", asked).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        bodies.push(answer.text().await.unwrap());
    }
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn what_is_wrong_with_a_request_names_the_field_and_never_the_password() {
    let app = App::start_for_strangers(None).await;
    for (path, body, status, says) in [
        (
            "/auth/sign-up",
            json!({ "email": "ada", "password": PASSWORD }),
            400,
            "email",
        ),
        (
            "/auth/sign-up",
            json!({ "email": ADA, "password": "hunter2" }),
            400,
            "password",
        ),
        (
            "/auth/sign-in",
            json!({ "email": ADA, "password": 7 }),
            400,
            "JSON",
        ),
        ("/auth/sign-in", json!([PASSWORD]), 400, "JSON"),
        (
            "/auth/verify-email",
            json!({ "token": "x", "password": PASSWORD }),
            403,
            "link",
        ),
        (
            "/auth/reset-password",
            json!({ "token": "x", "password": PASSWORD }),
            403,
            "link",
        ),
    ] {
        let answer = Browser::new(&app).post(path, body).await;
        assert_eq!(answer.status(), status, "{path}");
        let text = answer.text().await.unwrap();
        assert!(text.contains(says), "{text}");
        assert!(
            !text.contains("hunter2") && !text.contains(PASSWORD),
            "{text}"
        );
    }
    let form = app.client.post(app.url("/auth/sign-in")).body("email=ada");
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(form.send().await.unwrap().status(), 415);
}

#[tokio::test]
async fn a_cookie_alone_changes_nothing() {
    let app = App::start_for_strangers(None).await;
    let mut ada = Browser::new(&app);
    ada.sign_up(ADA).await;
    let create = r#"mutation { createSeries(input: { name: "Mine" }) { position } }"#;
    let answer = ada
        .post_without_proof("/graphql", json!({ "query": create }))
        .await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(code(answer).await, "CSRF");
    let answer = ada.post_without_proof("/auth/sign-out", json!({})).await;
    assert_eq!(code(answer).await, "CSRF");

    // Somebody else's token, planted in the cookie too, is worth nothing.
    let mut eve = Browser::new(&app);
    eve.sign_up("eve@example.com").await;
    let planted = eve.cookie("narrate-csrf").unwrap().to_owned();
    let mut tricked = Browser::new(&app);
    tricked.cookies = ada.cookies.clone();
    tricked.cookies.put("narrate-csrf", planted);
    let answer = tricked.post("/graphql", json!({ "query": create })).await;
    assert_eq!(code(answer).await, "CSRF");

    assert!(ada.ask(create).await["data"]["createSeries"]["position"].is_string());
}

#[tokio::test]
async fn refreshing_rotates_and_a_stolen_token_ends_the_session() {
    let app = App::start_for_strangers(None).await;
    let mut ada = Browser::new(&app);
    ada.sign_up(ADA).await;
    let mut thief = Browser::new(&app);
    thief.cookies = ada.cookies.clone();

    let answer = ada.post("/auth/refresh", json!({})).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_ne!(
        ada.cookie("narrate-refresh"),
        thief.cookie("narrate-refresh")
    );

    let answer = thief.post("/auth/refresh", json!({})).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(thief.cookies.is_empty(), "the browser forgets it");
    assert_eq!(
        error_code(&ada.ask("{ me { id } }").await),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn too_many_tries_are_told_when_to_come_again() {
    let app = App::start_for_strangers(None).await;
    let asked = json!({ "email": ADA, "password": "wrong" });
    let mut limited = None;
    for _ in 0..30 {
        let answer = Browser::new(&app)
            .post("/auth/sign-in", asked.clone())
            .await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            limited = Some(answer);
            break;
        }
    }
    let limited = limited.expect("it is limited");
    let wait: u64 = limited.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(code(limited).await, "RATE_LIMITED");
}

#[tokio::test]
async fn a_user_has_so_many_videos_made_and_an_admin_as_many_as_they_like() {
    let app = App::start_for_strangers(None).await;
    let (user, ada) = app.person(ADA).await;
    let request = r#"mutation { requestVideo(input: { topic: "Bees" }) { errors { code } } }"#;
    let mut codes = Vec::new();
    for _ in 0..31 {
        let answer = app.ask_as(&ada, request).await;
        codes.extend(
            answer["data"]["requestVideo"]["errors"][0]["code"]
                .as_str()
                .map(str::to_owned),
        );
    }
    assert_eq!(codes, ["RATE_LIMITED"]);
    let admin = domain::Role::Admin;
    app.accounts
        .change_role(user, user, admin, &visit())
        .await
        .unwrap();
    let answer = app.ask_as(&ada, request).await;
    assert_eq!(answer["data"]["requestVideo"]["errors"], json!([]));
}

fn visit() -> Visit {
    Visit {
        correlation_id: uuid::Uuid::from_u128(77),
        client: accounts::Client::new([192, 0, 2, 1].into(), "a test"),
    }
}

async fn token(app: &App, user: UserId, scopes: &[Scope]) -> SecretString {
    let name = TokenName::try_new("a test").unwrap();
    let until = "2026-12-01T12:00:00Z".parse().unwrap();
    let made = app
        .accounts
        .create_access_token(user, &name, scopes, until, &visit())
        .await;
    made.unwrap().secret
}

#[tokio::test]
async fn an_access_token_needs_no_csrf_token_and_is_held_to_its_scopes() {
    let app = App::start_for_strangers(None).await;
    let mut ada = Browser::new(&app);
    ada.sign_up(ADA).await;
    let made = ada
        .ask(
            r#"mutation { createAccessToken(input: {
                name: "nightly", scopes: [READ, EVENTS], expiresAt: "2026-12-01T12:00:00Z"
            }) { secret accessToken { name scopes usedAt } errors { field } } }"#,
        )
        .await;
    let made = &made["data"]["createAccessToken"];
    assert_eq!(
        made["accessToken"]["scopes"],
        json!(["READ", "EVENTS"]),
        "{made:#}"
    );
    let secret = SecretString::from(made["secret"].as_str().unwrap());

    assert_eq!(
        app.ask_as(&secret, "{ me { via } }").await["data"]["me"]["via"],
        "ACCESS_TOKEN"
    );
    let create = r#"mutation { createSeries(input: { name: "Mine" }) { position } }"#;
    assert_eq!(error_code(&app.ask_as(&secret, create).await), "FORBIDDEN");
    let more = r#"mutation { createAccessToken(input: {
        name: "more", scopes: [ADMIN], expiresAt: "2026-12-01T12:00:00Z"
    }) { secret } }"#;
    assert_eq!(error_code(&app.ask_as(&secret, more).await), "FORBIDDEN");
    let events = app
        .client
        .get(app.url("/events"))
        .bearer_auth(secret.expose_secret());
    assert_eq!(events.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn the_edges_know_who_asks_and_what_their_token_is_good_for() {
    let app = App::start_for_strangers(None).await;
    let (user, _) = app.person(ADA).await;
    let read = token(&app, user, &[Scope::Read]).await;
    let write = token(&app, user, &[Scope::Write]).await;
    let get = async |path: &str, token: Option<&SecretString>| {
        let request = app.client.get(app.url(path));
        let request = match token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        };
        request.send().await.unwrap().status().as_u16()
    };
    let media = "/media/videos/00000000-0000-0000-0000-000000000001/video.mp4";
    for (path, token, status) in [
        ("/events", None, 401),
        ("/events", Some(&read), 403),
        (media, None, 401),
        (media, Some(&write), 403),
        (media, Some(&read), 404),
        ("/healthz", None, 200),
        ("/account", None, 200),
    ] {
        assert_eq!(get(path, token).await, status, "{path}");
    }
    let wrong = SecretString::from("narrate_wrong");
    assert_eq!(
        get("/healthz", Some(&wrong)).await,
        401,
        "what is shown must be good"
    );
}

#[tokio::test]
async fn a_request_through_a_proxy_is_not_from_this_machine() {
    let app = App::start().await;
    let ask = async |header: Option<(&str, &str)>| {
        let request = app
            .client
            .post(app.url("/graphql"))
            .json(&json!({ "query": "{ me { via } }" }));
        let request = match header {
            Some((name, value)) => request.header(name, value),
            None => request,
        };
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer
    };
    assert_eq!(ask(None).await["data"]["me"]["via"], "LOCAL");
    for header in [
        ("x-forwarded-for", "192.0.2.9"),
        ("forwarded", "for=192.0.2.9"),
        ("x-real-ip", "192.0.2.9"),
    ] {
        assert_eq!(
            error_code(&ask(Some(header)).await),
            "UNAUTHENTICATED",
            "{header:?}"
        );
    }
}

#[tokio::test]
async fn a_web_socket_is_for_who_proves_who_they_are() {
    let app = App::start_for_strangers(None).await;
    let mut ada = Browser::new(&app);
    ada.sign_up(ADA).await;
    let init = |payload: Value| vec![json!({ "type": "connection_init", "payload": payload })];
    assert_eq!(closed_after(&app, init(json!({}))).await, 4403);
    let wrong = json!({ "authorization": "Bearer narrate_wrong" });
    assert_eq!(closed_after(&app, init(wrong)).await, 4403);
    let cookies = ada.cookies.header();
    let without_proof = closed_with(&app, &cookies, init(json!({})));
    assert_eq!(without_proof.await, 4403);

    // With the proof it stays open until the session ends.
    let proof = json!({ "csrfToken": ada.cookie("narrate-csrf").unwrap() });
    let live = Live::open(&app, &cookies, proof).await;
    let signed_out = ada.post("/auth/sign-out", json!({})).await.status();
    assert_eq!(signed_out, StatusCode::NO_CONTENT);
    assert_eq!(live.closed().await, 4401);
}

#[tokio::test]
async fn a_person_manages_sessions_password_and_account() {
    let app = App::start_for_strangers(None).await;
    let mut here = Browser::new(&app);
    here.sign_up(ADA).await;
    let mut there = Browser::new(&app);
    let asked = json!({ "email": ADA, "password": PASSWORD });
    there.post("/auth/sign-in", asked).await;

    let wrong = r#"mutation { changePassword(input: {
        currentPassword: "wrong", newPassword: "blue blood in eight arms"
    }) { done errors { field code } } }"#;
    let refused = json!({
        "done": false,
        "errors": [{ "field": "currentPassword", "code": "WRONG_PASSWORD" }],
    });
    assert_eq!(here.ask(wrong).await["data"]["changePassword"], refused);
    let right = wrong.replace("\"wrong\"", &format!("{PASSWORD:?}"));
    assert_eq!(
        here.ask(&right).await["data"]["changePassword"]["done"],
        true
    );
    assert_eq!(
        error_code(&there.ask("{ me { id } }").await),
        "UNAUTHENTICATED"
    );

    let delete = r#"mutation { deleteMyAccount(input: {
        currentPassword: "blue blood in eight arms"
    }) { done errors { message } } }"#;
    assert_eq!(
        here.ask(delete).await["data"]["deleteMyAccount"]["done"],
        true
    );
    assert_eq!(
        error_code(&here.ask("{ me { id } }").await),
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn an_admin_sees_accounts_changes_roles_and_reads_who_did_what_from_where() {
    let app = App::start_for_strangers(None).await;
    let (root, admin) = app.person("root@example.com").await;
    app.accounts
        .change_role(root, root, domain::Role::Admin, &visit())
        .await
        .unwrap();
    let (user, ada) = app.person(ADA).await;
    let made = r#"mutation { createSeries(input: { name: "Mine" }) { series { id } } }"#;
    app.ask_as(&ada, made).await;

    let found = app
        .ask_as(
            &admin,
            r#"{ admin { user(email: "ada@example.com") { id email role } users { email } } }"#,
        )
        .await;
    let expected = json!({ "id": user.to_string(), "email": ADA, "role": "USER" });
    assert_eq!(found["data"]["admin"]["user"], expected, "{found:#}");
    assert_eq!(found["data"]["admin"]["users"].as_array().unwrap().len(), 2);

    let audit = format!(
        r#"{{ admin {{ events(actor: "{user}", types: ["SeriesCreated"]) {{
            events {{ type actor origin {{ address agent }} }}
        }} }} }}"#
    );
    let audit = app.ask_as(&admin, &audit).await;
    let expected = json!([{
        "type": "SeriesCreated",
        "actor": format!("user:{user}"),
        "origin": { "address": "127.0.0.1", "agent": "" },
    }]);
    assert_eq!(
        audit["data"]["admin"]["events"]["events"], expected,
        "{audit:#}"
    );

    let change = format!(
        r#"mutation {{ admin {{ changeRole(input: {{ userId: "{user}", role: ADMIN }}) {{
            user {{ role }} errors {{ code }}
        }} }} }}"#
    );
    let changed = app.ask_as(&admin, &change).await;
    assert_eq!(
        changed["data"]["admin"]["changeRole"]["user"]["role"],
        "ADMIN"
    );
    let users = app.ask_as(&ada, "{ admin { users { id } } }").await;
    assert_eq!(users["data"]["admin"]["users"].as_array().unwrap().len(), 2);
}
