//! What an experiment trains on, as a picture.

use crate::engine::augment::{Augmenter, Scratch, clean_with, rgb, view_stream};
use crate::engine::data::{DataError, Images};
use crate::experiment::Experiment;
use image::RgbImage;
use image::imageops::replace;

/// Rows of pictures: each an image and its two views of the first epoch.
///
/// # Errors
/// Where an image can't be read.
pub fn sheet(
    experiment: &Experiment,
    images: &dyn Images,
    rows: usize,
) -> Result<RgbImage, DataError> {
    let (size, seed) = (experiment.data.image_size, experiment.train.seed);
    let augmenter = Augmenter::new(&experiment.augment, size);
    let (mut scratch, mut picture) = (Scratch::default(), vec![0.0; augmenter.len()]);
    let rows = rows.min(images.len());
    let mut all = RgbImage::new(3 * size as u32, (rows * size) as u32);
    for row in 0..rows {
        let image = images.image(row)?;
        clean_with(&image, size, &mut picture, &mut scratch);
        let mut put = |column: usize, picture: &[f32]| {
            let [x, y] = [column, row].map(|at| (at * size) as i64);
            replace(&mut all, &rgb(picture, size), x, y);
        };
        put(0, &picture);
        for view in 0..2 {
            let mut stream = view_stream(seed, 0, row, view);
            augmenter.view(&image, &mut stream, &mut picture, &mut scratch);
            put(1 + view as usize, &picture);
        }
    }
    Ok(all)
}
