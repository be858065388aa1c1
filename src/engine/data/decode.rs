//! Image files: the check of a header and the decoding to bytes of red, green and blue, both within bounds: a header may
//! promise any number of pixels, and decoders take the memory before they look for them.

mod webp;

use super::Image;
use crate::disk::untrusted::{self, Links};
use crate::engine::catch_panic::panic_text;
use image::error::{ImageFormatHint, UnsupportedErrorKind};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use webp::CUT_SHORT;

/// How the names of image files end.
pub const ENDINGS: [&str; 11] = [
    "jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff", "jpe", "jfif", "apng",
];
/// The kinds of image that can be read, in words.
pub const KINDS: &str = "jpg, png, webp, bmp, gif and tif";
/// Bytes by which a kind of image is known.
const START: u64 = 32;

/// The size of most headers, so that a check need not read the whole file.
const HEADER: u64 = 32 << 10;
/// Bytes that a pixel takes at most in a file or decoded: four channels of two bytes each.
const DEEPEST: u64 = 8;
/// What a file may hold beside its pixels, such as a colour profile.
const BESIDE: u64 = 16 << 20;

const JPEG: [u8; 3] = [0xff, 0xd8, 0xff];

/// How large an image may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    megapixels: usize,
}

impl Bounds {
    pub const fn new(megapixels: usize) -> Self {
        Self { megapixels }
    }

    pub const fn pixels(self) -> u64 {
        self.megapixels as u64 * 1_000_000
    }

    /// Bytes that a file, or one buffer of a decoder, may have.
    pub const fn bytes(self) -> u64 {
        self.pixels() * DEEPEST + BESIDE
    }

    /// The number of pixels, where they are not too many.
    pub fn admit(self, (width, height): (u32, u32)) -> Result<u64, String> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels == 0 {
            return Err("it has no pixels".to_owned());
        }
        if pixels > self.pixels() {
            return Err(format!(
                "{width} x {height} pixels are more than the {} megapixels of data.largest",
                self.megapixels
            ));
        }
        Ok(pixels)
    }
}

/// Memory that decoding takes at most, about, by its file's pixels and bytes: a decoder's own buffers, and red, green and
/// blue.
pub const fn memory(pixels: u64, bytes: u64) -> u64 {
    pixels * (DEEPEST + 4) + 2 * bytes
}

/// Whether the file begins as an image does that isn't too large, and how many pixels it has.
///
/// # Errors
/// Why not, in a few words.
pub fn check(path: &Path, bounds: Bounds) -> Result<u64, String> {
    let file = untrusted::open(path, Links::Follow).map_err(|e| e.to_string())?;
    let length = file.metadata().map_err(|e| e.to_string())?.len();
    check_start(file, length, bounds)
}

/// The same of so many bytes, wherever they come from.
///
/// # Errors
/// Why not, in a few words.
pub fn check_start(mut from: impl Read, length: u64, bounds: Bounds) -> Result<u64, String> {
    if length > bounds.bytes() {
        return Err(too_long(length));
    }
    let mut bytes = Vec::new();
    let mut read = |most: u64, bytes: &mut Vec<u8>| {
        let part = Read::by_ref(&mut from).take(most);
        { part }.read_to_end(bytes).map_err(|e| e.to_string())
    };
    if read(HEADER.min(length), &mut bytes)? == 0 {
        return Err("the file is empty".to_owned());
    }
    if let Ok(size) = size(&bytes) {
        return bounds.admit(size);
    }
    read(length - HEADER.min(length), &mut bytes)?;
    bounds.admit(size(&bytes)?)
}

fn too_long(bytes: u64) -> String {
    format!("{bytes} bytes are more than any image takes within data.largest")
}

fn size(bytes: &[u8]) -> Result<(u32, u32), String> {
    fenced(|| {
        let mut reader = reader(bytes)?;
        reader.limits(limits(2 * BESIDE));
        reader.into_dimensions().map_err(|e| sentence(&e))
    })
}

