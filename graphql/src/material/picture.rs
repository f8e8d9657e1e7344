use async_graphql::{Context, Object, Result, SimpleObject, Upload};
use domain::{InvalidField, MaterialKind, MediaKey};
use integrations::images::{OwnImageError, read_own_image};
use integrations::media::Body;
use material::{Checked, MaterialError};
use sha2::{Digest, Sha256};

use crate::context::Asking;
use crate::error::{Refusal, UserError, unexpected};
use crate::limit;

/// The argument that holds the file.
const FIELD: &str = "file";

/// What became of `uploadPicture`. It has no `position`: a file is no event, and
/// can be used at once.
#[derive(SimpleObject)]
pub(crate) struct UploadPicturePayload {
    /// By which requests name it; null when the file was refused. The same file
    /// has the same key.
    key: Option<String>,
    /// What was wrong with the file; empty when it was kept.
    errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct PictureMutation;

#[Object]
impl PictureMutation {
    /// Keeps a picture for scenes of your videos: PNG, JPEG or WebP, up to 20 MB,
    /// 12,000 pixels a side and 40 million in all, at least 200 a side. It is
    /// turned as the camera was held, its middle is cut to 9:16 and brought to
    /// 1080x1920, and nothing but the pixels is kept. Used by no request, it is
    /// dropped after 30 days. Send it as a GraphQL multipart request.
    async fn upload_picture(
        &self,
        ctx: &Context<'_>,
        file: Upload,
    ) -> Result<UploadPicturePayload> {
        match keep(ctx, file).await {
            Ok(key) => Ok(UploadPicturePayload {
                key: Some(key.to_string()),
                errors: Vec::new(),
            }),
            Err(Refusal::Expected(errors)) => Ok(UploadPicturePayload { key: None, errors }),
            Err(Refusal::Unexpected(error)) => Err(unexpected(ctx.correlation_id(), &*error)),
        }
    }
}

async fn keep(ctx: &Context<'_>, file: Upload) -> Result<MediaKey, Refusal> {
    let viewer = ctx.viewer().map_err(Refusal::unexpected)?;
    limit::take(ctx, accounts::limits::UPLOADS).await?;
    let upload = file.value(ctx).map_err(Refusal::unexpected)?;
    let picture = read_own_image(upload.content).await.map_err(refusal)?;
    let checked = Checked {
        kind: MaterialKind::Picture,
        sha256: hex::encode(Sha256::digest(&picture)),
        file_name: "picture.jpg",
        body: Body::Bytes(picture),
    };
    match ctx.api().materials.keep(viewer, checked).await {
        Ok(kept) => Ok(kept.key),
        Err(error @ MaterialError::TooMany) => {
            Err(UserError::new(FIELD, "TOO_MANY", format!("file: {error}")).into())
        }
        Err(error) => Err(Refusal::unexpected(error)),
    }
}

fn refusal(error: OwnImageError) -> Refusal {
    match error {
        OwnImageError::Refused(InvalidField { problem, .. }) => {
            UserError::invalid(FIELD, &InvalidField::new(FIELD, problem)).into()
        }
        unreadable @ OwnImageError::Unreadable(_) => Refusal::unexpected(unreadable),
    }
}
