//! Where images lie in what a run learnt: one file for each representation in the run's folder, replaced when it is
//! mapped again.

use super::{Fingerprint, MAPS, RunError};
use crate::disk::untrusted::{self, Links};
use crate::disk::write_own;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The newest format of these files.
pub const FORMAT: u64 = 1;
/// A file that is larger is no map: 100,000 points take less.
const LARGEST: u64 = 128 << 20;

/// Images in a representation: test images, or the bank's where there are none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Map {
    /// Version of the file's format.
    pub format: u64,
    /// When it was made, in seconds since 1970.
    pub at: f64,
    /// Version of this program.
    pub program: String,
    /// What else decides it: checksums of the network and the experiment, and how many images it may have; empty in
    /// older maps.
    pub made_of: String,
    /// The representation: `h` or `z`.
    pub space: String,
    /// Which checkpoint's network.
    pub checkpoint: String,
    /// Optimizer steps that it had.
    pub step: u64,
    /// The images.
    pub data: Fingerprint,
    /// Whether the points are test images, else the bank's.
    pub tested: bool,
    /// How many images there are, of which the points may be a part.
    pub images: u64,
    /// The names of the classes; none where the images have no labels.
    pub classes: Vec<String>,
    /// The settings of kNN in words.
    pub protocol: String,
    /// How many directions are really used: the effective rank.
    pub effective_rank: f64,
    /// For each principal component its share of the variance, largest first.
    pub variance: Vec<f64>,
    /// How many clusters k-means was asked for.
    pub clusters: u32,
    /// Adjusted mutual information of clusters and classes, where all points have a class.
    pub cluster_class_ami: Option<f64>,
    /// The images.
    pub points: Vec<Point>,
    /// How many images the bank has.
    pub bank_images: u64,
    /// Those of the bank's images that lie nearest to a point.
    pub bank: Vec<BankImage>,
    /// How far the representation moves under augmentations, where that was measured.
    pub invariance: Option<Invariance>,
}

/// One image in a representation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Point {
    /// Which of the images.
    pub index: usize,
    /// Its file, or its place in the data set's files.
    pub name: String,
    /// Its class, where it has one.
    pub class: Option<u32>,
    /// The class for which kNN takes it, where that was asked.
    pub taken_for: Option<u32>,
    /// That class's share of the votes, from 0 to 1.
    pub votes: Option<f64>,
    /// Its cluster.
    pub cluster: u32,
    /// Its place on the map of neighbours.
    pub tsne: [f32; 2],
    /// Its first two principal components.
    pub pca: [f32; 2],
    /// The nearest other points with their cosines, nearest first.
    pub nearest: Vec<(u32, f32)>,
    /// The nearest of the bank, by their place in [`Map::bank`], with their cosines, nearest first.
    pub bank: Vec<(u32, f32)>,
    /// Of views as training makes them: the cosine to the image, and how many of the bank are nearer to it than the
    /// view; none where that wasn't asked.
    pub views: Vec<(f32, u32)>,
}

/// An image of the bank.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BankImage {
    /// Which of the bank's images.
    pub index: usize,
    /// Its file, or its place in the data set's files.
    pub name: String,
    /// Its class, where it has one.
    pub class: Option<u32>,
}

/// How far the representation of images moves under augmentations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Invariance {
    /// Of how many images.
    pub images: u64,
    /// The mean cosine of two different images: what the others have to be compared with.
    pub other_images: f64,
    /// One for each augmentation.
    pub of: Vec<Strengths>,
}

/// One augmentation at rising strength.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Strengths {
    /// Its name.
    pub augmentation: String,
    /// What a strength is.
    pub unit: String,
    /// Each strength with the mean cosine between an image and the same image so changed.
    pub cosines: Vec<(f64, f64)>,
}

impl Point {
    /// Whether kNN takes it for what it is; `None` where that can't be said.
    #[must_use]
    pub fn right(&self) -> Option<bool> {
        Some(self.taken_for? == self.class?)
    }
}

