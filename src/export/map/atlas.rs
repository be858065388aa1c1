//! The images of a map in one picture.

use crate::engine::augment::{Scratch, clean_with, rgb};
use crate::engine::data::Images;
use image::imageops::replace;
use image::{Rgb, RgbImage};
use rayon::prelude::*;

/// Small pictures of images, `side` by `side` each, in rows of `columns`; gray where an image can't be read.
#[must_use]
pub fn atlas(images: &dyn Images, indices: &[usize], side: u32, columns: u32) -> RgbImage {
    let columns = columns.clamp(1, indices.len().max(1) as u32);
    let rows = (indices.len() as u32).div_ceil(columns);
    let mut all = RgbImage::from_pixel(columns * side, rows * side, Rgb([128; 3]));
    // A row at a time, so that no more than that is decoded at once.
    for (row, indices) in indices.chunks(columns as usize).enumerate() {
        let pictures: Vec<Option<RgbImage>> = indices
            .par_iter()
            .map(|index| picture(images, *index, side))
            .collect();
        for (column, picture) in pictures.into_iter().enumerate() {
            if let Some(picture) = picture {
                let [x, y] = [column, row].map(|at| at as i64 * i64::from(side));
                replace(&mut all, &picture, x, y);
            }
        }
    }
    all
}

/// An image as evaluation sees it.
fn picture(images: &dyn Images, index: usize, side: u32) -> Option<RgbImage> {
    let image = images.image(index).ok()?;
    let size = side as usize;
    let mut view = vec![0.0; 3 * size * size];
    clean_with(&image, size, &mut view, &mut Scratch::default());
    Some(rgb(&view, size))
}
