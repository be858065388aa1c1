//! What a finished network was judged to be worth: one file an evaluation in a run's folder, each with its protocol.

use super::standard_error::standard_error;
use super::{EVALUATIONS, Fingerprint, RunError};
use crate::disk::{untrusted, write_own};
use crate::text::figures::{decimal, thousands};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The newest format of these files.
pub const FORMAT: u64 = 1;
/// A file that is larger is no evaluation: a thousand classes have a million pairs, of which few occur.
const LARGEST: u64 = 32 << 20;

/// One number with all that it takes to know what it means. Every field may be missing from a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evaluation {
    /// Version of the file's format.
    pub format: u64,
    /// When it was made, in seconds since 1970.
    pub at: f64,
    /// Version of this program.
    pub program: String,
    /// How: `knn`, `probe`, or with few labels `finetune` and beside it `scratch`.
    pub method: String,
    /// On what: `h` or `z`.
    pub space: String,
    /// The method's settings in words.
    pub protocol: String,
    /// Which checkpoint's network.
    pub checkpoint: String,
    /// Optimizer steps that it had.
    pub step: u64,
    /// The images.
    pub data: Fingerprint,
    /// Whether they are of another data set than the run's.
    pub transfer: bool,
    /// Labelled images that it was fitted to, or that voted.
    pub fitted: u64,
    /// How many of each class those are, where they were drawn from more; 0 where all there are.
    pub labels: u64,
    /// Test images.
    pub tested: u64,
    /// The device that computed, in words.
    pub device: String,
    /// Share of the test images named rightly, from 0 to 1; the mean over seeds, where there are several.
    pub top1: f64,
    /// The same for each seed, from 0 on; nothing where none plays a part.
    pub seeds: Vec<f64>,
    /// Share whose class is among the five likeliest, where there are more than ten classes.
    pub top5: Option<f64>,
    /// Share of the images that it was fitted to named rightly; nothing for kNN, where each is its own neighbour.
    pub train_top1: Option<f64>,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Share of each class named rightly; nothing for a class without test images.
    pub per_class: Vec<Option<f64>>,
    /// How many test images of one class (first) were named as another (second), over all seeds; pairs that don't occur are left
    /// out.
    pub confusion: Vec<(u32, u32, u64)>,
    /// What to keep in mind, such as that the data aren't those of the training.
    pub notes: Vec<String>,
}

impl Evaluation {
    /// Standard error of `top1` over the test images, from 0 to 1: how far another draw of as many would be off.
    #[must_use]
    pub fn error(&self) -> f64 {
        standard_error(100.0 * self.top1, self.tested).unwrap_or(0.0) / 100.0
    }

    /// How and on what, in words, such as `kNN of h` or `fine-tuning with 10 labels a class`.
    #[must_use]
    pub fn title(&self) -> String {
        let mut title = match self.method.as_str() {
            "knn" => format!("kNN of {}", self.space),
            "probe" => format!("linear probe of {}", self.space),
            "finetune" => "fine-tuning".to_owned(),
            "scratch" => "training from scratch".to_owned(),
            other => format!("{other} of {}", self.space),
        };
        if self.labels > 0 {
            title.push_str(&format!(" with {}", a_class(self.labels)));
        }
        if self.transfer {
            title.push_str(&format!(" on {}", self.data.name));
        }
        title
    }

