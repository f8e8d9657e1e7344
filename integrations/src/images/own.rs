//! A picture that a user brings: judged by its content, whatever its name says,
//! and made into a file of the film's size that has nothing but pixels in it.

use std::fs::File;
use std::io::{self, Cursor, Read};

use bytes::Bytes;
use domain::InvalidField;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, Limits};
use tokio::sync::Semaphore;

use super::picture::{self, jpeg_is_whole};

/// The largest file.
pub const MAX_BYTES: u64 = 20 * 1_000_000;
/// Of the shorter side: less is a blur when it fills a film.
pub const MIN_SIDE_PX: u32 = 200;
pub const MAX_SIDE_PX: u32 = 12_000;
pub const MAX_PIXELS: u64 = 40_000_000;
/// What [`MAX_PIXELS`] of four channels at 16 bits take, and some room for the
/// decoder's own.
const MAX_DECODED_BYTES: u64 = 384 << 20;

/// Of the film, and so of what is kept.
pub const WIDTH_PX: u32 = 1080;
pub const HEIGHT_PX: u32 = 1920;

const FIELD: &str = "file";
const ANIMATED: &str = "is an animation; take a still picture";

/// Pictures that are looked at together, in this process: a large one takes
/// hundreds of megabytes meanwhile.
static TURNS: Semaphore = Semaphore::const_new(2);

#[derive(Debug, thiserror::Error)]
pub enum OwnImageError {
    #[error(transparent)]
    Refused(#[from] InvalidField),
    #[error("the file could not be read")]
    Unreadable(#[from] io::Error),
}

/// Makes a film's picture of `file`, as [`own_image`] does, when it is its turn.
/// No more is read than a picture may have.
///
/// # Errors
/// As [`own_image`], and where `file` cannot be read.
pub async fn read_own_image(file: File) -> Result<Bytes, OwnImageError> {
    let _turn = TURNS.acquire().await.expect("it is never closed");
    let made = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        Ok(own_image(&bytes)?)
    });
    made.await
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
}

/// Makes a film's picture of `file`: turned as its camera says, transparent
/// parts on white, its middle cut to 9:16 and brought to 1080x1920, as a JPEG
/// file with no metadata. The same file gives the same bytes.
///
/// # Errors
/// Names the field `file`, what is wrong and the limit, for what is no still
/// PNG, JPEG or WebP picture, is cut off, too large or too small.
pub fn own_image(file: &[u8]) -> Result<Bytes, InvalidField> {
    make(file).map_err(|problem| InvalidField::new(FIELD, problem))
}

fn make(file: &[u8]) -> Result<Bytes, String> {
    if file.len() as u64 > MAX_BYTES {
        return Err(format!(
            "has more than the {MAX_BYTES} bytes ({} MB) that are allowed",
            MAX_BYTES / 1_000_000
        ));
    }
    let picture = on_white(decode(file)?);
    let made = picture::filling(&picture, WIDTH_PX, HEIGHT_PX);
    made.map_err(|error| format!("cannot be made into a JPEG picture: {error}"))
}

fn decode(file: &[u8]) -> Result<DynamicImage, String> {
    let format = image::guess_format(file).ok();
    let read = Cursor::new(file);
    match format {
        Some(ImageFormat::Png) => {
            let decoder = PngDecoder::with_limits(read, limits()).map_err(unreadable)?;
            if decoder.is_apng().map_err(unreadable)? {
                return Err(ANIMATED.to_owned());
            }
            pixels(decoder)
        }
        Some(ImageFormat::WebP) => {
            let decoder = WebPDecoder::new(read).map_err(unreadable)?;
            if decoder.has_animation() {
                return Err(ANIMATED.to_owned());
            }
            pixels(decoder)
        }
        Some(ImageFormat::Jpeg) => {
            let decoder = JpegDecoder::new(read).map_err(unreadable)?;
            if !jpeg_is_whole(file) {
                return Err("is cut off; take the whole file".to_owned());
            }
            pixels(decoder)
        }
        other => Err(format!(
            "is {}; convert it to PNG, JPEG or WebP",
            other.map_or("no picture that is known", name)
        )),
    }
}

fn name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Gif => "a GIF",
        ImageFormat::Tiff => "a TIFF",
        ImageFormat::Bmp => "a BMP",
        ImageFormat::Avif => "an AVIF",
        _ => "no PNG, JPEG or WebP picture",
    }
}

fn unreadable(_: image::ImageError) -> String {
    "cannot be read; it is cut off or damaged".to_owned()
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = None;
    limits.max_image_height = None;
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    limits
}

/// Only after its size was judged by its head.
fn pixels(mut decoder: impl ImageDecoder) -> Result<DynamicImage, String> {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > MAX_SIDE_PX || pixels > MAX_PIXELS {
        return Err(format!(
            "is {width}x{height} pixels; at most {MAX_SIDE_PX} a side and {} million in all are \
             allowed",
            MAX_PIXELS / 1_000_000
        ));
    }
    if width.min(height) < MIN_SIDE_PX {
        return Err(format!(
            "is {width}x{height} pixels; each side must have at least {MIN_SIDE_PX}"
        ));
    }
    decoder.set_limits(limits()).map_err(unreadable)?;
    picture::upright(decoder).map_err(unreadable)
}

fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture;
    }
    let mut picture = picture.into_rgba8();
    for pixel in picture.pixels_mut() {
        let alpha = u16::from(pixel.0[3]);
        for channel in &mut pixel.0[..3] {
            let blended = (u16::from(*channel) * alpha + 255 * (255 - alpha) + 127) / 255;
            *channel = blended as u8;
        }
        pixel.0[3] = 255;
    }
    picture.into()
}

#[cfg(test)]
mod tests;
