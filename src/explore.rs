//! A look at what a network learnt: where images lie in its representation, what lies beside them, and what they are
//! taken for.

pub mod lists;
mod spread;
pub mod views;

use crate::engine::data::Images;
use crate::engine::eval::agreement::{adjusted_mutual_information, linear_cka, shared_neighbours};
use crate::engine::eval::diagnostics::effective_rank;
use crate::engine::eval::kmeans::kmeans;
use crate::engine::eval::knn::{self, Embeddings};
use crate::engine::eval::nearest::{nearest, nearest_others};
use crate::engine::eval::pca::components;
use crate::engine::eval::tsne;
use crate::engine::frozen::Space;
use crate::evaluate::{EvaluateError, Spaces, Subject};
use crate::runs::map::{BankImage, FORMAT, Map, Point};
use crate::runs::now;
use spread::spread;
use std::collections::BTreeMap;

/// Neighbours that a point keeps.
const NEAREST: usize = 8;
/// Clusters where no classes say how many there are.
const CLUSTERS: usize = 10;
/// Where the search for clusters begins; any number would do.
const SEED: u64 = 0;

/// How far making a map is: what is done, how much of it, and of how much.
pub type Progress<'a> = &'a mut dyn FnMut(Stage, usize, usize);

/// What is done for a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Stage {
    Mapping,
    Invariance,
    Views,
}

/// What is said where the run's own map is taken.
pub const KEPT: &str = "the run's map is of this network and these images already";

/// What is known of a map before anything is computed.
fn outline(subject: &Subject, (space, limit): (Space, usize)) -> Map {
    let (experiment, found) = (subject.experiment(), subject.found());
    let (data, classes) = (subject.data(), &subject.data().classes);
    let mut network = crc32fast::Hasher::new();
    for (name, array) in &found.checkpoint.network {
        network.update(name.as_bytes());
        for value in &array.values {
            network.update(&value.to_le_bytes());
        }
    }
    let (network, experiment_is) = (network.finalize(), experiment.identity());
    Map {
        format: FORMAT,
        at: now(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_of: format!("{network:08x} {experiment_is} {limit}"),
        space: space.name().to_owned(),
        checkpoint: found.file.clone(),
        step: found.checkpoint.progress.step,
        data: data.fingerprint.clone(),
        tested: !data.test.is_empty(),
        classes: classes.clone(),
        protocol: experiment.knn.protocol(),
        clusters: if classes.len() > 1 {
            classes.len()
        } else {
            CLUSTERS
        } as u32,
        ..Map::default()
    }
}

/// The run's own map, if it is what [`map`] would make.
#[must_use]
pub fn kept(subject: &Subject, of: (Space, usize)) -> Option<Map> {
    let wanted = outline(subject, of);
    Map::read(subject.dir(), &wanted.space).filter(|map| map.is_of(&wanted))
}

/// A map of at most `limit` of the images that are judged, spread evenly over them, and what views of them are to the
/// network.
///
/// # Errors
/// When images can't be read or the device fails.
pub fn map(
    subject: &Subject,
    spaces: &Spaces,
    (space, limit): (Space, usize),
    seen: Progress,
) -> Result<Map, EvaluateError> {
    let mut map = outline(subject, (space, limit));
    let experiment = subject.experiment();
    let (bank, test) = spaces.of(space);
    let data = subject.data();
    let tested = map.tested;
    let (all, images, indices) = if tested {
        (test, &data.test, &spaces.test.indices)
    } else {
        (bank, &data.bank, &spaces.bank.indices)
    };
    let rows = spread(all.len(), limit.max(1));
    let h = all.rows(&rows);
    let classes = &data.classes;
    let votes = (tested && data.unjudged().is_none())
        .then(|| knn::votes(bank, &h, &experiment.knn, classes.len()));
    (map.images, map.effective_rank) = (all.len() as u64, effective_rank(&h));
    place(&mut map, &h, |round| {
        seen(Stage::Mapping, round + 1, tsne::EPOCHS);
    });
    for (row, point) in map.points.iter_mut().enumerate() {
        point.index = indices[rows[row]];
        point.name = images.name(point.index);
        let class = h.labels[row];
        point.class = ((class as usize) < classes.len()).then_some(class);
        if let Some(votes) = &votes {
            let (class, share) = most(&votes[row * classes.len()..][..classes.len()]);
            (point.taken_for, point.votes) = (Some(class), Some(share));
        }
    }
    let classes: Option<Vec<u32>> = map.points.iter().map(|point| point.class).collect();
    let clusters: Vec<u32> = map.points.iter().map(|point| point.cluster).collect();
    map.cluster_class_ami = classes.map(|classes| adjusted_mutual_information(&clusters, &classes));
    map.bank_images = bank.len() as u64;
    if tested {
        beside(&mut map, (bank, &h), (&*data.bank, &spaces.bank.indices));
    }
    let network = subject.network()?;
    let total = views::measured(indices.len());
    let seen_views = |done| seen(Stage::Invariance, done, total);
    let measured = views::invariance(&network, &**images, (indices, all), space, seen_views)?;
    map.invariance = Some(measured);
    let recipe = (&experiment.augment, experiment.train.seed);
    let lie = (&**images, &h, bank);
    let seen_images = |done, all| seen(Stage::Views, done, all);
    views::place(&mut map, (&network, space), recipe, lie, seen_images)?;
    Ok(map)
}

/// Gives each point its nearest of the bank.
fn beside(
    map: &mut Map,
    (bank, h): (&Embeddings, &Embeddings),
    (images, indices): (&dyn Images, &[usize]),
) {
    let mut places = BTreeMap::new();
    for (point, mut near) in map.points.iter_mut().zip(nearest(bank, h, NEAREST)) {
        near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        for (row, cosine) in near {
            let place = *places.entry(row).or_insert_with(|| {
                let (index, class) = (indices[row as usize], bank.labels[row as usize]);
                map.bank.push(BankImage {
                    index,
                    name: images.name(index),
                    class: ((class as usize) < map.classes.len()).then_some(class),
                });
                map.bank.len() as u32 - 1
            });
            point.bank.push((place, cosine));
        }
    }
}

/// How far two networks see the same images alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Linear centred kernel alignment, 1 at most.
    pub cka: f64,
    /// The share of each image's [`SHARED`] nearest others that are the same.
    pub neighbours: f64,
}

