//! Image files: the check of a header and the decoding to bytes of red, green and blue.

use super::Image;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader};
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

/// The size of most headers, so that a check need not read the whole file.
const HEADER: u64 = 32 << 10;

const JPEG: [u8; 3] = [0xff, 0xd8, 0xff];
const CUT_SHORT: &str = "the file is cut short";

/// Whether the file begins as an image does.
///
/// # Errors
/// Why not, in a few words.
pub fn check(path: &Path) -> Result<(), String> {
    let mut file = File::open(path).map_err(|e| e.to_string())?;
    let mut bytes = Vec::new();
    let mut read = |file: &mut dyn Read| file.read_to_end(&mut bytes).map_err(|e| e.to_string());
    if read(&mut Read::by_ref(&mut file).take(HEADER))? == 0 {
        return Err("the file is empty".to_owned());
    }
    if has_header(&bytes).is_ok() {
        return Ok(());
    }
    file.read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    has_header(&bytes)
}

fn has_header(bytes: &[u8]) -> Result<(), String> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let reader = reader.map_err(|e| e.to_string())?;
    let size = reader.into_dimensions().map_err(|e| sentence(&e))?;
    if size.0 == 0 || size.1 == 0 {
        return Err("it has no pixels".to_owned());
    }
    Ok(())
}

/// Decodes an image file: what it is, its bytes say, not its name. Photographs are turned upright, transparency is
/// dropped, gray and deep colours become bytes of red, green and blue.
///
/// # Errors
/// Why it can't be decoded, in a few words.
pub fn decode(path: &Path) -> Result<Image, String> {
    let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
    if bytes.starts_with(&JPEG) && !jpeg_ends(&bytes) {
        return Err(CUT_SHORT.to_owned());
    }
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let reader = reader.map_err(|e| e.to_string())?;
    let mut decoder = reader.into_decoder().map_err(|e| sentence(&e))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|e| sentence(&e))?;
    image.apply_orientation(orientation);
    let image = image.into_rgb8();
    Ok(Image {
        width: image.width() as usize,
        height: image.height() as usize,
        pixels: image.into_raw(),
    })
}

fn sentence(error: &image::ImageError) -> String {
    match error {
        image::ImageError::Unsupported(_) => "not a jpg, png, webp or bmp image".to_owned(),
        image::ImageError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            CUT_SHORT.to_owned()
        }
        other => other.to_string().trim().replace('\n', " "),
    }
}

/// Whether the photograph that a JPEG file begins with reaches its end mark. The decoder would paint what is missing
/// gray, and an encoder would learn from it.
fn jpeg_ends(bytes: &[u8]) -> bool {
    let mut at = JPEG.len() - 1;
    while let Some([0xff, mark, rest @ ..]) = bytes.get(at..) {
        let length = match (mark, rest) {
            (0xd9, _) => return true,
            // Padding, an escaped byte of the picture, or a mark without content.
            (0xff, _) => 1,
            (0x00 | 0x01 | 0xd0..=0xd8, _) => 2,
            (_, [high, low, ..]) => 2 + usize::from(u16::from_be_bytes([*high, *low])),
            _ => return false,
        };
        at += length;
        // The picture follows its header without a length: on to the next mark.
        let next = bytes
            .get(at..)
            .and_then(|b| b.iter().position(|b| *b == 0xff));
        at += next.unwrap_or(bytes.len());
    }
    false
}
