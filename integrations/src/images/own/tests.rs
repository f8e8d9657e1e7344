use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::*;

use super::*;

/// Red above, blue below.
fn flag(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |_, y| {
        Rgb(if y < height / 2 {
            [255, 0, 0]
        } else {
            [0, 0, 255]
        })
    })
}

fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.into().write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn made(file: &[u8]) -> RgbImage {
    let bytes = own_image(file).unwrap();
    assert_eq!(image::guess_format(&bytes).unwrap(), ImageFormat::Jpeg);
    image::load_from_memory(&bytes).unwrap().into_rgb8()
}

fn refused(file: &[u8]) -> String {
    let refused = own_image(file).unwrap_err();
    assert_eq!(refused.field, "file");
    refused.problem
}

fn is_near(pixel: &Rgb<u8>, wanted: [u8; 3]) -> bool {
    let pairs = pixel.0.iter().zip(wanted);
    pairs.into_iter().all(|(a, b)| a.abs_diff(b) < 24)
}

/// A TIFF block with the orientation "turn right" and a maker's name.
fn exif() -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x02\0".to_vec();
    exif.extend(b"\x0f\x01\x02\0\x0c\0\0\0\x26\0\0\0");
    exif.extend(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
    exif.extend([0; 4]);
    exif.extend(b"SecretPlace\0");
    exif
}

#[test]
fn still_pictures_of_each_format_become_a_film_picture() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let picture = made(&file(flag(300, 500), format));
        assert_eq!(picture.dimensions(), (WIDTH_PX, HEIGHT_PX), "{format:?}");
        assert!(is_near(picture.get_pixel(540, 100), [255, 0, 0]));
        assert!(is_near(picture.get_pixel(540, 1800), [0, 0, 255]));
    }
}

#[test]
fn a_picture_is_turned_as_the_camera_was_held_and_tells_nothing_else() {
    let mut turned = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut turned, 90);
    encoder.set_exif_metadata(exif()).unwrap();
    let picture = flag(500, 300);
    encoder
        .write_image(&picture, 500, 300, ExtendedColorType::Rgb8)
        .unwrap();
    assert!(turned.windows(11).any(|bytes| bytes == b"SecretPlace"));
    let kept = own_image(&turned).unwrap();
    for trace in [&b"SecretPlace"[..], b"Exif", b"http"] {
        assert!(!kept.windows(trace.len()).any(|bytes| bytes == trace));
    }
    let picture = image::load_from_memory(&kept).unwrap().into_rgb8();
    // Turned right, what was above is on the right.
    assert!(is_near(picture.get_pixel(1000, 960), [255, 0, 0]));
    assert!(is_near(picture.get_pixel(80, 960), [0, 0, 255]));
}

#[test]
fn transparent_parts_lie_on_white_and_sixteen_bits_become_eight() {
    let clear = RgbaImage::from_pixel(300, 300, Rgba([10, 200, 30, 0]));
    let picture = made(&file(clear, ImageFormat::Png));
    assert!(is_near(picture.get_pixel(5, 5), [255, 255, 255]));
    let half = RgbaImage::from_pixel(300, 300, Rgba([0, 0, 0, 128]));
    let picture = made(&file(half, ImageFormat::WebP));
    assert!(is_near(picture.get_pixel(5, 5), [127, 127, 127]));
    let deep = DynamicImage::from(flag(300, 300)).into_rgba16();
    let picture = made(&file(DynamicImage::from(deep), ImageFormat::Png));
    assert!(is_near(picture.get_pixel(5, 5), [255, 0, 0]));
    let grey = DynamicImage::from(flag(300, 300)).into_luma_alpha16();
    made(&file(DynamicImage::from(grey), ImageFormat::Png));
}