/// Neighbours that are compared.
pub const SHARED: usize = 10;

/// How far two runs see the same test images alike; `None` where they have other ones.
#[must_use]
pub fn agreement(
    (one, seen): (&Subject, &Spaces),
    (other, also): (&Subject, &Spaces),
    space: Space,
) -> Option<Agreement> {
    let same = one
        .data()
        .fingerprint
        .same_images(&other.data().fingerprint);
    if !same || seen.test.indices != also.test.indices || seen.test.indices.is_empty() {
        return None;
    }
    let (a, b) = (seen.of(space).1, also.of(space).1);
    Some(Agreement {
        cka: linear_cka(a, b),
        neighbours: shared_neighbours(a, b, SHARED),
    })
}

/// Gives each embedding its place, its cluster and its neighbours.
fn place(map: &mut Map, h: &Embeddings, mut seen: impl FnMut(usize)) {
    let pca = components(h, 2);
    let width = pca.coordinates.len() / h.len().max(1);
    let clusters = kmeans(h, map.clusters as usize, SEED).of;
    let nearest = nearest_others(h, NEAREST);
    let places = tsne::map(h, |round, _| seen(round));
    for (row, nearest) in nearest.into_iter().enumerate() {
        let along = |axis: usize| {
            if axis < width {
                pca.coordinates[row * width + axis]
            } else {
                0.0
            }
        };
        map.points.push(Point {
            cluster: clusters[row],
            tsne: places[row],
            pca: [along(0), along(1)],
            nearest,
            ..Point::default()
        });
    }
    map.variance = pca.shares;
}

/// The class with the most votes, the lower of two that have as many, and its share of them.
fn most(votes: &[f64]) -> (u32, f64) {
    let better =
        |best: usize, (class, vote): (usize, &f64)| if *vote > votes[best] { class } else { best };
    let class = votes.iter().enumerate().fold(0, better);
    let sum: f64 = votes.iter().sum();
    (class as u32, votes[class] / sum.max(f64::MIN_POSITIVE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_goes_to_the_lower_class() {
        assert_eq!(most(&[1.0, 2.0, 2.0, 0.0]), (1, 0.4));
    }
}
