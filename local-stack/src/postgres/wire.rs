//! Just enough of Postgres' protocol to ask whether it serves, and to run
//! statements without a result:
//! <https://www.postgresql.org/docs/current/protocol-message-formats.html>

use std::io;
use std::path::Path;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

/// SQLSTATE `invalid_catalog_name`.
pub(crate) const NO_SUCH_DATABASE: &str = "3D000";

const PROTOCOL_3_0: u32 = 196_608;
/// What a server of ours says while connecting is far shorter.
const MESSAGE_MAX: usize = 64 * 1024;

#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    #[error("the connection failed")]
    Io(#[from] io::Error),
    #[error("{message} ({code})")]
    Refused { code: String, message: String },
    #[error("the server does not speak as expected")]
    Malformed,
}

/// Connects, runs `statements` if there are any, and says goodbye.
pub(crate) async fn ask(
    socket: &Path,
    user: &str,
    database: &str,
    statements: Option<&str>,
) -> Result<(), WireError> {
    let mut server = UnixStream::connect(socket).await?;
    let mut hello = PROTOCOL_3_0.to_be_bytes().to_vec();
    for word in ["user", user, "database", database, ""] {
        hello.extend(word.bytes().chain([0]));
    }
    send(&mut server, None, &hello).await?;
    until_idle(&mut server).await?;
    if let Some(statements) = statements {
        let body: Vec<u8> = statements.bytes().chain([0]).collect();
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
                    code: field(&body, b'C').ok_or(WireError::Malformed)?,
                    message: field(&body, b'M').ok_or(WireError::Malformed)?,
                });
            }
            _ => {}
        }
    }
}

/// One field of an `ErrorResponse`, by its letter.
fn field(body: &[u8], letter: u8) -> Option<String> {
    let field = body
        .split(|byte| *byte == 0)
        .find(|field| field.first() == Some(&letter))?;
    String::from_utf8(field[1..].to_vec()).ok()
}