#[test]
fn the_inks_of_a_printer_become_colours() {
    // Magenta and yellow in full, and of black 40% in the first.
    for (picture, red) in [
        (&include_bytes!("../../../tests/pictures/cmyk.jpg")[..], 153),
        (include_bytes!("../../../tests/pictures/ycck.jpg"), 255),
    ] {
        let picture = made(picture);
        let seen = picture.get_pixel(540, 960);
        assert!(is_near(seen, [red, 0, 0]), "{seen:?}");
    }
}

#[test]
fn what_is_no_still_picture_of_a_known_kind_is_named() {
    assert!(refused(b"GIF89a\x01\0\x01\0\0\0\0;").starts_with("is a GIF; convert"));
    assert!(refused(b"<svg/>").starts_with("is no picture that is known"));
    assert!(refused(b"").starts_with("is no picture that is known"));
    assert!(refused(b"BM\0\0\0\0").starts_with("is a BMP"));
}

#[test]
fn what_moves_is_refused() {
    let mut moving = file(flag(300, 300), ImageFormat::Png);
    // An animation control chunk behind the header: one frame, forever.
    let mut chunk = b"acTL\0\0\0\x01\0\0\0\0".to_vec();
    let sum = picture::crc32(&chunk);
    chunk.splice(0..0, 8u32.to_be_bytes());
    chunk.extend(sum.to_be_bytes());
    moving.splice(33..33, chunk);
    assert!(refused(&moving).contains("animation"));

    let mut riff = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x2b\x01\0\x2b\x01\0".to_vec();
    riff.extend(b"ANIM\x06\0\0\0\0\0\0\0\0\0");
    let still = file(flag(300, 300), ImageFormat::WebP);
    let mut frame = vec![0; 6];
    frame.extend([0x2b, 1, 0, 0x2b, 1, 0, 10, 0, 0, 0]);
    frame.extend(&still[12..]);
    riff.extend(b"ANMF");
    riff.extend((frame.len() as u32).to_le_bytes());
    riff.extend(frame);
    let size = (riff.len() - 8) as u32;
    riff[4..8].copy_from_slice(&size.to_le_bytes());
    assert!(refused(&riff).contains("animation"));
}

#[test]
fn half_a_file_is_refused() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let whole = file(flag(300, 300), format);
        let problem = refused(&whole[..whole.len() * 2 / 3]);
        assert!(problem.contains("cut off"), "{format:?}: {problem}");
    }
}

#[test]
fn the_limits_of_a_picture_stand_in_its_refusal() {
    let problem = refused(&file(flag(1, 1), ImageFormat::Png));
    assert!(
        problem.contains("1x1") && problem.contains("200"),
        "{problem}"
    );
    let problem = refused(&file(flag(199, 4_000), ImageFormat::Png));
    assert!(problem.contains("199x4000"), "{problem}");
    let problem = refused(&vec![0; MAX_BYTES as usize + 1]);
    assert!(problem.contains("20 MB"), "{problem}");
}

#[test]
fn a_bomb_is_refused_by_its_head() {
    // A few KB that decode to 400 million pixels, and one that is only long.
    for (width, height) in [(20_000u32, 20_000u32), (20_000, 200), (7_000, 7_000)] {
        let mut bomb = Vec::new();
        let head = PngEncoder::new(&mut bomb);
        head.write_image(&[0; 3], 1, 1, ExtendedColorType::Rgb8)
            .unwrap();
        bomb[16..20].copy_from_slice(&width.to_be_bytes());
        bomb[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = picture::crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&sum.to_be_bytes());
        let problem = refused(&bomb);
        assert!(problem.contains(&format!("{width}x{height}")), "{problem}");
        assert!(problem.contains("12000") && problem.contains("40 million"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_damaged_file_is_used_or_refused_and_never_more(
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        format in prop::sample::select(vec![ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP]),
    ) {
        let mut file = file(flag(210, 220), format);
        let at = at.index(file.len());
        file[at] = byte;
        if let Ok(bytes) = own_image(&file) {
            let picture = image::load_from_memory(&bytes).unwrap();
            prop_assert_eq!((picture.width(), picture.height()), (WIDTH_PX, HEIGHT_PX));
        }
    }
}
