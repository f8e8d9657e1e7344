//! The finished pixels and their file forms.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use crate::ImageError;
use crate::grid::Canvas;

/// A finished picture: 8-bit sRGB, three bytes a pixel, row by row from the top left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// `width * height * 3` bytes.
    pub rgb: Vec<u8>,
}

impl Picture {
    pub(crate) fn from_canvas(canvas: &Canvas) -> Self {
        Self {
            width: canvas.w as u32,
            height: canvas.h as u32,
            rgb: canvas.v.iter().flat_map(|c| c.to_bytes()).collect(),
        }
    }

    /// A lossless file.
    ///
    /// # Errors
    /// [`ImageError::Pixels`] when `rgb` does not fill the size, [`ImageError::Encode`].
    pub fn to_png(&self) -> Result<Vec<u8>, ImageError> {
        self.check()?;
        let mut file = Vec::new();
        PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Adaptive)
            .write_image(&self.rgb, self.width, self.height, ExtendedColorType::Rgb8)?;
        Ok(file)
    }

    /// A small file; `quality` is `1..=100`, values outside are brought inside.
    ///
    /// # Errors
    /// [`ImageError::Pixels`] when `rgb` does not fill the size, [`ImageError::Encode`].
    pub fn to_jpeg(&self, quality: u8) -> Result<Vec<u8>, ImageError> {
        self.check()?;
        let mut file = Vec::new();
        JpegEncoder::new_with_quality(&mut file, quality.clamp(1, 100)).write_image(
            &self.rgb,
            self.width,
            self.height,
            ExtendedColorType::Rgb8,
        )?;
        Ok(file)
    }

    fn check(&self) -> Result<(), ImageError> {
        let needed = self.width as usize * self.height as usize * 3;
        if self.rgb.len() == needed {
            return Ok(());
        }
        Err(ImageError::Pixels {
            width: self.width,
            height: self.height,
            given: self.rgb.len(),
            needed,
        })
    }
}