impl Map {
    /// The share of the points that kNN takes for what they are, where it was asked.
    #[must_use]
    pub fn accuracy(&self) -> Option<f64> {
        let judged: Vec<bool> = self.points.iter().filter_map(Point::right).collect();
        let right = judged.iter().filter(|right| **right).count();
        (!judged.is_empty()).then(|| right as f64 / judged.len() as f64)
    }

    /// The name of a class.
    #[must_use]
    pub fn class(&self, class: u32) -> &str {
        self.classes.get(class as usize).map_or("?", String::as_str)
    }

    /// The points that kNN takes for something else, those of which it is surest first.
    #[must_use]
    pub fn mistakes(&self) -> Vec<usize> {
        let points = self.points.iter().enumerate();
        let wrong = points.filter(|(_, point)| point.right() == Some(false));
        let mut wrong: Vec<usize> = wrong.map(|(nth, _)| nth).collect();
        let sure = |nth: &usize| self.points[*nth].votes.unwrap_or(0.0);
        wrong.sort_by(|a, b| sure(b).total_cmp(&sure(a)));
        wrong
    }

    /// Of how many points views were placed, the mean cosine of a view to its image, and the mean share of the bank that
    /// is nearer to the image than its view.
    #[must_use]
    pub fn own_views(&self) -> Option<(usize, f64, f64)> {
        let images = self.points.iter().filter(|p| !p.views.is_empty()).count();
        let views: Vec<&(f32, u32)> = self.points.iter().flat_map(|p| &p.views).collect();
        let mean = |sum: f64| sum / views.len() as f64;
        let cosine = mean(views.iter().map(|(cosine, _)| f64::from(*cosine)).sum());
        let nearer = mean(views.iter().map(|(_, count)| f64::from(*count)).sum());
        (images > 0).then(|| (images, cosine, nearer / self.bank_images.max(1) as f64))
    }

    /// Whether it is what another is to be, of which not more is known than what it is made of.
    #[must_use]
    pub fn is_of(&self, wanted: &Self) -> bool {
        let of = |map: &Self| {
            let made = (map.format, map.program.clone(), map.made_of.clone());
            let network = (map.space.clone(), map.checkpoint.clone(), map.step);
            (made, network, map.data.clone())
        };
        !self.made_of.is_empty() && of(self) == of(wanted)
    }

    /// Its file in a run's folder.
    #[must_use]
    pub fn path(run: &Path, space: &str) -> PathBuf {
        run.join(MAPS).join(format!("{space}.json"))
    }

    /// Writes it into a run's folder.
    ///
    /// # Errors
    /// A sentence with the path.
    pub fn save(&self, run: &Path) -> Result<(), RunError> {
        let path = Self::path(run, &self.space);
        let text = serde_json::to_vec(self).map_err(std::io::Error::from);
        // Also the run's own folder must be no link to elsewhere.
        untrusted::folder(run)
            .and_then(|()| untrusted::own_folder(&run.join(MAPS)))
            .and_then(|()| write_own(&path, &text?))
            .map_err(|e| RunError::io(&path, &e))
    }

    /// The map of a run in a representation, if there is one and it holds together.
    #[must_use]
    pub fn read(run: &Path, space: &str) -> Option<Self> {
        let text = untrusted::read(&Self::path(run, space), Links::Refuse, LARGEST).ok()?;
        let map: Self = serde_json::from_slice(&text).ok()?;
        (map.format <= FORMAT && map.holds()).then_some(map)
    }

