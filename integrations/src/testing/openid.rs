//! An OpenID Connect provider that grants every request at once and says what
//! the test wants, true or not.
//!
//! It checks nothing: that a client does its part is seen at a real provider.

mod key;
mod server;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Clock;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use key::{Key, Signing};
pub use server::Answer;

/// Whom tokens are for, unless told otherwise.
pub const FAKE_CLIENT: &str = "narrate";
/// Whom they are about.
pub const FAKE_SUBJECT: &str = "subject-1";

/// Listens on loopback until dropped.
pub struct FakeOpenId {
    issuer: String,
    script: Arc<Mutex<Script>>,
    server: JoinHandle<()>,
}

struct Script {
    issuer: String,
    clock: Arc<dyn Clock>,
    description: Map<String, Value>,
    claims: Map<String, Value>,
    published: Vec<Arc<Key>>,
    signing: Signing,
    answers: HashMap<String, Answer>,
    asked: Vec<String>,
    /// Of the codes granted, in their order.
    nonces: Vec<String>,
}

impl FakeOpenId {
    pub async fn start(clock: Arc<dyn Clock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let issuer = format!("http://{address}");
        let key = Arc::new(Key::es256("first"));
        let script = Arc::new(Mutex::new(Script {
            issuer: issuer.clone(),
            clock,
            description: Map::new(),
            claims: Map::new(),
            published: vec![Arc::clone(&key)],
            signing: Signing::With(key),
            answers: HashMap::new(),
            asked: Vec::new(),
            nonces: Vec::new(),
        }));
        let server = tokio::spawn(server::serve(listener, Arc::clone(&script)));
        Self {
            issuer,
            script,
            server,
        }
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// From now on its discovery document says this, too, or instead.
    pub fn describe(&self, fields: Value) {
        merge(&mut self.script().description, fields);
    }

    /// From now on its ID tokens say this, too, or instead; null leaves out.
    pub fn claim(&self, claims: Value) {
        merge(&mut self.script().claims, claims);
    }

    /// How tokens are signed from now on, whatever keys it publishes.
    pub fn sign(&self, signing: Signing) {
        self.script().signing = signing;
    }

    /// From now on only this key is published and signs.
    pub fn rotate(&self, key: Key) {
        let key = Arc::new(key);
        let mut script = self.script();
        script.published = vec![Arc::clone(&key)];
        script.signing = Signing::With(key);
    }

    /// The key that was published first, or since the last rotation.
    pub fn key(&self) -> Arc<Key> {
        Arc::clone(&self.script().published[0])
    }

    /// From now on `path` answers this.
    pub fn answer(&self, path: &str, answer: Answer) {
        self.script().answers.insert(path.to_owned(), answer);
    }

    /// From now on every path answers as it should.
    pub fn mend(&self) {
        self.script().answers.clear();
    }

    /// How often `path` was asked for.
    pub fn asked(&self, path: &str) -> usize {
        let script = self.script();
        script.asked.iter().filter(|asked| *asked == path).count()
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        lock(&self.script)
    }
}

impl Drop for FakeOpenId {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Script {
    fn discovery(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        let said = json!({
            "issuer": self.issuer,
            "authorization_endpoint": at(server::AUTHORIZE),
            "token_endpoint": at(server::TOKEN),
            "jwks_uri": at(server::KEYS),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256", "EdDSA"],
        });
        patched(said, &self.description)
    }

    fn keys(&self) -> Value {
        let keys: Vec<_> = self.published.iter().map(|key| key.public()).collect();
        json!({ "keys": keys })
    }

    fn grant(&mut self, nonce: String) -> String {
        self.nonces.push(nonce);
        format!("code-{}", self.nonces.len())
    }

    fn id_token(&self, code: &str) -> Option<String> {
        let number: usize = code.strip_prefix("code-")?.parse().ok()?;
        let nonce = self.nonces.get(number.checked_sub(1)?)?;
        let now = self.clock.now().timestamp();
        let said = json!({
            "iss": self.issuer,
            "sub": FAKE_SUBJECT,
            "aud": FAKE_CLIENT,
            "iat": now,
            "exp": now + 600,
            "nonce": nonce,
            "email": "ada@example.com",
            "email_verified": true,
            "name": "Ada",
        });
        Some(self.signing.token(&patched(said, &self.claims)))
    }
}

fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}

fn merge(into: &mut Map<String, Value>, fields: Value) {
    let Value::Object(fields) = fields else {
        panic!("fields are an object")
    };
    into.extend(fields);
}

fn patched(mut said: Value, patch: &Map<String, Value>) -> Value {
    if let Value::Object(fields) = &mut said {
        fields.extend(patch.clone());
        fields.retain(|_, value| !value.is_null());
    }
    said
}
