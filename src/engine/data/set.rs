//! A data set, opened.

use super::{Fingerprint, Images, LeftOut, UNLABELLED};
use std::sync::Arc;

/// How many images a data set holds before limits.
#[derive(Clone, Copy, Debug)]
pub struct All {
    /// Those to learn from.
    pub train: usize,
    /// Those of the bank.
    pub bank: usize,
}

/// A data set, opened and checked.
#[derive(Clone)]
pub struct DataSet {
    /// Its name.
    pub name: String,
    /// The images to learn from.
    pub train: Arc<dyn Images>,
    /// The labelled images that kNN votes from and probes are fitted on: `train` itself, unless some of that has no
    /// labels; `train` also where nothing has labels.
    pub bank: Arc<dyn Images>,
    /// The images to report on; may be none.
    pub test: Arc<dyn Images>,
    /// Labelled images to choose by, where some are held out for that.
    pub validation: Option<Arc<dyn Images>>,
    /// How many images there are before limits.
    pub all: All,
    /// The names of the classes, by label.
    pub classes: Vec<String>,
    /// What the user should know, such as which images were skipped.
    pub notes: Vec<String>,
    /// Files that were left out.
    pub left_out: LeftOut,
    /// What tells this data set from others.
    pub fingerprint: Fingerprint,
}

/// Training images, bank and test images; without a bank, all that train vote.
pub type Parts = (Arc<dyn Images>, Option<Arc<dyn Images>>, Arc<dyn Images>);

impl DataSet {
    /// Of these parts, which this hash tells from others.
    pub(super) fn new(
        name: String,
        (train, bank, test): Parts,
        all: All,
        classes: Vec<String>,
        hash: String,
    ) -> Self {
        let fingerprint = Fingerprint {
            name: name.clone(),
            train: train.len() as u64,
            test: test.len() as u64,
            classes: classes.len() as u64,
            hash,
        };
        Self {
            name,
            bank: bank.unwrap_or_else(|| train.clone()),
            train,
            test,
            validation: None,
            all,
            classes,
            notes: Vec::new(),
            left_out: LeftOut::default(),
            fingerprint,
        }
    }

    /// What a training is judged by, and so what is chosen on: the test images, unless others are held out for that.
    #[must_use]
    pub fn chosen_on(&self) -> &Arc<dyn Images> {
        self.validation.as_ref().unwrap_or(&self.test)
    }

    /// Why kNN and linear evaluation can't be done here, and what they need.
    #[must_use]
    pub fn unjudged(&self) -> Option<&'static str> {
        let (bank, test) = (&self.bank, &self.test);
        let mut labels = (0..bank.len())
            .map(|i| bank.label(i))
            .filter(|label| *label != UNLABELLED);
        let Some(first) = labels.next() else {
            return Some(
                "the images have no labels: kNN and linear evaluation need one folder of images per class",
            );
        };
        if labels.all(|label| label == first) {
            return Some(
                "all images are of one class: kNN and linear evaluation need at least two classes",
            );
        }
        test.is_empty()
            .then_some("there are no labelled test images: kNN and linear evaluation need some")
    }

    /// How many images kNN votes from; none where it can't be done.
    #[must_use]
    pub fn voters(&self) -> usize {
        self.unjudged().map_or_else(|| self.bank.len(), |_| 0)
    }
}

impl std::fmt::Debug for DataSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DataSet").field(&self.fingerprint).finish()
    }
}
