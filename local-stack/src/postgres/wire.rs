//! Just enough of Postgres' protocol to ask whether it serves, and to run one
//! statement without a result:
//! <https://www.postgresql.org/docs/current/protocol-message-formats.html>

use std::io;
use std::path::Path;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

/// SQLSTATE `invalid_catalog_name`.
pub(super) const NO_SUCH_DATABASE: &str = "3D000";

const PROTOCOL_3_0: u32 = 196_608;
/// What a server of ours says while connecting is far shorter.
const MESSAGE_MAX: usize = 64 * 1024;

#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    #[error("the connection failed")]
    Io(#[from] io::Error),
    #[error("the server refused with {code}")]
    Refused { code: String },
    #[error("the server does not speak as expected")]
    Malformed,
}

/// Connects, runs `statement` if there is one, and says goodbye.
pub(super) async fn ask(
    socket: &Path,
    user: &str,
    database: &str,
    statement: Option<&str>,
) -> Result<(), WireError> {
    let mut server = UnixStream::connect(socket).await?;
    let mut hello = PROTOCOL_3_0.to_be_bytes().to_vec();
    for word in ["user", user, "database", database, ""] {
        hello.extend(word.bytes().chain([0]));
    }
    send(&mut server, None, &hello).await?;
    until_idle(&mut server).await?;
    if let Some(statement) = statement {
        let body: Vec<u8> = statement.bytes().chain([0]).collect();
        send(&mut server, Some(b'Q'), &body).await?;
        until_idle(&mut server).await?;
    }
    send(&mut server, Some(b'X'), &[]).await?;
    Ok(())
}

async fn send(server: &mut UnixStream, tag: Option<u8>, body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len() + 4).expect("our messages are short");
    let mut message: Vec<u8> = tag.into_iter().collect();
    message.extend(length.to_be_bytes());
    message.extend(body);
    server.write_all(&message).await
}

/// Reads up to `ReadyForQuery`, or to the first error.
async fn until_idle(server: &mut UnixStream) -> Result<(), WireError> {
    loop {
        let tag = server.read_u8().await?;
        let length = server.read_u32().await? as usize;
        if !(4..=MESSAGE_MAX).contains(&length) {
            return Err(WireError::Malformed);
        }
        let mut body = vec![0; length - 4];
        server.read_exact(&mut body).await?;
        match tag {
            b'Z' => return Ok(()),
            b'E' => {
                return Err(WireError::Refused {
                    code: error_code(&body).ok_or(WireError::Malformed)?,
                });
            }
            _ => {}
        }
    }
}

/// The field `C` of an `ErrorResponse`.
fn error_code(body: &[u8]) -> Option<String> {
    let field = body
        .split(|byte| *byte == 0)
        .find(|field| field.first() == Some(&b'C'))?;
    String::from_utf8(field[1..].to_vec()).ok()
}
