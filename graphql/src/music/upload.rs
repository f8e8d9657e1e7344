use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use async_graphql::{Context, Object, Result, SimpleObject, Upload};
use domain::{InvalidField, MediaKey, UserId};
use integrations::Observer;
use integrations::media::Body;
use render::RenderError;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::{MAX_BYTES, folder, format};
use crate::Api;
use crate::context::Asking;
use crate::error::{Refusal, UserError, unexpected};

/// The argument that holds the file.
const FIELD: &str = "file";

/// What became of `uploadMusic`. It has no `position`: a file is no event, and
/// can be used at once.
#[derive(SimpleObject)]
pub(crate) struct UploadMusicPayload {
    /// For `settings.music.key`, with the kind `OWN`; null when the file was
    /// refused. The same file has the same key.
    key: Option<String>,
    /// How long it plays; it is looped or cut to fit the film.
    duration_ms: Option<u64>,
    /// What was wrong with the file; empty when it was kept.
    errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct MusicMutation;

#[Object]
impl MusicMutation {
    /// Keeps a file of music for your videos: WAV, MP3, M4A, Ogg or FLAC, up to
    /// 50 MB. Send it as a GraphQL multipart request.
    async fn upload_music(&self, ctx: &Context<'_>, file: Upload) -> Result<UploadMusicPayload> {
        match keep(ctx, file).await {
            Ok((key, duration_ms)) => Ok(UploadMusicPayload {
                key: Some(key.to_string()),
                duration_ms: Some(duration_ms),
                errors: Vec::new(),
            }),
            Err(Refusal::Expected(errors)) => Ok(UploadMusicPayload {
                key: None,
                duration_ms: None,
                errors,
            }),
            Err(Refusal::Unexpected(error)) => Err(unexpected(ctx.correlation_id(), &*error)),
        }
    }
}

async fn keep(ctx: &Context<'_>, file: Upload) -> Result<(MediaKey, u64), Refusal> {
    let viewer = ctx.viewer().map_err(Refusal::unexpected)?;
    let upload = file.value(ctx).map_err(Refusal::unexpected)?;
    let bytes = upload.size().map_err(Refusal::unexpected)?;
    if bytes > MAX_BYTES {
        let message = format!(
            "file: has {bytes} bytes; at most {MAX_BYTES} ({} MB) are allowed",
            MAX_BYTES / 1_000_000
        );
        return Err(UserError::new(FIELD, "TOO_LARGE", message).into());
    }
    let api: &Api = ctx.api();
    let scratch = api.scratch.clone();
    let content = upload.content;
    let checked = tokio::task::spawn_blocking(move || check(content, &scratch, viewer));
    let music = checked.await.map_err(Refusal::unexpected)??;
    let body = Body::File(music.file.path().to_owned());
    let kept = api.media.put(&music.key, body, &Observer::silent()).await;
    kept.map_err(Refusal::unexpected)?;
    Ok((music.key, music.duration_ms))
}

struct Checked {
    /// Deleted with this.
    file: NamedTempFile,
    key: MediaKey,
    duration_ms: u64,
}

/// Names the file by what is in it, and hears it through.
fn check(upload: File, scratch: &Path, viewer: UserId) -> Result<Checked, Refusal> {
    let mut head = Vec::new();
    let mut upload = io::BufReader::new(upload);
    let beginning = upload.by_ref().take(format::HEAD_BYTES as u64);
    { beginning }
        .read_to_end(&mut head)
        .map_err(Refusal::unexpected)?;
    let extension = format::extension(&head).ok_or_else(|| {
        let problem = format!("is not {}; convert it to one of these", format::KNOWN);
        invalid(problem)
    })?;
    let mut file = tempfile::Builder::new()
        .prefix("music-")
        .suffix(&format!(".{extension}"))
        .tempfile_in(scratch)
        .map_err(Refusal::unexpected)?;
    let sha256 = copy(&head, upload, &mut file).map_err(Refusal::unexpected)?;
    let audio = render::check_audio(file.path()).map_err(refusal)?;
    let key = MediaKey::try_new(format!("{}{sha256}.{extension}", folder(viewer)))
        .expect("ids, digests and extensions make sound keys");
    Ok(Checked {
        file,
        key,
        duration_ms: audio.duration_ms,
    })
}

/// Answers the SHA-256 of what was copied, in hex.
fn copy(head: &[u8], mut rest: impl Read, to: &mut impl Write) -> io::Result<String> {
    let mut sha256 = Sha256::new();
    let mut piece = vec![0; 256 * 1024];
    sha256.update(head);
    to.write_all(head)?;
    loop {
        match rest.read(&mut piece)? {
            0 => break,
            read => {
                sha256.update(&piece[..read]);
                to.write_all(&piece[..read])?;
            }
        }
    }
    to.flush()?;
    Ok(hex::encode(sha256.finalize()))
}

fn refusal(error: RenderError) -> Refusal {
    match error {
        RenderError::Sound { problem, .. } => invalid(problem),
        missing @ RenderError::MissingProgram { .. } => {
            UserError::new(FIELD, "UNAVAILABLE", missing.to_string()).into()
        }
        other => Refusal::unexpected(other),
    }
}

fn invalid(problem: String) -> Refusal {
    UserError::invalid(FIELD, &InvalidField::new(FIELD, problem)).into()
}