    /// Whether it is of h as it is, by all labels and on the run's own data set.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.space == "h" && self.labels == 0 && !self.transfer
    }

    /// The newest figures of h in a few words, such as `linear 84.0 ± 1.5 %, kNN 73.2 ± 1.8 %, at step 300`; of some
    /// evaluations, the oldest first.
    #[must_use]
    pub fn in_brief(all: &[Self]) -> Option<String> {
        let newest = |method: &str| {
            let mut plain = all.iter().rev().filter(|e| e.is_plain());
            plain.find(|e| e.method == method)
        };
        let both = [("linear", newest("probe")), ("kNN", newest("knn"))];
        let both = both
            .into_iter()
            .filter_map(|(name, one)| Some((name, one?)));
        let mut parts: Vec<String> = both
            .clone()
            .map(|(name, e)| {
                let [share, error] = [e.top1, e.error()].map(|v| decimal(100.0 * v, 1));
                format!("{name} {share} ± {error} %")
            })
            .collect();
        let step = both.map(|(_, e)| e.step).max()?;
        parts.push(format!("at step {}", thousands(step)));
        Some(parts.join(", "))
    }

    /// Its file name: the same evaluation made again takes the place of the older one.
    #[must_use]
    pub fn file(&self) -> String {
        let checkpoint = self.checkpoint.trim_end_matches(".safetensors");
        let what = format!("{}{}{:?}", self.protocol, self.step, self.data);
        let hash = crc32fast::hash(what.as_bytes());
        format!("{}-{}-{checkpoint}-{hash:08x}.ron", self.method, self.space)
    }

    /// Writes it into a run's folder.
    ///
    /// # Errors
    /// A sentence with the path.
    pub fn save(&self, run: &Path) -> Result<(), RunError> {
        let folder = run.join(EVALUATIONS);
        let path = folder.join(self.file());
        // Also the run's own folder must be no link to elsewhere.
        untrusted::folder(run)
            .and_then(|()| untrusted::own_folder(&folder))
            .and_then(|()| write_own(&path, super::ron_text(self).as_bytes()))
            .map_err(|e| RunError::io(&path, &e))
    }

    /// Those of a run, the oldest first. A file that can't be read is left out: it must not hide the others.
    #[must_use]
    pub fn all(run: &Path) -> Vec<Self> {
        let entries = untrusted::entries(&run.join(EVALUATIONS))
            .into_iter()
            .flatten();
        let paths = entries.flatten().map(|entry| entry.path());
        let mut all: Vec<Self> = paths
            .filter(|path| path.extension().is_some_and(|e| e == "ron"))
            .filter_map(|path| super::ron_file(&path, LARGEST).ok())
            .filter(|one: &Self| one.format <= FORMAT)
            .collect();
        all.sort_by(|a, b| a.at.total_cmp(&b.at));
        all
    }
}

/// So many labels of each class, in words.
#[must_use]
pub fn a_class(labels: u64) -> String {
    let s = if labels == 1 { "" } else { "s" };
    format!("{} label{s} a class", thousands(labels))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Evaluation {
        Evaluation {
            format: FORMAT,
            method: "probe".to_owned(),
            space: "h".to_owned(),
            checkpoint: "step-00000031.safetensors".to_owned(),
            tested: 400,
            top1: 0.5,
            per_class: vec![Some(0.25), None],
            confusion: vec![(0, 1, 3)],
            ..Evaluation::default()
        }
    }

    #[test]
    fn evaluations_come_back_and_a_broken_one_hides_no_other() {
        let run = tempfile::tempdir().unwrap();
        sample().save(run.path()).unwrap();
        sample().save(run.path()).unwrap();
        let other = Evaluation {
            protocol: "another".to_owned(),
            at: 1.0,
            ..sample()
        };
        other.save(run.path()).unwrap();
        std::fs::write(run.path().join(EVALUATIONS).join("knn.ron"), "(top1: ").unwrap();
        assert_eq!(Evaluation::all(run.path()), [sample(), other]);
    }

    #[test]
    fn in_brief_it_is_all_labels_and_the_runs_own_images_that_count() {
        let few = Evaluation {
            labels: 5,
            top1: 0.2,
            ..sample()
        };
        let elsewhere = Evaluation {
            transfer: true,
            top1: 0.9,
            ..sample()
        };
        let brief = Evaluation::in_brief(&[sample(), few.clone(), elsewhere]);
        assert_eq!(brief.unwrap(), "linear 50.0 ± 2.5 %, at step 0");
        assert_eq!(Evaluation::in_brief(std::slice::from_ref(&few)), None);
        assert_eq!(few.title(), "linear probe of h with 5 labels a class");
        assert_eq!(a_class(1), "1 label a class");
    }

    #[test]
    fn the_error_is_that_of_a_share() {
        assert!((sample().error() - 0.025).abs() < 1e-12);
    }
}
