//! Objections: what hyperparameters that are each in range still can't mean together.

use super::Experiment;
use crate::engine::augment::Branches;
use crate::engine::data;
use crate::engine::device::Wanted;
use crate::engine::loss::{Kind, Mining};

/// Why an experiment can't be launched as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// The hyperparameter to change.
    pub path: &'static str,
    /// A sentence on what is wrong and what would be right.
    pub why: String,
}

impl Objection {
    fn new(path: &'static str, why: impl Into<String>) -> Self {
        Self {
            path,
            why: why.into(),
        }
    }
}

impl std::fmt::Display for Objection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path, self.why)
    }
}

impl Experiment {
    /// Whether it can be launched, whatever the data set holds.
    ///
    /// # Errors
    /// All objections in one line.
    pub fn check(&self) -> Result<(), String> {
        let objections = self.objections();
        let whys: Vec<String> = objections.iter().map(ToString::to_string).collect();
        match whys.as_slice() {
            [] => Ok(()),
            whys => Err(whys.join("; ")),
        }
    }

    /// What forbids a launch, whatever the data set holds.
    #[must_use]
    pub fn objections(&self) -> Vec<Objection> {
        let mut out = Vec::new();
        let mut order = |path, low: f64, high: f64, what: &str| {
            if low > high {
                out.push(Objection::new(
                    path,
                    format!("the smallest {what}, {low}, is above the largest, {high}"),
                ));
            }
        };
        let a = &self.augment;
        order(
            "augment.crop.area_min",
            a.crop.area_min,
            a.crop.area_max,
            "area",
        );
        order(
            "augment.crop.ratio_min",
            a.crop.ratio_min,
            a.crop.ratio_max,
            "aspect ratio",
        );
        order(
            "augment.blur.sigma_min",
            a.blur.sigma_min,
            a.blur.sigma_max,
            "sigma",
        );
        order(
            "augment.noise.sigma_min",
            a.noise.sigma_min,
            a.noise.sigma_max,
            "sigma",
        );
        if a.branches == Branches::One && !a.any() {
            let why = "only one branch is augmented and no augmentation is on, so both views are the same picture; give an augmentation a chance, or set augment.branches to both";
            out.push(Objection::new("augment.branches", why));
        }
        if a.branches == Branches::Both && !a.varies() {
            let why = "every augmentation is off or does the same to both views, so the two views of an image are the same \
                       picture and nothing is learnt; give one a chance, such as 1 here";
            out.push(Objection::new("augment.crop.p", why));
        }
        out.extend(self.objection_to_mining());
        #[expect(clippy::cast_precision_loss, reason = "at most 100,000 epochs")]
        if self.train.warmup > self.train.epochs as f64 {
            let why = format!(
                "{} epochs of warm-up are more than the {} epochs of training",
                self.train.warmup, self.train.epochs
            );
            out.push(Objection::new("train.warmup", why));
        }
        let w = &self.weights;
        if !w.init.trim().is_empty() && !w.extend.trim().is_empty() {
            let why = "a checkpoint to continue from brings its own weights; empty weights.init or weights.extend";
            out.push(Objection::new("weights.init", why));
        }
        if let Err(why) = self.machine.device.parse::<Wanted>() {
            out.push(Objection::new("machine.device", why.to_string()));
        }
        let unnamed = self.data.source.needs_path() && self.data.path.trim().is_empty();
        if unnamed && data::located(&self.data).is_err() {
            out.push(Objection::new("data.path", self.data.source.need()));
        }
        out
    }

    /// Semi-hard negatives are defined for losses that take them one by one.
    fn objection_to_mining(&self) -> Option<Objection> {
        let l = &self.loss;
        let why = match l.kind {
            _ if l.mining == Mining::None => return None,
            Kind::NtLogistic => return None,
            Kind::NtXent => {
                "nt_xent already weighs all negatives by their hardness; set loss.mining to none, or loss.kind to \
                 nt_logistic or margin_triplet"
            }
            Kind::MarginTriplet if l.margin > 0.0 => return None,
            Kind::MarginTriplet => {
                "semi-hard negatives are farther than the partner, so that at a margin of 0 none costs anything and \
                 nothing is learnt; raise loss.margin, or set loss.mining to none"
            }
        };
        Some(Objection::new("loss.mining", why))
    }

    /// What forbids a launch on a data set of so many training images, of which, or beside which, so many labelled ones
    /// are the bank that kNN votes from; 0 where there is no kNN.
    #[must_use]
    pub fn objections_to(&self, train_images: usize, bank_images: usize) -> Vec<Objection> {
        let mut out = Vec::new();
        if self.train.batch > train_images {
            let why = format!(
                "a batch of {} pairs needs as many training images, and the data set has {train_images}; lower the batch",
                self.train.batch
            );
            out.push(Objection::new("train.batch", why));
        }
        if bank_images > 0 && self.knn.k > bank_images {
            let why = format!(
                "{} neighbours can't be found among {bank_images} labelled training images; lower k",
                self.knn.k
            );
            out.push(Objection::new("knn.k", why));
        }
        out
    }
}
