//! Objections: what hyperparameters that are each in range still can't mean together.

use super::Experiment;
use crate::engine::augment::Branches;
use crate::engine::data;
use crate::engine::data::Size;
use crate::engine::device::Wanted;
use crate::engine::loss::{Kind, Mining};
use crate::hparam::Value;
use crate::text::figures;

/// Why an experiment can't be launched as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Objection {
    /// The hyperparameter to change.
    pub path: &'static str,
    /// A sentence on what is wrong and what would be right.
    pub why: String,
    /// The value nearest to it that fits, where there is one.
    pub fits: Option<Value>,
}

impl Objection {
    /// One that no other value is known to end.
    #[must_use]
    pub fn new(path: &'static str, why: impl Into<String>) -> Self {
        Self {
            path,
            why: why.into(),
            fits: None,
        }
    }

    /// The same, where this value would fit.
    fn fitting(self, value: Value) -> Self {
        Self {
            fits: Some(value),
            ..self
        }
    }
}

/// All objections in one line; nothing where there are none.
#[must_use]
pub fn line(objections: &[Objection]) -> Option<String> {
    let whys: Vec<String> = objections.iter().map(ToString::to_string).collect();
    (!whys.is_empty()).then(|| whys.join("; "))
}

impl std::fmt::Display for Objection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path, self.why)
    }
}

impl Experiment {
    /// Where the warm-up is longer than the training: one that takes the same share of it as in the experiment that this one was.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "at most 100,000 epochs")]
    pub fn fitting_warmup(&self, before: &Self) -> Option<f64> {
        let epochs = self.train.epochs as f64;
        let share = before.train.warmup / before.train.epochs as f64;
        let fits = figures::significant(share * epochs, 3).parse().ok();
        fits.filter(|_| self.train.warmup > epochs && share <= 1.0)
    }

    /// Whether it can be launched, whatever the data set holds.
    ///
    /// # Errors
    /// All objections in one line.
    pub fn check(&self) -> Result<(), String> {
        line(&self.objections()).map_or(Ok(()), Err)
    }

    /// What forbids a launch, whatever the data set holds.
    #[must_use]
    pub fn objections(&self) -> Vec<Objection> {
        let mut out = Vec::new();
        let mut order = |path, low: f64, high: f64, what: &str| {
            if low > high {
                let why = format!("the smallest {what}, {low}, is above the largest, {high}");
                out.push(Objection::new(path, why).fitting(Value::Float(high)));
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
            let both = Value::Text(Branches::Both.name().into());
            out.push(Objection::new("augment.branches", why).fitting(both));
        }
        if a.branches == Branches::Both && !a.varies() {
            let why = "every augmentation is off or does the same to both views, so the two views of an image are the same \
                       picture and nothing is learnt; give one a chance, such as 1 here";
            out.push(Objection::new("augment.crop.p", why).fitting(Value::Float(1.0)));
        }
        out.extend(self.objection_to_mining());
        #[expect(clippy::cast_precision_loss, reason = "at most 100,000 epochs")]
        if self.train.warmup > self.train.epochs as f64 {
            let why = format!(
                "warm-up ({} epochs) is longer than training (train.epochs: {}); lower it",
                self.train.warmup, self.train.epochs
            );
            let all = Value::Float(self.train.epochs as f64);
            out.push(Objection::new("train.warmup", why).fitting(all));
        }
        if let Err(why) = self.stop.rules() {
            out.push(Objection::new("stop.when", why).fitting(Value::Text("".into())));
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
            Kind::NtXent | Kind::Dcl | Kind::Debiased => {
                "nt_xent, dcl and debiased already weigh all negatives by their hardness; set loss.mining to none, or loss.kind to \
                 nt_logistic or margin_triplet"
            }
            Kind::MarginTriplet if l.margin > 0.0 => return None,
            Kind::MarginTriplet => {
                "semi-hard negatives are farther than the partner, so that at a margin of 0 none costs anything and \
                 nothing is learnt; raise loss.margin, or set loss.mining to none"
            }
        };
        let none = Value::Text(Mining::None.name().into());
        Some(Objection::new("loss.mining", why).fitting(none))
    }

    /// What forbids a launch, as far as the data set's size is known.
    #[must_use]
    pub fn objections_with(&self, size: Option<Size>) -> Vec<Objection> {
        let mut all = self.objections();
        if let Some(size) = size {
            all.extend(self.objections_to(size.train, size.bank));
        }
        all
    }

    /// What forbids a launch, with a look at the data set; files are opened, but not all are read.
    #[must_use]
    pub fn objections_here(&self) -> Vec<Objection> {
        let mut all = self.objections();
        match Size::measure(&self.data) {
            Ok(size) => all.extend(self.objections_to(size.train, size.bank)),
            // What is wrong with the path may be said already.
            Err(_) if all.iter().any(|o| o.path == "data.path") => {}
            Err(why) => all.push(Objection::new("data.path", why.to_string())),
        }
        all
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
            out.push(Objection {
                fits: largest_batch(train_images),
                ..Objection::new("train.batch", why)
            });
        }
        if bank_images > 0 && self.knn.k > bank_images {
            let why = format!(
                "{} neighbours can't be found among {bank_images} labelled training images; lower k",
                self.knn.k
            );
            // Not all of them: some may turn out to be no images.
            let fewer = 1 << bank_images.ilog2();
            out.push(Objection::new("knn.k", why).fitting(Value::Whole(fewer)));
        }
        out
    }
}

/// The largest batch of so many images on the scale of batches, which double.
fn largest_batch(images: usize) -> Option<Value> {
    let batch = 1 << images.checked_ilog2()?;
    (batch >= 2).then_some(Value::Whole(batch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hparam::Group;

    #[test]
    fn what_is_said_to_fit_does() {
        let mut experiment = Experiment::default();
        experiment.train.batch = 3200;
        experiment.train.epochs = 5;
        experiment.augment.crop.area_min = 0.5;
        experiment.augment.crop.area_max = 0.3;
        experiment.loss.mining = Mining::SemiHard;
        let size = Some(Size {
            train: 300,
            bank: 150,
            classes: 10,
        });
        let objections = experiment.objections_with(size);
        let paths: Vec<&str> = objections.iter().map(|o| o.path).collect();
        let wanted = [
            "augment.crop.area_min",
            "loss.mining",
            "train.warmup",
            "train.batch",
            "knn.k",
        ];
        assert_eq!(paths, wanted);
        for objection in &objections {
            let fits = objection.fits.as_ref().unwrap();
            experiment.set_at(objection.path, fits).unwrap();
        }
        assert_eq!(experiment.objections_with(size), []);
        assert_eq!((experiment.train.batch, experiment.knn.k), (256, 128));
        assert!(largest_batch(1).is_none() && largest_batch(0).is_none());
    }
}
