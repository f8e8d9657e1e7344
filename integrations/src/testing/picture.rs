use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};

use crate::images::ImageRequest;

/// One grey, told by what is to be seen, as a PNG file.
pub(super) fn plain(request: &ImageRequest) -> Vec<u8> {
    let mut hasher = DefaultHasher::new();
    (&request.description, request.seed).hash(&mut hasher);
    let [grey, ..] = hasher.finish().to_le_bytes();
    grey_picture(request.width_px, request.height_px, grey)
}

/// A PNG file of one grey.
pub fn grey_picture(width: u32, height: u32, grey: u8) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    GrayImage::from_pixel(width, height, Luma([grey]))
        .write_to(&mut file, ImageFormat::Png)
        .expect("memory takes every byte");
    file.into_inner()
}
