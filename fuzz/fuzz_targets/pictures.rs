//! Pictures that users bring: each becomes one of the film's size, or is refused
//! with what is wrong, and a small file never takes much memory.

#![no_main]

use image::ImageFormat;
use integrations::images::own_image;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    match own_image(file) {
        Ok(made) => {
            assert_eq!(image::guess_format(&made).ok(), Some(ImageFormat::Jpeg));
            let made = image::load_from_memory(&made).expect("it can be read");
            assert_eq!((made.width(), made.height()), (1080, 1920));
        }
        Err(refused) => {
            assert_eq!(refused.field, "file");
            assert!(!refused.problem.is_empty());
        }
    }
});
