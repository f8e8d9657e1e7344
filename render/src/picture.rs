//! Loads a picture of any kind into the planes that the camera reads.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, RgbImage, imageops};

use crate::RenderError;
use crate::camera::Window;
use crate::planes::{self, CHROMA_OFFSET, Frame, LUMA_OFFSET};
use crate::resample::{Axis, Plane, Scratch, resample};

/// Longest side taken; a decoded picture may need half a gigabyte at most.
const MAX_SIDE_PX: u32 = 16_384;
const MAX_DECODED_BYTES: u64 = 512 << 20;
/// Detail kept beyond the film's size, for the camera's nearer end.
const MAX_OVERSIZE: f64 = 1.12;

/// A picture cropped to the film's shape, at the film's size or a little more.
pub(crate) struct Picture {
    y: Plane,
    u: Plane,
    v: Plane,
}

impl Picture {
    /// Loads `path` for a film of `width` x `height`; `scene` (from 1) is for errors.
    pub(crate) fn load(
        path: &Path,
        scene: usize,
        width: usize,
        height: usize,
    ) -> Result<Self, RenderError> {
        let refuse = |problem: String| RenderError::Picture {
            scene,
            path: path.to_owned(),
            problem,
        };
        let upright = decode(path).map_err(refuse)?;
        Ok(Self::from_rgb(&cover(&upright, width, height)))
    }

    fn from_rgb(rgb: &RgbImage) -> Self {
        let (width, height) = (rgb.width() as usize, rgb.height() as usize);
        let pixel = |x: usize, y: usize| {
            let start = (y * width + x) * 3;
            let bytes = &rgb.as_raw()[start..start + 3];
            [bytes[0], bytes[1], bytes[2]].map(f32::from)
        };
        let chroma = |x: usize, y: usize| {
            planes::chroma(planes::sited(|column, row| {
                let column = (2 * x + column).saturating_sub(1);
                pixel(column.min(width - 1), 2 * y + row)
            }))
        };
        Self {
            y: Plane::from_fn(width, height, |x, y| {
                (planes::luma(pixel(x, y)) + LUMA_OFFSET).round() as u8
            }),
            u: Plane::from_fn(width / 2, height / 2, |x, y| {
                (chroma(x, y).0 + CHROMA_OFFSET).round() as u8
            }),
            v: Plane::from_fn(width / 2, height / 2, |x, y| {
                (chroma(x, y).1 + CHROMA_OFFSET).round() as u8
            }),
        }
    }

    /// Draws what a window shows over the whole of `frame`.
    pub(crate) fn draw(&self, window: Window, frame: &mut Frame, scratch: &mut Scratch) {
        let (width, height) = (frame.width, frame.height);
        let x = View::new(window.left, window.size, self.y.width, width);
        let y = View::new(window.top, window.size, self.y.height, height);
        let planes = frame.planes();
        resample(&self.y, x.luma(), y.luma(), planes.y, width, scratch);
        let (across, down) = (x.chroma(0.0), y.chroma(0.5));
        resample(&self.u, across, down, planes.u, width / 2, scratch);
        resample(&self.v, across, down, planes.v, width / 2, scratch);
    }
}

/// One axis of a window, in luma pixels of the picture; 0 is the outer edge
/// of the first pixel.
struct View {
    origin: f64,
    step: f64,
}

impl View {
    fn new(origin: f64, size: f64, picture_px: usize, frame_px: usize) -> Self {
        let picture_px = picture_px as f64;
        Self {
            origin: origin * picture_px,
            step: size * picture_px / frame_px as f64,
        }
    }

    fn luma(&self) -> Axis {
        Axis {
            first: self.origin + 0.5 * self.step - 0.5,
            step: self.step,
        }
    }

    /// `siting` is where a chroma sample lies between its two luma samples:
    /// 0 on the first, 0.5 half way.
    fn chroma(&self, siting: f64) -> Axis {
        let luma_index = self.origin + (0.5 + siting) * self.step - 0.5;
        Axis {
            first: (luma_index - siting) / 2.0,
            step: self.step,
        }
    }
}

