//! Fine-tuning: the whole encoder with a new linear layer on h, trained on few labelled images (paper, §6 and appendix B.5).
//!
//! ```text
//! for each batch x with labels y
//!     L = cross entropy of linear(f(crop and flip of x)) and y
//!     update f and the linear layer by SGD with Nesterov momentum .9
//! ```
//!
//! Rate .05 x batch / 256 without warm-up, falling to 0 by a cosine as in the authors' program; no weight decay; norms as in
//! training. From scratch f is drawn from the seed and all else is the same, batch for batch. For linear
//! evaluation f stays as it is, the rate is .1 x batch / 256 and the epochs are 90 (appendix B.6).

use crate::engine::augment::{Augment, Augmenter};
use crate::engine::checkpoint::Checkpoint;
use crate::engine::data::Images;
use crate::engine::eval::classification::ClassificationReport;
use crate::engine::loader::{Batch, TrainPlan};
use crate::engine::model::{Head, Network};
use crate::engine::optim::{Schedule, nesterov};
use crate::engine::readback;
use crate::engine::train::{Setup, TrainError, embed_spaces};
use crate::engine::weights;
use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Int, Tensor, TensorData};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Images of a batch, at most.
const BATCH: usize = 64;
/// The same where the encoder stays as it is, and little is kept of each.
const LINEAR_BATCH: usize = 256;
/// Steps, at least: the paper's epochs are few steps where images are few.
const STEPS: usize = 500;
/// Share of the labels up to which 60 epochs are trained, as with 1 %, and beyond which 30, as with 10 % (appendix B.5).
const FEW: f64 = 0.05;
/// Steps between two looks at the loss, for which a device has to be waited for.
const LOOK: u64 = 10;

/// How long, in which batches, and how fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recipe {
    /// Learning rate of a batch of 256.
    pub rate: f64,
    /// Images a step.
    pub batch: usize,
    /// Steps a pass over the images.
    pub steps: usize,
    /// Passes.
    pub epochs: usize,
}

impl Recipe {
    /// To train the whole network on so many of all labelled images: for as many epochs as the paper and a least number of
    /// steps ask for, if none are given.
    #[must_use]
    pub fn whole(images: usize, all: usize, epochs: Option<usize>) -> Self {
        let share = images as f64 / all.max(1) as f64;
        let papers = if share <= FEW { 60 } else { 30 };
        Self::of(images, BATCH, 0.05, epochs.ok_or(papers))
    }

    /// To train the linear layer alone (appendix B.6).
    #[must_use]
    pub fn linear(images: usize) -> Self {
        Self::of(images, LINEAR_BATCH, 0.1, Err(90))
    }

    /// With so many epochs, or at least so many.
    fn of(images: usize, most: usize, rate: f64, epochs: Result<usize, usize>) -> Self {
        // Batches of one size, so that an epoch leaves out few images.
        let steps = images.div_ceil(most).max(1);
        Self {
            rate,
            batch: images / steps,
            steps,
            epochs: epochs.unwrap_or_else(|least| STEPS.div_ceil(steps).max(least)),
        }
    }

    /// All steps.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.steps * self.epochs
    }

    /// In words.
    #[must_use]
    pub fn protocol(&self) -> String {
        format!(
            "{} epochs of {} x {} images, SGD with Nesterov momentum .9, rate {} x batch / 256 by a cosine to 0, no decay, \
             random resized crop and flip",
            self.epochs, self.steps, self.batch, self.rate
        )
    }
}

/// What is trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trained {
    /// Encoder and linear layer.
    Whole,
    /// The linear layer, on h with running statistics.
    Linear,
}

/// One training: on which images of how many classes, and from which weights.
pub struct Finetuning<'a> {
    /// Who computes and loads, and the experiment whose encoder it is.
    pub setup: Setup<'a>,
    /// The labelled images.
    pub images: Arc<dyn Images>,
    /// How many classes they have.
    pub classes: usize,
    /// How long.
    pub recipe: Recipe,
    /// What.
    pub trained: Trained,
    /// Of views, order and new weights.
    pub seed: u64,
    /// The encoder to begin with; drawn from the seed if there is none.
    pub from: Option<&'a Checkpoint>,
}