    /// Whether each point names only what is there, and lies somewhere.
    fn holds(&self) -> bool {
        let class = |class: Option<u32>| class.is_none_or(|c| (c as usize) < self.classes.len());
        let point = |point: &Point| {
            let near = point
                .nearest
                .iter()
                .all(|(other, _)| (*other as usize) < self.points.len());
            let bank = point
                .bank
                .iter()
                .all(|(other, _)| (*other as usize) < self.bank.len());
            let lies = point.tsne.iter().chain(&point.pca).all(|v| v.is_finite());
            near && bank
                && lies
                && class(point.class)
                && class(point.taken_for)
                && point.cluster < self.clusters
        };
        self.points.iter().all(point) && self.bank.iter().all(|image| class(image.class))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Map {
        let point = |nth: u32| Point {
            index: nth as usize,
            class: Some(nth),
            taken_for: Some(0),
            nearest: vec![(1 - nth, 1.0)],
            ..Point::default()
        };
        Map {
            format: FORMAT,
            space: "h".to_owned(),
            classes: vec!["a".to_owned(), "b".to_owned()],
            clusters: 1,
            points: vec![point(0), point(1)],
            bank: vec![BankImage::default()],
            ..Map::default()
        }
    }

    #[test]
    fn a_map_comes_back_and_tells_what_is_right() {
        let run = tempfile::tempdir().unwrap();
        sample().save(run.path()).unwrap();
        assert_eq!(Map::read(run.path(), "h"), Some(sample()));
        assert_eq!(Map::read(run.path(), "z"), None);
        assert_eq!(sample().accuracy(), Some(0.5));
    }

    #[test]
    fn a_map_from_before_views_were_placed_is_read() {
        let run = tempfile::tempdir().unwrap();
        sample().save(run.path()).unwrap();
        let path = Map::path(run.path(), "h");
        let text = std::fs::read(&path).unwrap();
        let mut map: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let later = ["bank", "bank_images", "invariance", "made_of"];
        let all = map.as_object_mut().unwrap();
        all.retain(|key, _| !later.contains(&key.as_str()));
        for point in all["points"].as_array_mut().unwrap() {
            let point = point.as_object_mut().unwrap();
            point.retain(|key, _| !["bank", "views"].contains(&key.as_str()));
        }
        std::fs::write(&path, map.to_string()).unwrap();
        let map = Map::read(run.path(), "h").unwrap();
        assert_eq!((map.points.len(), map.own_views()), (2, None));
    }

    #[test]
    fn a_map_is_that_of_the_same_network_and_images_alone() {
        let mut saved = sample();
        assert!(!saved.is_of(&sample()), "an older map doesn't say");
        saved.made_of = "1".to_owned();
        let mut wanted = saved.clone();
        wanted.points.clear();
        wanted.at = 7.0;
        assert!(saved.is_of(&wanted));
        let others: [fn(&mut Map); 7] = [
            |map| map.format = 0,
            |map| map.program = "0".to_owned(),
            |map| map.made_of = "2".to_owned(),
            |map| map.space = "z".to_owned(),
            |map| map.checkpoint = "best".to_owned(),
            |map| map.step = 1,
            |map| map.data.hash = "0".to_owned(),
        ];
        for (nth, change) in others.into_iter().enumerate() {
            let mut other = wanted.clone();
            change(&mut other);
            assert!(!saved.is_of(&other), "{nth}");
        }
    }

    #[test]
    fn a_map_that_names_what_is_not_there_is_none() {
        let broken: [fn(&mut Map); 7] = [
            |map| map.points[0].class = Some(2),
            |map| map.points[0].nearest[0].0 = 2,
            |map| map.points[0].cluster = 1,
            |map| map.format = FORMAT + 1,
            |map| map.points.truncate(1),
            |map| map.points[0].bank = vec![(1, 0.5)],
            |map| map.bank[0].class = Some(2),
        ];
        for (nth, damage) in broken.into_iter().enumerate() {
            let run = tempfile::tempdir().unwrap();
            let mut map = sample();
            damage(&mut map);
            map.save(run.path()).unwrap();
            assert_eq!(Map::read(run.path(), "h"), None, "{nth}");
        }
    }
}