/// Decodes a file, upright and over black, or says what is wrong with it.
pub(crate) fn decode(path: &Path) -> Result<RgbImage, String> {
    let bytes = fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
    let mut reader = ImageReader::new(Cursor::new(&bytes))
        .with_guessed_format()
        .map_err(|error| format!("cannot be read: {error}"))?;
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(MAX_SIDE_PX);
    limits.max_image_height = Some(MAX_SIDE_PX);
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    let Some(format) = reader.format() else {
        return Err("is not a picture we know; use PNG, JPEG or WebP".to_owned());
    };
    if format == image::ImageFormat::Jpeg && !jpeg_is_whole(&bytes) {
        return Err("is cut off; make or fetch it again".to_owned());
    }
    let mut decoder = reader.into_decoder().map_err(|error| explain(&error))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| explain(&error))?;
    picture.apply_orientation(orientation);
    Ok(over_black(picture))
}

fn explain(error: &image::ImageError) -> String {
    match error {
        image::ImageError::Limits(_) => format!(
            "is too large; scale it to at most {MAX_SIDE_PX} pixels a side and {} MB decoded",
            MAX_DECODED_BYTES >> 20
        ),
        image::ImageError::Unsupported(_) => {
            format!("is of a kind we do not know ({error}); use PNG, JPEG or WebP")
        }
        _ => format!("is damaged or cut off ({error}); make or fetch it again"),
    }
}

/// A JPEG decoder fills what is missing with grey; only the end marker after
/// the last scan tells a whole file from half a one.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let last = |marker: [u8; 2]| bytes.windows(2).rposition(|pair| pair == marker);
    last([0xFF, 0xD9]) > last([0xFF, 0xDA])
}

fn over_black(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let rgba = picture.into_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [red, green, blue, alpha] = rgba.get_pixel(x, y).0;
        let fade = |value: u8| ((u16::from(value) * u16::from(alpha) + 127) / 255) as u8;
        image::Rgb([fade(red), fade(green), fade(blue)])
    })
}

/// Crops around the middle to the film's shape and scales to working size.
fn cover(picture: &RgbImage, width: usize, height: usize) -> RgbImage {
    let (have_w, have_h) = (f64::from(picture.width()), f64::from(picture.height()));
    let spare = (have_w / width as f64).min(have_h / height as f64);
    let oversize = spare.clamp(1.0, MAX_OVERSIZE);
    let even = |side: usize| ((side as f64 * oversize / 2.0).round() * 2.0) as u32;
    let (work_w, work_h) = (even(width), even(height));
    if (work_w, work_h) == picture.dimensions() {
        return picture.clone();
    }
    let keep = |side: usize, have: f64| (side as f64 * spare).round().clamp(1.0, have) as u32;
    let (crop_w, crop_h) = (keep(width, have_w), keep(height, have_h));
    let left = (picture.width() - crop_w) / 2;
    let top = (picture.height() - crop_h) / 2;
    let cropped = imageops::crop_imm(picture, left, top, crop_w, crop_h).to_image();
    imageops::resize(&cropped, work_w, work_h, imageops::FilterType::CatmullRom)
}

#[cfg(test)]
mod tests {
    use image::{ImageBuffer, ImageFormat};

    use super::*;

    /// Saves a picture and gives its decoded form back.
    fn reloaded(picture: &DynamicImage, format: ImageFormat) -> RgbImage {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("picture");
        picture.save_with_format(&path, format).unwrap();
        decode(&path).unwrap()
    }

    #[test]
    fn deep_grey_and_transparent_pictures_become_what_they_look_like() {
        let deep = ImageBuffer::from_pixel(4, 4, image::Rgb([65_535u16, 32_896, 0]));
        let deep = reloaded(&DynamicImage::ImageRgb16(deep), ImageFormat::Png);
        assert_eq!(deep.get_pixel(1, 1).0, [255, 128, 0]);

        let grey = ImageBuffer::from_pixel(4, 4, image::Luma([77u8]));
        let grey = reloaded(&DynamicImage::ImageLuma8(grey), ImageFormat::Png);
        assert_eq!(grey.get_pixel(1, 1).0, [77, 77, 77]);

        let clear = ImageBuffer::from_pixel(4, 4, image::Rgba([200u8, 100, 50, 51]));
        let clear = reloaded(&DynamicImage::ImageRgba8(clear), ImageFormat::Png);
        assert_eq!(clear.get_pixel(1, 1).0, [40, 20, 10]);
    }

