//! Draws one picture: `compose "a giant octopus, underwater ocean" pixar-3d out.png [seed] [width] [height]`.

use std::error::Error;

use offline_images::{ArtStyle, ImageRequest, compose};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [description, style, path, rest @ ..] = arguments.as_slice() else {
        return Err("usage: compose DESCRIPTION STYLE OUT.png [SEED] [WIDTH] [HEIGHT]".into());
    };
    let number = |at: usize, usual: u32| rest.get(at).map_or(Ok(usual), |text| text.parse());
    let picture = compose(&ImageRequest {
        description,
        style: style.parse::<ArtStyle>()?,
        seed: u64::from(number(0, 7)?),
        width: number(1, 1080)?,
        height: number(2, 1920)?,
    })?;
    let file = if path.ends_with(".png") {
        picture.to_png()?
    } else {
        picture.to_jpeg(90)?
    };
    std::fs::write(path, file)?;
    Ok(())
}
