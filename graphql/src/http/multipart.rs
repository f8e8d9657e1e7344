//! An operation with a file.
//! <https://github.com/jaydenseric/graphql-multipart-request-spec>

use std::collections::HashMap;
use std::io;

use async_graphql::{Request, UploadValue};
use axum::body::Body;
use axum::http::StatusCode;
use futures::{StreamExt, stream};
use multer::{Constraints, Field, Multipart, SizeLimit};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use tokio::task::yield_now;

use super::receive::{bad, json, operation};
use super::size::{MAX_BODY_BYTES, MAX_JSON_BYTES, too_large};
use crate::execution::Stopped;

/// Of the field that says where the file belongs.
const MAX_MAP_BYTES: usize = 4 * 1024;

/// The file waits on disk, the rest is small.
pub(super) async fn receive(content_type: &str, body: Body) -> Result<Request, Stopped> {
    let boundary = multer::parse_boundary(content_type);
    let boundary = boundary.map_err(|_| bad("multipart/form-data needs a boundary"))?;
    let limit = SizeLimit::new()
        .whole_stream(MAX_BODY_BYTES as u64)
        .for_field("operations", MAX_JSON_BYTES as u64)
        .for_field("map", MAX_MAP_BYTES as u64);
    // The parser takes in all that is ready, so no more than a piece at a time is.
    let body = (body.into_data_stream(), false);
    let pieces = stream::unfold(body, async |(mut body, has_begun)| {
        if has_begun {
            yield_now().await;
        }
        Some((body.next().await?, (body, true)))
    });
    let constraints = Constraints::new().size_limit(limit);
    let mut fields = Multipart::with_constraints(pieces.boxed(), boundary, constraints);
    let (mut request, mut map, mut file) = (None, None, None);
    while let Some(field) = fields.next_field().await.map_err(|it| unreadable(&it))? {
        match field.name() {
            Some("operations") => request = Some(operation(&whole(field).await?)?),
            Some("map") => map = Some(json::<HashMap<String, Vec<String>>>(&whole(field).await?)?),
            Some(name) if file.is_none() => file = Some((name.to_owned(), kept(field).await?)),
            _ => return Err(bad("send one file a request, under a name")),
        }
    }
    let (Some(mut request), Some(map)) = (request, map) else {
        return Err(bad("the fields \"operations\" and \"map\" are missing"));
    };
    for (name, places) in map {
        let Some((_, upload)) = file.take_if(|(named, _)| *named == name) else {
            return Err(bad("\"map\" names a file that is not there"));
        };
        let [place] = places.as_slice() else {
            return Err(bad("\"map\" gives a file one place"));
        };
        request.set_upload(place, upload);
    }
    Ok(request)
}

async fn whole(field: Field<'_>) -> Result<bytes::Bytes, Stopped> {
    field.bytes().await.map_err(|error| unreadable(&error))
}

async fn kept(mut field: Field<'_>) -> Result<UploadValue, Stopped> {
    let mut file = File::from_std(tempfile::tempfile().map_err(|it| unkept(&it))?);
    while let Some(piece) = field.chunk().await.map_err(|it| unreadable(&it))? {
        file.write_all(&piece).await.map_err(|it| unkept(&it))?;
    }
    file.rewind().await.map_err(|it| unkept(&it))?;
    Ok(UploadValue {
        filename: field.file_name().unwrap_or_default().to_owned(),
        content_type: field.content_type().map(ToString::to_string),
        content: file.into_std().await,
    })
}

fn unreadable(error: &multer::Error) -> Stopped {
    match error {
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => {
            too_large()
        }
        multer::Error::StreamReadFailed(_) => bad("the request broke off"),
        _ => bad("this is no multipart/form-data with a GraphQL operation"),
    }
}

fn unkept(error: &io::Error) -> Stopped {
    let error = error as &dyn std::error::Error;
    tracing::error!(error, "an upload could not be put on disk");
    let message = "the file cannot be taken now; try again shortly";
    Stopped::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
}
