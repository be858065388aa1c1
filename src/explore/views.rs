//! What views of an image are to the network: how far the representation moves under each augmentation as it grows
//! stronger, and where the views that training makes fall among other images.

use super::spread::spread;
use crate::engine::augment::rising::Rising;
use crate::engine::augment::{Augment, Augmenter, view_stream};
use crate::engine::data::{Image, Images};
use crate::engine::eval::knn::Embeddings;
use crate::engine::eval::nearest::nearer;
use crate::engine::frozen::{Frozen, Space};
use crate::engine::random::{Purpose, Stream};
use crate::engine::train::TrainError;
use crate::runs::map::{Invariance, Map, Strengths};
use rayon::prelude::*;
use std::sync::Arc;

/// Images by which invariance is measured.
const MEASURED: usize = 256;
/// Views of an image that are placed among other images.
pub const VIEWS: usize = 8;
/// Images whose views are placed at most.
const PLACED: usize = 1000;
/// Images whose views are made at once.
const AT_ONCE: usize = 32;
/// The epoch whose views are placed; any would do.
pub const EPOCH: u64 = 0;
/// The seed of the changes by which invariance is measured; the same for all runs, so that they can be compared.
const SEED: u64 = 0;

/// Views that [`invariance`] makes of so many images.
#[must_use]
pub fn measured(images: usize) -> usize {
    let strengths = Rising::ALL.iter().map(|of| of.strengths().len());
    strengths.sum::<usize>() * images.min(MEASURED)
}

/// The mean cosine between an image's representation and that of the same image changed by one augmentation, at rising
/// strength; over at most 256 images, evenly spread. `clean` has the representation of each of `indices`, and
/// `seen` hears how many views are done, of [`measured`].
///
/// # Errors
/// When images can't be read or the device fails.
pub fn invariance(
    network: &Frozen,
    images: &dyn Images,
    (indices, clean): (&[usize], &Embeddings),
    space: Space,
    mut seen: impl FnMut(usize),
) -> Result<Invariance, TrainError> {
    let rows = spread(indices.len(), MEASURED);
    let chosen: Vec<usize> = rows.iter().map(|row| indices[*row]).collect();
    let (pictures, clean) = (read(images, &chosen)?, clean.rows(&rows));
    let (size, mut done) = (network.size(), 0);
    let mut of = Vec::new();
    for (kind, rising) in (0..).zip(Rising::ALL) {
        let mut cosines = Vec::new();
        for &strength in rising.strengths() {
            let views = network.see(rows.len(), space, |nth, out, scratch| {
                // The same draw at each strength, so that a curve is one change that grows.
                let words = [kind, chosen[nth] as u64];
                let mut stream = Stream::new(SEED, Purpose::Invariance, &words);
                let image = &pictures[nth];
                rising.view(image, strength, &mut stream, (out, size), scratch);
            })?;
            let sum: f64 = (0..rows.len()).map(|i| cosine(&clean, i, &views, i)).sum();
            cosines.push((strength, sum / rows.len().max(1) as f64));
            done += rows.len();
            seen(done);
        }
        of.push(Strengths {
            augmentation: rising.name().to_owned(),
            unit: rising.unit().to_owned(),
            cosines,
        });
    }
    Ok(Invariance {
        images: rows.len() as u64,
        other_images: between(&clean),
        of,
    })
}

/// Places [`VIEWS`] views of images on the map among the bank: mistakes first, then evenly spread ones, at most
/// 1,000. `h` has the representation of each point; the views are those of epoch [`EPOCH`]. `seen` hears how many
/// images are done, and of how many.
///
/// # Errors
/// When images can't be read or the device fails.
pub fn place(
    map: &mut Map,
    (network, space): (&Frozen, Space),
    (augment, seed): (&Augment, u64),
    (images, h, bank): (&dyn Images, &Embeddings, &Embeddings),
    mut seen: impl FnMut(usize, usize),
) -> Result<(), TrainError> {
    let augmenter = Augmenter::new(augment, network.size());
    let chosen = chosen(map);
    for (nth, rows) in chosen.chunks(AT_ONCE).enumerate() {
        let indices: Vec<usize> = rows.iter().map(|row| map.points[*row].index).collect();
        let pictures = read(images, &indices)?;
        let views = network.see(rows.len() * VIEWS, space, |nth, out, scratch| {
            let (row, view) = (nth / VIEWS, (nth % VIEWS) as u64);
            let mut stream = view_stream(seed, EPOCH, indices[row], view);
            augmenter.view(&pictures[row], &mut stream, out, scratch);
        })?;
        let own = h.rows(rows);
        let cosines: Vec<Vec<f32>> = (0..rows.len())
            .map(|row| {
                let of = |view| cosine(&own, row, &views, row * VIEWS + view) as f32;
                (0..VIEWS).map(of).collect()
            })
            .collect();
        let counts = nearer(bank, &own, &cosines);
        for ((row, cosines), counts) in rows.iter().zip(cosines).zip(counts) {
            // An image of the bank is nearer to itself than any of its views.
            let itself = u32::from(!map.tested);
            let counts = counts.into_iter().map(|count| count.saturating_sub(itself));
            map.points[*row].views = cosines.into_iter().zip(counts).collect();
        }
        seen((nth * AT_ONCE + rows.len()).min(chosen.len()), chosen.len());
    }
    Ok(())
}

/// The points whose views are placed.
fn chosen(map: &Map) -> Vec<usize> {
    let mut rows = map.mistakes();
    rows.truncate(PLACED);
    let rest: Vec<usize> = (0..map.points.len())
        .filter(|row| map.points[*row].right() != Some(false))
        .collect();
    let some = spread(rest.len(), PLACED - rows.len());
    rows.extend(some.into_iter().map(|nth| rest[nth]));
    rows
}

fn read(images: &dyn Images, indices: &[usize]) -> Result<Vec<Arc<Image>>, TrainError> {
    let all: Result<_, _> = indices.par_iter().map(|i| images.image(*i)).collect();
    all.map_err(TrainError::Data)
}

/// The cosine of two rows.
fn cosine(a: &Embeddings, i: usize, b: &Embeddings, j: usize) -> f64 {
    let (a, b) = (row(a, i), row(b, j));
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let products = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b));
        products.sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(1e-24)
}

fn row(of: &Embeddings, nth: usize) -> &[f32] {
    &of.values[nth * of.dims..][..of.dims]
}

/// The mean cosine of two different embeddings; 1 where there is only one.
fn between(of: &Embeddings) -> f64 {
    let pairs = (1..of.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let (count, sum) = pairs.fold((0, 0.0), |(count, sum), (i, j)| {
        (count + 1, sum + cosine(of, i, of, j))
    });
    if count > 0 {
        sum / f64::from(count)
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::map::Point;

    #[test]
    fn different_images_are_compared_in_pairs() {
        let of = Embeddings {
            values: vec![2.0, 0.0, 0.0, 3.0, 1.0, 0.0],
            dims: 2,
            labels: vec![0; 3],
        };
        assert!((between(&of) - 1.0 / 3.0).abs() < 1e-12);
        assert!((between(&of.rows(&[0])) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn mistakes_come_first_and_the_rest_is_spread() {
        let point = |nth: usize| Point {
            class: Some(0),
            taken_for: Some(u32::from(nth == 1999)),
            ..Point::default()
        };
        let map = Map {
            points: (0..2000).map(point).collect(),
            ..Map::default()
        };
        let rows = chosen(&map);
        assert_eq!((rows.len(), rows[0], rows[1]), (PLACED, 1999, 0));
        assert!(rows[PLACED - 1] > 1900, "{rows:?}");
    }
}
