//! Image files of a folder: headers when it is opened, all of the file when it is decoded.

use crate::damage::{cases, damaged, damages};
use crate::memory::within;
use crate::open::{decoded, opened};
use image::{DynamicImage, ImageFormat, RgbImage};
use proptest::prelude::*;
use simclr_tui::engine::data::Source;
use std::io::Cursor;

/// What images of at most a megapixel may take, two at a time.
const MEMORY: usize = 128 << 20;

const FORMATS: [(ImageFormat, &str); 6] = [
    (ImageFormat::Png, "a/x.png"),
    (ImageFormat::Jpeg, "a/x.jpg"),
    (ImageFormat::WebP, "a/x.webp"),
    (ImageFormat::Bmp, "a/x.bmp"),
    (ImageFormat::Gif, "a/x.gif"),
    (ImageFormat::Tiff, "a/x.tif"),
];

fn good(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let pixel = |x: u32, y: u32| image::Rgb([x * 9, y * 11, x * y].map(|v| v as u8));
    let image = DynamicImage::ImageRgb8(RgbImage::from_fn(24, 17, pixel));
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Opens a folder of this file beside good ones, and decodes all.
fn read(name: &str, bytes: &[u8]) {
    let png = good(ImageFormat::Png);
    let files: [(&str, &[u8]); 4] = [
        ("a/0.png", &png),
        ("a/1.png", &png),
        ("b/0.png", &png),
        (name, bytes),
    ];
    opened(Source::Folder, &files, |data| {
        within(MEMORY, || decoded(&data).unwrap());
    });
}

/// A lossy WebP of this size in a canvas of another, with a piece that says it has so many bytes.
fn webp(side: u16, canvas: u32, exif: u32) -> Vec<u8> {
    let three = |v: u32| v.to_le_bytes()[..3].to_vec();
    let piece = |kind: &[u8; 4], length: usize, body: &[u8]| {
        [kind, &(length as u32).to_le_bytes()[..], body].concat()
    };
    let canvas = [vec![8, 0, 0, 0], three(canvas - 1), three(canvas - 1)].concat();
    let side = side.to_le_bytes();
    let lossy = [&[0x10, 2, 0, 0x9d, 1, 0x2a][..], &side, &side, &[0; 64]].concat();
    let pieces = [
        b"WEBP".to_vec(),
        piece(b"VP8X", 10, &canvas),
        piece(b"VP8 ", lossy.len(), &lossy),
        piece(b"EXIF", exif as usize, b"MM"),
    ];
    let pieces = pieces.concat();
    piece(b"RIFF", pieces.len(), &pieces)
}

#[test]
fn what_a_webp_says_of_itself_is_not_believed() {
    for (side, canvas, exif) in [
        (16, 16, u32::MAX),
        (16_383, 16, 2),
        (16, 16_000, 2),
        (16_383, 16_383, 2),
    ] {
        read("a/x.webp", &webp(side, canvas, exif));
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn damaged_images_are_skipped(which in 0..FORMATS.len(), damages in damages()) {
        let (format, name) = FORMATS[which];
        read(name, &damaged(&good(format), &damages));
    }

    #[test]
    fn any_bytes_are_no_image(bytes in prop::collection::vec(any::<u8>(), 0..200), which in 0..FORMATS.len()) {
        let (format, name) = FORMATS[which];
        let start = good(format);
        read(name, &[&start[..start.len().min(12)], &bytes].concat());
    }
}
