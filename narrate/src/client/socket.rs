//! `videoProgress` over the `graphql-transport-ws` protocol:
//! <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>.

use futures::{SinkExt, StreamExt};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use uuid::Uuid;

use super::types::{ProgressReport, VIDEO_FIELDS};
use super::{ApiClient, ClientError};

/// The current state first, then each change, until the video is final.
pub struct ProgressStream<'a> {
    client: &'a ApiClient,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl ApiClient {
    pub async fn video_progress(&self, id: Uuid) -> Result<ProgressStream<'_>, ClientError> {
        let url = format!("ws://{}/graphql", self.address);
        let mut request = url
            .into_client_request()
            .map_err(|error| self.lost(error))?;
        let protocol = tungstenite::http::HeaderValue::from_static("graphql-transport-ws");
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol);
        let (socket, _) = tokio_tungstenite::connect_async(request)
            .await
            .map_err(|error| self.lost(error))?;
        let mut stream = ProgressStream {
            client: self,
            socket,
        };
        let subscription = format!(
            "subscription($id: ID!) {{
                videoProgress(id: $id) {{ stage done total unit video {{ {VIDEO_FIELDS} }} }}
            }}"
        );
        let said = match &self.token {
            Some(token) => json!({ "authorization": format!("Bearer {}", token.expose_secret()) }),
            None => json!({}),
        };
        stream
            .send(&json!({ "type": "connection_init", "payload": said }))
            .await?;
        stream
            .send(&json!({
                "id": "1",
                "type": "subscribe",
                "payload": { "query": subscription, "variables": { "id": id } }
            }))
            .await?;
        Ok(stream)
    }
}

impl ProgressStream<'_> {
    /// The next report; none once the server has said the last.
    pub async fn next(&mut self) -> Result<Option<ProgressReport>, ClientError> {
        loop {
            let message = match self.socket.next().await {
                Some(Ok(Message::Text(text))) => serde_json::from_str::<Value>(&text)?,
                Some(Ok(Message::Close(_))) | None => {
                    return Err(self.client.lost("the web socket was closed"));
                }
                Some(Ok(_)) => continue,
                Some(Err(error)) => return Err(self.client.lost(error)),
            };
            match message["type"].as_str() {
                Some("next") => {
                    let report = &message["payload"]["data"]["videoProgress"];
                    if report.is_null() {
                        return Err(refused(&message["payload"]["errors"]));
                    }
                    return Ok(Some(serde_json::from_value(report.clone())?));
                }
                Some("error") => return Err(refused(&message["payload"])),
                Some("complete") => return Ok(None),
                Some("ping") => self.send(&json!({ "type": "pong" })).await?,
                _ => {}
            }
        }
    }

    async fn send(&mut self, message: &Value) -> Result<(), ClientError> {
        let text = Message::text(message.to_string());
        self.socket
            .send(text)
            .await
            .map_err(|error| self.client.lost(error))
    }
}

fn refused(errors: &Value) -> ClientError {
    let message = errors[0]["message"].as_str();
    ClientError::Refused(message.unwrap_or("the subscription was refused").to_owned())
}