fn reader(bytes: &[u8]) -> Result<ImageReader<Cursor<&[u8]>>, String> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    reader.map_err(|e| e.to_string())
}

fn limits(bytes: u64) -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(bytes);
    limits
}

/// A decoder that panics at a file has failed at that file alone.
fn fenced<T>(decode: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|panic| {
        let why = panic_text(&*panic).unwrap_or("without a message");
        Err(format!("the decoder gave up on it: {why}"))
    })
}

/// Whether a file begins as an image does, whatever its name says.
pub fn begins(path: &Path) -> bool {
    let mut start = Vec::new();
    let file = untrusted::open(path, Links::Follow);
    let read = file.and_then(|file| file.take(START).read_to_end(&mut start));
    let known = || image::guess_format(&start).is_ok_and(|format| format.reading_enabled());
    read.is_ok() && known()
}

/// Decodes an image file: what it is, its bytes say, not its name. Photographs are turned upright; of a transparent pixel,
/// the colour below counts, as for Pillow's `convert("RGB")`; of moving pictures, the first; gray and deep colours become
/// bytes of red, green and blue.
///
/// # Errors
/// Why it can't be decoded, in a few words.
pub fn decode(path: &Path, bounds: Bounds) -> Result<Image, String> {
    let bytes = untrusted::read(path, Links::Follow, bounds.bytes()).map_err(|e| e.to_string())?;
    decode_bytes(&bytes, bounds)
}

/// The same of a file's bytes, wherever they come from.
///
/// # Errors
/// Why it can't be decoded, in a few words.
pub fn decode_bytes(bytes: &[u8], bounds: Bounds) -> Result<Image, String> {
    if bytes.starts_with(&JPEG) && !jpeg_ends(bytes) {
        return Err(CUT_SHORT.to_owned());
    }
    if let Some(size) = webp::largest(bytes)? {
        bounds.admit(size)?;
    }
    fenced(|| decoded(bytes, bounds))
}

fn decoded(bytes: &[u8], bounds: Bounds) -> Result<Image, String> {
    let mut reader = reader(bytes)?;
    reader.limits(limits(bounds.bytes()));
    let mut decoder = reader.into_decoder().map_err(|e| sentence(&e))?;
    // Not all decoders heed limits, so that the size is looked at before they begin.
    bounds.admit(decoder.dimensions())?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(|e| sentence(&e))?;
    let mut image = DynamicImage::ImageRgb8(image.into_rgb8());
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
        image::ImageError::Unsupported(what) => match what.kind() {
            UnsupportedErrorKind::Format(ImageFormatHint::Exact(format)) => format!(
                "an image of a kind that isn't read ({format:?}); save it as a png or jpg file"
            ),
            UnsupportedErrorKind::Format(_) => {
                "not a jpg, png, webp, bmp, gif or tif image".to_owned()
            }
            _ => format!("an image of a kind that isn't read ({error}); save it as a png file"),
        },
        image::ImageError::IoError(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
            CUT_SHORT.to_owned()
        }
        image::ImageError::Limits(_) => "decoding it would take too much memory".to_owned(),
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

#[cfg(test)]
mod pictures;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    #[test]
    fn a_file_that_is_another_by_now_is_decoded_within_the_same_bounds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        image::RgbImage::new(1001, 1000).save(&path).unwrap();
        let (one, two) = (Bounds::new(1), Bounds::new(2));
        decode(&path, one)
            .unwrap_err()
            .says("the 1 megapixels of data.largest");
        assert!(check(&path, two).is_ok() && decode(&path, two).is_ok());
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_len(two.bytes() + 1).unwrap();
        assert_eq!(check(&path, two), Err(too_long(two.bytes() + 1)));
        decode(&path, two).unwrap_err().says("is larger than");
    }

    #[test]
    fn a_decoder_that_panics_has_failed_at_one_file() {
        let why = fenced::<()>(|| panic!("boom")).unwrap_err();
        assert_eq!(why, "the decoder gave up on it: boom");
    }
}
