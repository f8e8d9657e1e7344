use async_graphql::{Context, InputObject};
use domain::video::ScenePicture;
use domain::{Asset, InvalidField, MaterialKind, MediaKey, UserId};

use crate::context::Asking;
use crate::error::{Refusal, UserError};
use crate::problems::Problems;

/// No script has more scenes.
const MAX_SCENES: i32 = 60;

/// A picture of one's own for a scene of the script.
#[derive(InputObject)]
pub(crate) struct ScenePictureInput {
    /// Which of the script's scenes, from 1. A picture for a scene that the
    /// script turns out not to have is not used.
    scene: i32,
    /// The key that `uploadPicture` gave.
    key: String,
}

/// The pictures that `viewer` names in the input's `field`; what is wrong with
/// them is noted.
pub(crate) async fn pictures(
    ctx: &Context<'_>,
    viewer: UserId,
    field: &str,
    named: &[ScenePictureInput],
    problems: &mut Problems,
) -> Result<Vec<ScenePicture>, Refusal> {
    if named.len() > MAX_SCENES as usize {
        let number = named.len();
        let problem = format!("has {number} pictures; at most {MAX_SCENES} are allowed");
        problems.add(UserError::new(
            field,
            "INVALID",
            format!("{field}: {problem}"),
        ));
        return Ok(Vec::new());
    }
    let mut pictures: Vec<ScenePicture> = Vec::new();
    for (place, named) in named.iter().enumerate() {
        let field = format!("{field}[{place}]");
        let is_taken = |scene: u16| pictures.iter().any(|picture| picture.scene == scene);
        let scene = match scene_number(named.scene) {
            Ok(scene) if is_taken(scene) => Err(InvalidField::new(
                "scene",
                format!("{} has a picture already; name each once", named.scene),
            )),
            other => other,
        };
        let scene = problems.check(&format!("{field}.scene"), scene);
        let picture = picture(ctx, viewer, &format!("{field}.key"), &named.key, problems).await?;
        if let (Some(scene), Some(picture)) = (scene, picture) {
            pictures.push(ScenePicture { scene, picture });
        }
    }
    Ok(pictures)
}

fn scene_number(given: i32) -> Result<u16, InvalidField> {
    let number = (1..=MAX_SCENES).contains(&given).then_some(given - 1);
    let number = number.and_then(|number| u16::try_from(number).ok());
    number.ok_or_else(|| {
        let problem = format!("{given} is no scene; choose 1 to {MAX_SCENES}");
        InvalidField::new("scene", problem)
    })
}

async fn picture(
    ctx: &Context<'_>,
    viewer: UserId,
    field: &str,
    key: &str,
    problems: &mut Problems,
) -> Result<Option<Asset>, Refusal> {
    let Some(key) = problems.check(field, MediaKey::try_new(key)) else {
        return Ok(None);
    };
    let materials = &ctx.api().materials;
    let taken = materials.take(viewer, MaterialKind::Picture, &key).await;
    let taken = taken.map_err(Refusal::unexpected)?;
    if taken.is_none() {
        let message = format!(
            "key: there is no picture {key}; upload a file with `uploadPicture` and pass the key \
             it gives"
        );
        problems.add(UserError::new(field, "NOT_FOUND", message));
    }
    Ok(taken)
}
