use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::StreamExt;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::types::{RequestVideoInput, VIDEO_FIELDS, VideoReport};

/// Long enough for a busy machine, short enough to notice a dead server.
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server is gone or going; another one may take its place.
    #[error("the server at {address} does not answer")]
    Lost {
        address: SocketAddr,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The API said no, in words for people.
    #[error("{0}")]
    Refused(String),
    /// The answer is not one of this version's API.
    #[error("the server's answer cannot be read; is it of another version?")]
    Answer(#[from] serde_json::Error),
    #[error("{} cannot be written: {problem}", path.display())]
    File { path: PathBuf, problem: String },
}

pub struct ApiClient {
    pub(super) address: SocketAddr,
    pub(super) http: reqwest::Client,
    pub(super) token: Option<SecretString>,
}

#[derive(Deserialize)]
pub(super) struct Answer {
    data: Option<Value>,
    #[serde(default)]
    pub(super) errors: Vec<Message>,
}

#[derive(Deserialize)]
struct Payload {
    video: Option<VideoReport>,
    errors: Vec<Message>,
}

#[derive(Deserialize)]
pub(super) struct Message {
    message: String,
}

impl ApiClient {
    /// With an access `token`, or as whoever the server takes us for.
    pub fn new(address: SocketAddr, token: Option<SecretString>) -> Self {
        Self {
            address: reachable(address),
            http: reqwest::Client::new(),
            token,
        }
    }

    /// `request`, with what says who we are.
    pub(super) fn signed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        }
    }

    /// Whether a healthy server answers.
    pub async fn is_alive(&self) -> bool {
        let asked = self
            .http
            .get(self.url("/healthz"))
            .timeout(Duration::from_secs(3))
            .send();
        asked.await.is_ok_and(|answer| answer.status().is_success())
    }

    /// The video of this request, new or from when it was sent before.
    pub async fn request_video(
        &self,
        input: &RequestVideoInput,
    ) -> Result<VideoReport, ClientError> {
        let mutation = format!(
            "mutation($input: RequestVideoInput!) {{
                payload: requestVideo(input: $input) {{ video {{ {VIDEO_FIELDS} }} errors {{ message }} }}
            }}"
        );
        self.mutate(&mutation, json!({ "input": input })).await
    }

    pub async fn retry_video(&self, id: Uuid) -> Result<VideoReport, ClientError> {
        let mutation = format!(
            "mutation($input: RetryVideoInput!) {{
                payload: retryVideo(input: $input) {{ video {{ {VIDEO_FIELDS} }} errors {{ message }} }}
            }}"
        );
        self.mutate(&mutation, json!({ "input": { "videoId": id } }))
            .await
    }

    /// The key of a checked and kept music file.
    pub async fn upload_music(&self, path: &Path) -> Result<String, ClientError> {
        let bytes = tokio::fs::read(path)
            .await
            .map_err(|error| ClientError::Refused(format!("{}: {error}", path.display())))?;
        let name = path.file_name().map_or_else(
            || "music".into(),
            |name| name.to_string_lossy().into_owned(),
        );
        let operations = json!({
            "query": "mutation($file: Upload!) {
                payload: uploadMusic(file: $file) { key errors { message } }
            }",
            "variables": { "file": null }
        });
        let form = reqwest::multipart::Form::new()
            .text("operations", operations.to_string())
            .text("map", r#"{"0":["variables.file"]}"#)
            .part("0", reqwest::multipart::Part::bytes(bytes).file_name(name));
        let request = self.http.post(self.url("/graphql")).multipart(form);
        let data = self.data(request).await?;
        let payload = &data["payload"];
        refusal(&serde_json::from_value::<Vec<Message>>(
            payload["errors"].clone(),
        )?)?;
        Ok(serde_json::from_value(payload["key"].clone())?)
    }

    /// Streams a media URL to `out`, which is there whole or not at all.
    pub async fn download(&self, url: &str, out: &Path) -> Result<(), ClientError> {
        let part = part_of(out);
        let outcome = self.download_part(url, &part).await;
        let renamed = match outcome {
            Ok(()) => tokio::fs::rename(&part, out)
                .await
                .map_err(|error| unwritable(out, &error)),
            Err(error) => Err(error),
        };
        if renamed.is_err() {
            let _ = tokio::fs::remove_file(&part).await;
        }
        renamed
    }

    async fn download_part(&self, url: &str, part: &Path) -> Result<(), ClientError> {
        let answer = self
            .signed(self.http.get(self.url(url)))
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(|error| self.lost(error))?;
        let mut file = tokio::fs::File::create(part)
            .await
            .map_err(|error| unwritable(part, &error))?;
        let mut body = answer.bytes_stream();
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(|error| self.lost(error))?;
            file.write_all(&piece)
                .await
                .map_err(|error| unwritable(part, &error))?;
        }
        file.sync_all()
            .await
            .map_err(|error| unwritable(part, &error))
    }

    async fn mutate(&self, mutation: &str, variables: Value) -> Result<VideoReport, ClientError> {
        let mut data = self.ask(mutation, variables).await?;
        let payload: Payload = serde_json::from_value(data["payload"].take())?;
        refusal(&payload.errors)?;
        payload
            .video
            .ok_or_else(|| ClientError::Refused("the video is not there yet; try again".to_owned()))
    }

    /// The `data` of the answer.
    pub(super) async fn ask(&self, query: &str, variables: Value) -> Result<Value, ClientError> {
        let body = json!({ "query": query, "variables": variables });
        let request = self.http.post(self.url("/graphql")).json(&body);
        self.data(request).await
    }

    async fn data(&self, request: reqwest::RequestBuilder) -> Result<Value, ClientError> {
        let answer = self
            .signed(request)
            .timeout(TIMEOUT)
            .send()
            .await
            .map_err(|error| self.lost(error))?;
        let body = answer.bytes().await.map_err(|error| self.lost(error))?;
        let answer: Answer = serde_json::from_slice(&body)?;
        refusal(&answer.errors)?;
        Ok(answer.data.unwrap_or_default())
    }

    pub(super) fn lost(
        &self,
        error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> ClientError {
        ClientError::Lost {
            address: self.address,
            source: error.into(),
        }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// A server on every address is on this machine's own too.
fn reachable(address: SocketAddr) -> SocketAddr {
    let here: IpAddr = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(here, address.port())
}

/// Where a file is written before it has its name.
pub fn part_of(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    out.with_file_name(name)
}

fn unwritable(path: &Path, error: &std::io::Error) -> ClientError {
    ClientError::File {
        path: path.to_owned(),
        problem: error.to_string(),
    }
}

pub(super) fn refusal(errors: &[Message]) -> Result<(), ClientError> {
    if errors.is_empty() {
        return Ok(());
    }
    let messages: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
    Err(ClientError::Refused(messages.join("\n")))
}