    #[test]
    fn a_picture_that_says_it_lies_on_its_side_is_stood_up() {
        let wide = RgbImage::from_fn(32, 16, |x, _| image::Rgb([if x < 16 { 250 } else { 5 }; 3]));
        let mut jpeg = Cursor::new(Vec::new());
        wide.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
        // Exif 2.3: a big-endian TIFF block whose one entry says orientation 6.
        let exif = b"\xFF\xE1\x00\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let mut bytes = jpeg.into_inner();
        bytes.splice(2..2, exif.iter().copied());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("turned.jpg");
        fs::write(&path, bytes).unwrap();
        let upright = decode(&path).unwrap();
        assert_eq!(upright.dimensions(), (16, 32));
        assert!(upright.get_pixel(8, 4).0[0] > 200 && upright.get_pixel(8, 28).0[0] < 60);
    }

    #[test]
    fn any_shape_is_cropped_around_its_middle_and_fills_the_film() {
        for (width, height) in [(1, 1), (3, 900), (900, 3), (64, 64), (100, 200), (500, 400)] {
            let picture = RgbImage::from_fn(width, height, |x, y| {
                let middle = x.abs_diff(width / 2) <= 2 && y.abs_diff(height / 2) <= 2;
                image::Rgb([if middle { 255 } else { 0 }; 3])
            });
            let covering = cover(&picture, 64, 128);
            assert!(covering.width() >= 64 && covering.height() >= 128);
            assert!(covering.width() <= 72 && covering.height() <= 144);
            let (x, y) = (covering.width() / 2, covering.height() / 2);
            assert!(covering.get_pixel(x, y).0[0] > 100, "{width} x {height}");
        }
    }

    #[test]
    fn the_whole_window_of_a_flat_picture_keeps_its_colour() {
        let flat = RgbImage::from_pixel(128, 128, image::Rgb([255, 0, 0]));
        let mut frame = Frame::new(64, 64);
        let window = Window {
            left: 0.0,
            top: 0.0,
            size: 1.0,
        };
        Picture::from_rgb(&flat).draw(window, &mut frame, &mut Scratch::default());
        let planes = frame.planes();
        assert!(planes.y.iter().all(|&code| code == 63));
        assert!(planes.u.iter().all(|&code| code == 102));
        assert!(planes.v.iter().all(|&code| code == 240));
    }

    #[test]
    fn chroma_stays_where_luma_is() {
        // A vertical edge between two colours, seen at its own size.
        let edge = RgbImage::from_fn(64, 64, |x, _| {
            if x < 32 {
                image::Rgb([200, 40, 40])
            } else {
                image::Rgb([40, 40, 200])
            }
        });
        let mut frame = Frame::new(64, 64);
        for size in [1.0, 0.5] {
            let window = Window {
                left: (1.0 - size) / 2.0,
                top: (1.0 - size) / 2.0,
                size,
            };
            Picture::from_rgb(&edge).draw(window, &mut frame, &mut Scratch::default());
            let planes = frame.planes();
            let half_way = |line: &[u8]| {
                let middle = (u16::from(line[0]) + u16::from(line[line.len() - 1])) / 2;
                let rising = line[0] < line[line.len() - 1];
                let after = line
                    .iter()
                    .position(|&code| (u16::from(code) > middle) == rising);
                after.unwrap()
            };
            let luma_edge = half_way(&planes.y[..64]);
            let chroma_edge = half_way(&planes.u[..32]) * 2;
            assert!(
                luma_edge.abs_diff(chroma_edge) <= 2,
                "{luma_edge} {chroma_edge}"
            );
        }
    }
}