impl Finetuning<'_> {
    /// Trains, and asks after each step whether to go on; `None` where not.
    ///
    /// # Errors
    /// When data or device fail, or the loss is no number any more.
    pub fn train(
        &self,
        on: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Option<Network>, TrainError> {
        let plain = self.setup.device.device.clone();
        let device = plain.clone().autodiff();
        let mut network = self.beginning(&device)?;
        let still = (self.trained == Trained::Linear).then(|| network.valid());
        let mut optimizer = nesterov();
        let schedule = Schedule {
            peak: self.recipe.rate * self.recipe.batch as f64 / 256.0,
            warmup: 0,
            total: self.recipe.total() as u64,
        };
        let mut batches = self.setup.loader.train(self.plan());
        while let Some(batch) = batches.next()? {
            let (step, labels) = (batch.step, self.labels(&batch));
            let logits = match &still {
                Some(still) => {
                    let h = still.encoder.forward(self.views(batch, &plain));
                    network.head.forward(Tensor::from_inner(h))
                }
                None => network.z(self.views(batch, &device)),
            };
            let loss = cross_entropy(logits, &labels);
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            network = optimizer.step(schedule.rate(step), network, gradients);
            if (step + 1).is_multiple_of(LOOK) || step + 1 == schedule.total {
                look(loss, step + 1)?;
            }
            if on().is_break() {
                return Ok(None);
            }
        }
        Ok(Some(network))
    }

    /// The network before its first step: the linear layer takes the place of the projection head.
    fn beginning(&self, device: &Device) -> Result<Network, TrainError> {
        let linear = Head {
            layers: 1,
            out: self.classes,
            norm: false,
            ..Head::default()
        };
        let model = &self.setup.experiment.model;
        let network = Network::new(model, &linear, self.seed, device);
        let Some(checkpoint) = self.from else {
            return Ok(network);
        };
        let Network { encoder, head } = network;
        let encoder = weights::restore(encoder, &checkpoint.encoder(), device)?;
        Ok(Network { encoder, head })
    }

    fn plan(&self) -> TrainPlan {
        let mut augment = Augment::default();
        (augment.jitter.p, augment.grayscale.p, augment.blur.p) = (0.0, 0.0, 0.0);
        TrainPlan {
            images: self.images.clone(),
            augmenter: Arc::new(Augmenter::new(&augment, self.size())),
            piece: 0,
            batch: self.recipe.batch,
            views: 1,
            epochs: self.recipe.epochs as u64,
            seed: self.seed,
            from_step: 0,
        }
    }

    const fn size(&self) -> usize {
        self.setup.experiment.data.image_size
    }

    fn labels(&self, batch: &Batch) -> Vec<u32> {
        batch
            .indices
            .iter()
            .map(|i| self.images.label(*i))
            .collect()
    }

    fn views(&self, batch: Batch, device: &Device) -> Tensor<4> {
        let shape = [batch.indices.len(), 3, self.size(), self.size()];
        Tensor::from_data(TensorData::new(batch.views, shape), device)
    }

    /// How well the network names images on clean views, with running statistics; `notes` hears which can't be read.
    ///
    /// # Errors
    /// When data or device fail.
    pub fn judge(
        &self,
        network: &Network,
        images: &Arc<dyn Images>,
        notes: &mut Vec<String>,
    ) -> Result<ClassificationReport, TrainError> {
        let network = network.valid();
        let Setup { loader, device, .. } = self.setup;
        let device = &device.device;
        let scores = |views: Tensor<4>| vec![network.z(views)];
        let size = self.size();
        let all = embed_spaces(scores, loader, images, size, device, notes, &mut |_| {})?;
        let scores = all.spaces.into_iter().next().unwrap_or_default();
        let values: Vec<f64> = scores.values.iter().copied().map(f64::from).collect();
        Ok(ClassificationReport::from_scores(
            &values,
            &scores.labels,
            self.classes,
        ))
    }
}

/// Waits for the loss of a step, which has to be a number.
fn look(loss: Tensor<1>, step: u64) -> Result<(), TrainError> {
    let loss = readback::read(loss.inner()).map_err(TrainError::Device)?;
    if loss.iter().all(|v| v.is_finite()) {
        return Ok(());
    }
    let why = format!("the loss of fine-tuning is no number any more at step {step}");
    Err(TrainError::Objection(why))
}

/// The mean cross entropy of logits `[N, C]` and the classes of N images, in nats.
#[must_use]
pub fn cross_entropy(logits: Tensor<2>, labels: &[u32]) -> Tensor<1> {
    let labels: Vec<i64> = labels.iter().copied().map(i64::from).collect();
    let labels = TensorData::new(labels, [logits.dims()[0], 1]);
    let labels = Tensor::<2, Int>::from_data(labels, &logits.device());
    log_softmax(logits, 1).gather(1, labels).mean().neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_images_are_passed_in_even_batches_and_often_enough() {
        let recipe = |images, all, epochs| {
            let Recipe {
                batch,
                steps,
                epochs,
                ..
            } = Recipe::whole(images, all, epochs);
            [batch, steps, epochs]
        };
        assert_eq!(recipe(100, 2_000, None), [50, 2, 250]);
        assert_eq!(recipe(10, 2_000, None), [10, 1, 500]);
        // As many epochs as the paper, where these are steps enough.
        assert_eq!(recipe(500, 50_000, None), [62, 8, 63]);
        assert_eq!(recipe(1_000, 50_000, None), [62, 16, 60]);
        assert_eq!(recipe(5_000, 50_000, None), [63, 79, 30]);
        assert_eq!(recipe(100, 2_000, Some(3)), [50, 2, 3]);
    }
}
