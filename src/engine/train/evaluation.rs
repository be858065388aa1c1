//! What a network under training is worth: kNN and linear evaluation of its frozen embeddings, between two steps.

use super::embed::embed_spaces;
use super::error::TrainError;
use super::observer::Observer;
use super::run::Run;
use super::setup::Setup;
use crate::engine::data::Images;
use crate::engine::eval::classification::pooled;
use crate::engine::eval::knn::Embeddings;
use crate::engine::eval::{diagnostics, few_labels, knn, probe};
use crate::engine::report::{Level, Report};
use burn::module::Module;
use burn::tensor::Tensor;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// How many unreadable images an evaluation names before the rest is only counted.
const NAMED: usize = 5;

/// Which evaluations are due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    knn: bool,
    probe: bool,
}

impl Due {
    /// Those whose number of epochs between two is up; none on images without labels.
    pub(super) fn at(setup: Setup, is_up: impl Fn(usize) -> bool) -> Self {
        let can = setup.data.unjudged().is_none();
        let every = setup.experiment.probe.every;
        Self {
            knn: can && is_up(setup.experiment.knn.every),
            probe: can && every > 0 && is_up(every),
        }
    }

    pub(super) const fn any(self) -> bool {
        self.knn || self.probe
    }
}

impl Run<'_> {
    /// Evaluates on clean views of the test images, or those held out in their place, with running statistics; tells whether its kNN accuracy is the best so far.
    pub(super) fn evaluate(
        &mut self,
        due: Due,
        observer: &mut dyn Observer,
    ) -> Result<bool, TrainError> {
        let began = Instant::now();
        let mut notes = Vec::new();
        let bank = self.embed(&self.setup.data.bank, due, &mut notes)?;
        let test = self.embed(self.setup.data.chosen_on(), due, &mut notes)?;
        let mut values = BTreeMap::new();
        let mut best = false;
        if due.knn {
            let accuracy = self.knn(&bank[0], &test[0]);
            best = self.progress.best_knn.is_none_or(|best| accuracy > best);
            if best {
                self.progress.best_knn = Some(accuracy);
            }
            values.insert("knn".to_owned(), accuracy * 100.0);
            values.insert("h_rank".to_owned(), diagnostics::effective_rank(&test[0]));
        }
        if due.probe {
            for (key, (bank, test)) in ["probe", "probe_z"].into_iter().zip(bank.iter().zip(&test))
            {
                values.insert(key.to_owned(), self.probe(bank, test) * 100.0);
            }
            let (classes, c) = (self.setup.data.classes.len(), self.setup.experiment.probe.c);
            for (labels, draws) in few_labels::evaluate(&bank[0], &test[0], classes, c) {
                let mean = pooled(&draws).map(|mean| mean.top1 * 100.0);
                values.extend(mean.map(|mean| (format!("few_{labels}"), mean)));
            }
        }
        self.meter.evaluated(began.elapsed());
        self.progress.elapsed = self.meter.elapsed();
        self.warn_of(notes, observer);
        observer.report(Report::Point(self.point(self.progress.step, values)));
        Ok(best)
    }

    /// h of each image that can be read, and z where a probe looks at it.
    fn embed(
        &self,
        images: &Arc<dyn Images>,
        due: Due,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Embeddings>, TrainError> {
        let network = self.network.valid();
        let forward = |views: Tensor<4>| {
            if due.probe {
                network.h_and_z(views)
            } else {
                vec![network.h(views)]
            }
        };
        let size = self.setup.experiment.data.image_size;
        let (loader, device) = (self.setup.loader, &self.setup.device.device);
        let embedded = embed_spaces(forward, loader, images, size, device, notes, &mut |_| {})?;
        Ok(embedded.spaces)
    }

    /// From 0 to 1.
    fn knn(&self, bank: &Embeddings, test: &Embeddings) -> f64 {
        let classes = self.setup.data.classes.len();
        knn::accuracy(bank, test, &self.setup.experiment.knn, classes)
    }

    /// From 0 to 1.
    fn probe(&self, bank: &Embeddings, test: &Embeddings) -> f64 {
        let classes = self.setup.data.classes.len();
        let classifier = probe::fit(bank, classes, self.setup.experiment.probe.c);
        classifier.evaluate(test).top1
    }

    /// Names the images that this evaluation had to leave out and none before: a few of them, and how many more.
    fn warn_of(&mut self, notes: Vec<String>, observer: &mut dyn Observer) {
        let missing = &mut self.missing;
        let new = notes
            .into_iter()
            .filter(|note| missing.insert(note.clone()));
        let mut new: Vec<String> = new.collect();
        if new.len() > NAMED {
            let more = new.split_off(NAMED).len();
            let all = self.missing.len();
            new.push(format!(
                "{more} more images can't be read and are left out of evaluations, {all} in all"
            ));
        }
        for text in new {
            observer.report(Report::note(Level::Warning, text));
        }
    }
}
