//! Pictures as cameras and programs leave them, compared with what Pillow makes of the same files:
//! `tests/fixtures/data/make.py` made both.

use super::{Bounds, check, decode};
use crate::text::says::Says;
use std::fs;
use std::path::{Path, PathBuf};

/// How far a colour may be off on average, of 255. A JPEG's decoders round differently.
const OFF: f64 = 1.0;
const OFF_JPEG: f64 = 2.0;

fn fixtures() -> Vec<PathBuf> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/data/pictures");
    let entries = fs::read_dir(home)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn every_kind_of_picture_is_what_pillow_sees() {
    let bounds = Bounds::new(1);
    let files = fixtures();
    assert!(files.len() > 30);
    let mut wrong = Vec::new();
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let right = path.with_file_name("as-pillow").join(format!("{name}.png"));
        let right = image::open(right).unwrap().into_rgb8();
        let image = match decode(&path, bounds) {
            Ok(image) => image,
            Err(why) => {
                wrong.push(format!("{name}: {why}"));
                continue;
            }
        };
        let size = (image.width as u32, image.height as u32);
        let pairs = image.pixels.iter().zip(right.as_raw());
        let off: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let off = off as f64 / image.pixels.len() as f64;
        let packed = fs::read(&path)
            .unwrap()
            .windows(3)
            .any(|w| w == super::JPEG);
        let most = if packed { OFF_JPEG } else { OFF };
        if size != right.dimensions() || off > most || check(&path, bounds) != Ok(24 * 16) {
            wrong.push(format!(
                "{name}: {size:?}, off by {off}, {:?}",
                check(&path, bounds)
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_kind_that_is_not_read_is_told() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/data/unread");
    let why = decode(&home.join("palette.tif"), Bounds::new(1)).unwrap_err();
    why.begins("an image of a kind that isn't read (");
    why.says("; save it as a png");
    // As one begins, whatever its name says.
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf";
    let why = super::decode_bytes(avif, Bounds::new(1)).unwrap_err();
    why.says("isn't read (Avif); save it as a png or jpg file");
}
