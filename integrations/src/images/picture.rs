//! From the bytes of a file to a picture of exactly the wanted size.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, ImageResult, Limits,
};

use crate::offline::compute;
use crate::{Observer, ProviderError};

/// No provider draws more; a file can claim anything.
const MAX_SIDE_PX: u32 = 8_192;
const MAX_DECODED_BYTES: u64 = 256 << 20;
/// Of 100: above this, what is seen no longer changes.
const JPEG_QUALITY: u8 = 92;

/// Whatever the provider calls it: PNG, JPEG or WebP, told by its content.
///
/// # Errors
/// [`ProviderError::Malformed`] for what is no picture, or half of one.
pub(super) async fn decode(
    bytes: Bytes,
    observer: &Observer,
) -> Result<DynamicImage, ProviderError> {
    compute(observer, move |_| {
        read(&bytes).map_err(|problem| ProviderError::Malformed { problem })
    })
    .await
}

/// Fills `width` x `height` around the middle of the picture, as a JPEG file
/// that has nothing but pixels in it.
pub(super) async fn cover(
    picture: DynamicImage,
    width: u32,
    height: u32,
    observer: &Observer,
) -> Result<Bytes, ProviderError> {
    compute(observer, move |_| {
        filling(&picture, width, height).map_err(|error| ProviderError::Unavailable {
            problem: format!("the picture could not be written: {error}"),
        })
    })
    .await
}

/// As [`cover`], on this thread.
pub(super) fn filling(picture: &DynamicImage, width: u32, height: u32) -> ImageResult<Bytes> {
    let picture = scaled(picture, width, height).into_rgb8();
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY).encode_image(&picture)?;
    Ok(file.into())
}

/// Decodes, and turns as the camera was held.
pub(super) fn upright(mut decoder: impl ImageDecoder) -> ImageResult<DynamicImage> {
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn read(bytes: &[u8]) -> Result<DynamicImage, String> {
    let no_picture = |_| "it is no picture that can be read".to_owned();
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader.map_err(|error| no_picture(ImageError::IoError(error)))?;
    if reader.format() == Some(ImageFormat::Jpeg) && !jpeg_is_whole(bytes) {
        return Err("its picture is cut off".to_owned());
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE_PX);
    limits.max_image_height = Some(MAX_SIDE_PX);
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(no_picture)?;
    upright(decoder).map_err(no_picture)
}

/// The decoder fills what is missing with grey: only the end marker behind the
/// last scan tells.
pub(super) fn jpeg_is_whole(bytes: &[u8]) -> bool {
    const SCAN: [u8; 2] = [0xFF, 0xDA];
    const END: [u8; 2] = [0xFF, 0xD9];
    let mut pairs = bytes.windows(2).rev();
    pairs.find(|pair| *pair == SCAN || *pair == END) == Some(&END)
}

/// Cropped first, so that a long strip is not blown up.
fn scaled(picture: &DynamicImage, width: u32, height: u32) -> DynamicImage {
    let side = |have: u32, other: u32, wanted: u32, wanted_other: u32| {
        let fitting = u64::from(other) * u64::from(wanted) / u64::from(wanted_other);
        u64::from(have).min(fitting).max(1) as u32
    };
    let (have_width, have_height) = (picture.width(), picture.height());
    let crop_width = side(have_width, have_height, width, height);
    let crop_height = side(have_height, have_width, height, width);
    let left = (have_width - crop_width) / 2;
    let top = (have_height - crop_height) / 2;
    picture
        .crop_imm(left, top, crop_width, crop_height)
        .resize_exact(width, height, FilterType::Lanczos3)
}

#[cfg(test)]
/// As PNG has it: <https://www.w3.org/TR/png/#5CRC-algorithm>
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xEDB8_8320 * (sum & 1))
        })
    };
    !bytes.iter().fold(!0, step)
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    /// White but for a black middle.
    fn target(width: u32, height: u32) -> DynamicImage {
        let middle = |at: u32, side: u32| at.abs_diff(side / 2) <= side / 8;
        let pixel = |x, y| {
            Rgb([if middle(x, width) && middle(y, height) {
                0
            } else {
                255
            }; 3])
        };
        RgbImage::from_fn(width, height, pixel).into()
    }

    fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    #[tokio::test]
    async fn any_shape_fills_the_wanted_one_around_its_middle() {
        for (width, height) in [(90, 160), (1, 1), (300, 40), (40, 300), (108, 192)] {
            let silent = Observer::silent();
            let covered = cover(target(width, height), 90, 160, &silent).await;
            let covered = decode(covered.unwrap(), &silent).await.unwrap().into_rgb8();
            assert_eq!(covered.dimensions(), (90, 160));
            let middle = covered.get_pixel(45, 80).0[0];
            assert!(middle < 60, "{width}x{height}: {middle}");
        }
    }

    #[test]
    fn a_picture_is_known_by_its_content() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let bytes = file(&target(64, 48), format);
            assert_eq!(read(&bytes).unwrap().width(), 64, "{format:?}");
            let half = &bytes[..bytes.len() - bytes.len() / 3];
            let problem = read(half).unwrap_err();
            assert!(problem.contains("picture"), "{format:?}: {problem}");
        }
        assert!(read(b"<svg/>").is_err());
        assert!(read(b"").is_err());
    }

    #[test]
    fn a_picture_that_claims_to_be_huge_is_not_decoded() {
        let mut bytes = file(&target(64, 48), ImageFormat::Png);
        // The width, behind the signature and the name of the first chunk, whose
        // checksum is made anew.
        bytes[16..20].copy_from_slice(&60_000u32.to_be_bytes());
        let sum = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.to_be_bytes());
        assert!(read(&bytes).is_err());
    }
}
