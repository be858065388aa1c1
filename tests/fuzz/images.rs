//! Image files of a folder: headers when it is opened, all of the file when it is decoded.

use crate::damage::{cases, damaged, damages};
use crate::memory::within;
use image::{DynamicImage, ImageFormat, RgbImage};
use proptest::prelude::*;
use simclr_tui::engine::data::{Data, Source, open};
use std::fs;
use std::io::Cursor;

/// What one image of at most a megapixel may take, and the file with its name twice.
const MEMORY: usize = 48 << 20;

fn good(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = RgbImage::from_fn(24, 17, |x, y| {
        image::Rgb([x as u8 * 9, y as u8 * 11, (x * y) as u8])
    });
    DynamicImage::ImageRgb8(image)
        .write_to(&mut bytes, format)
        .unwrap();
    bytes.into_inner()
}

/// Opens a folder of this file beside a good one, and decodes it.
fn read(name: &str, bytes: &[u8]) {
    let home = tempfile::tempdir().unwrap();
    for class in ["a", "b"] {
        let folder = home.path().join(class);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("0.png"), good(ImageFormat::Png)).unwrap();
        fs::write(folder.join(name), bytes).unwrap();
    }
    let data = Data {
        source: Source::Folder,
        path: home.path().display().to_string(),
        ..Data::default()
    };
    within(MEMORY, || {
        let set = open(&data).unwrap();
        for part in [&set.train, &set.test] {
            for i in 0..part.len() {
                let _ = part.image(i);
            }
        }
    });
}

const FORMATS: [(ImageFormat, &str); 4] = [
    (ImageFormat::Png, "x.png"),
    (ImageFormat::Jpeg, "x.jpg"),
    (ImageFormat::WebP, "x.webp"),
    (ImageFormat::Bmp, "x.bmp"),
];

proptest! {
    #![proptest_config(cases(400))]

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
