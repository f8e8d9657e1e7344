//! What an image model would paint.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use crate::Fault;

/// Upright, but of no shape or size that anybody asks for.
pub(crate) const WIDTH_PX: u32 = 418;
pub(crate) const HEIGHT_PX: u32 = 706;

/// The file, or what is left of it.
pub(crate) fn picture(format: ImageFormat, fault: Option<Fault>) -> Vec<u8> {
    if fault == Some(Fault::WrongContent) {
        return b"Once upon a time there was an octopus.".to_vec();
    }
    let sky = RgbImage::from_fn(WIDTH_PX, HEIGHT_PX, |x, y| {
        Rgb([(x / 2) as u8, (y / 4) as u8, 180])
    });
    let mut file = Cursor::new(Vec::new());
    sky.write_to(&mut file, format)
        .expect("memory takes every byte");
    let mut bytes = file.into_inner();
    if fault == Some(Fault::CutShort) {
        bytes.truncate(bytes.len() / 2);
    }
    bytes
}
