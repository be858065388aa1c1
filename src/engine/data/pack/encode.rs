//! An image on its way into a pack.

use super::index::{Kind, Shape};
use crate::engine::data::Image;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{ExtendedColorType, RgbImage};
use std::sync::Arc;

/// An image as it is stored.
pub struct Encoded {
    pub kind: Kind,
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// An image made as small as asked for, and its bytes.
pub fn encode(image: Arc<Image>, shape: Shape) -> Result<Encoded, String> {
    let Image {
        width,
        height,
        pixels,
    } = Arc::unwrap_or_clone(image);
    let too_large = || format!("{width} x {height} pixels are too many");
    let mut image =
        RgbImage::from_raw(width as u32, height as u32, pixels).ok_or_else(too_large)?;
    let short = width.min(height);
    if shape.size > 0 && short > shape.size {
        let side = |length: usize| ((length * shape.size + short / 2) / short) as u32;
        image = imageops::resize(&image, side(width), side(height), FilterType::Triangle);
    }
    let (width, height) = image.dimensions();
    let (kind, bytes) = match shape.quality {
        None => {
            let mut bytes = format!("P6\n{width} {height}\n255\n").into_bytes();
            bytes.append(&mut image.into_raw());
            (Kind::Pixels, bytes)
        }
        Some(quality) => {
            let mut bytes = Vec::new();
            let encoded = JpegEncoder::new_with_quality(&mut bytes, quality).encode(
                &image,
                width,
                height,
                ExtendedColorType::Rgb8,
            );
            encoded.map_err(|e| e.to_string())?;
            (Kind::Jpeg, bytes)
        }
    };
    if u32::try_from(bytes.len()).is_err() {
        return Err(too_large());
    }
    Ok(Encoded {
        kind,
        bytes,
        width,
        height,
    })
}
