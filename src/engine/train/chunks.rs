//! A step in chunks: the whole batch's gradient with a chunk's memory (gradient caching, Gao et al., arXiv 2101.06983).
//!
//! ```text
//! for each chunk of the views    z  = g(f(chunk))           nothing but z is kept
//!                                L  = loss of all z, and dL/dz
//! for each chunk again           dw = dw + dL/dz of the chunk, pulled back through f and g
//! ```
//!
//! The second pass computes what the first one did, so dw is dL/dw: exactly, where what becomes of a view depends on no other
//! (`model.norm` group). By batch normalisation a view is seen among those of its chunk alone, both times.
//!
//! A chunk holds the first views of some images and the second views of the next ones. So its statistics are of both kinds of
//! view, and a view's partner is in another chunk, where statistics that they share can't give it away (paper, §2.2; He et al.,
//! arXiv 1911.05722, §3.3).
//!
//! With `train.negatives` chunk, each chunk has a loss of its own, and gradients are accumulated: one pass less, and as few
//! negatives as a batch of its size has.

use super::TrainError;
use super::run::Run;
use crate::engine::fault::Fault;
use crate::engine::optim::Negatives;
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::Tensor;
use std::ops::Range;

/// All z, their loss, and the gradients of the weights.
pub(super) type Computed = (Tensor<2>, Tensor<1>, GradientsParams);

/// Rows of the batch that pass the network at once: of first views, and of second ones.
type Chunk = [Range<usize>; 2];

impl Run<'_> {
    /// Whether less than the tape of the whole batch is kept.
    pub(super) const fn keeps_less(&self) -> bool {
        let train = &self.setup.experiment.train;
        train.is_chunked() || train.recompute
    }

    /// z `[2N, D]`, their loss and its gradients, of views as the loader has them.
    pub(super) fn keeping_less(&self, views: Vec<f32>) -> Result<Computed, TrainError> {
        let train = &self.setup.experiment.train;
        if train.is_chunked() && train.negatives == Negatives::Batch {
            self.cached(&views)
        } else {
            self.accumulated(views)
        }
    }

    /// The loss of the whole batch.
    fn cached(&self, views: &[f32]) -> Result<Computed, TrainError> {
        let train = &self.setup.experiment.train;
        let chunks = chunks(&train.chunks(), train.batch);
        let views_of = |chunk| self.on_device(views_of(chunk, views, train.batch));
        let still = self.still();
        let z = chunks.iter().map(|chunk| still.z(views_of(chunk)).inner());
        let (z, loss, dz) = self.loss_of(joined(z.collect(), &chunks))?;
        let mut dw = GradientsAccumulator::new();
        for chunk in &chunks {
            let part = |rows: &Range<usize>| dz.clone().narrow(0, rows.start, rows.len());
            let dz = Tensor::cat(chunk.iter().map(part).collect(), 0);
            let (_, tape) = self.pass(views_of(chunk));
            self.pull_back(tape, dz, &mut dw)?;
        }
        Ok((z, loss, dw.grads()))
    }

    /// The mean of the losses of chunks, each of which holds both views of its images.
    fn accumulated(&self, mut views: Vec<f32>) -> Result<Computed, TrainError> {
        let train = &self.setup.experiment.train;
        let pairs = train.batch;
        let with_partners = |cut: Range<usize>| [cut.clone(), cut.start + pairs..cut.end + pairs];
        let chunks: Vec<Chunk> = train.chunks().into_iter().map(with_partners).collect();
        let (mut all_z, mut losses) = (Vec::new(), Vec::new());
        let mut dw = GradientsAccumulator::new();
        for chunk in &chunks {
            let part = if train.is_chunked() {
                views_of(chunk, &views, pairs)
            } else {
                std::mem::take(&mut views)
            };
            let (z, tape) = self.pass(self.on_device(part));
            let (z, loss, dz) = self.loss_of(z)?;
            let share = chunk[0].len() as f64 / pairs as f64;
            self.pull_back(tape, dz * share, &mut dw)?;
            all_z.push(z.inner());
            losses.push(loss * share);
        }
        let z = Tensor::from_inner(joined(all_z, &chunks));
        Ok((z, Tensor::cat(losses, 0).sum(), dw.grads()))
    }

    /// z `[2N, D]`, their loss, and its gradient.
    fn loss_of(&self, z: Tensor<2>) -> Result<(Tensor<2>, Tensor<1>, Tensor<2>), TrainError> {
        let z = Tensor::from_inner(z).require_grad();
        let loss = self.setup.experiment.loss.forward(z.clone());
        let dz = z.grad(&loss.backward());
        let dz = dz.ok_or_else(|| TrainError::Device(Fault::of("the loss gave no gradient")))?;
        Ok((z, loss, dz))
    }
}

/// The views of a chunk, of those of its batch of so many pairs.
fn views_of(chunk: &Chunk, views: &[f32], pairs: usize) -> Vec<f32> {
    let length = views.len() / (2 * pairs);
    let part = |rows: &Range<usize>| &views[rows.start * length..rows.end * length];
    chunk.each_ref().map(part).concat()
}

/// The chunks of a batch of so many pairs that is cut so: each with the second views of the next one's images.
fn chunks(cuts: &[Range<usize>], pairs: usize) -> Vec<Chunk> {
    let next = cuts.iter().cycle().skip(1);
    let seconds = next.map(|cut| cut.start + pairs..cut.end + pairs);
    cuts.iter()
        .cloned()
        .zip(seconds)
        .map(<[_; 2]>::from)
        .collect()
}

/// What was computed of chunks, in the order of the batch.
fn joined(computed: Vec<Tensor<2>>, chunks: &[Chunk]) -> Tensor<2> {
    let mut parts: Vec<(usize, Tensor<2>)> = Vec::new();
    for (rows, [firsts, seconds]) in computed.into_iter().zip(chunks) {
        let count = firsts.len();
        parts.push((firsts.start, rows.clone().narrow(0, 0, count)));
        parts.push((seconds.start, rows.narrow(0, count, seconds.len())));
    }
    parts.sort_by_key(|(start, _)| *start);
    Tensor::cat(parts.into_iter().map(|(_, part)| part).collect(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, Int};

    #[test]
    fn each_row_is_in_one_chunk_away_from_its_partner_and_comes_back_to_its_place() {
        for (pairs, cuts) in [(7, vec![0..2, 2..4, 4..7]), (4, vec![0..2, 2..4])] {
            let chunks = chunks(&cuts, pairs);
            let rows = Tensor::<1, Int>::arange(0..2 * pairs as i64, &Device::flex());
            let rows = rows.float().reshape([2 * pairs, 1]);
            let of = |chunk: &Chunk| {
                let part =
                    |rows_of: &Range<usize>| rows.clone().narrow(0, rows_of.start, rows_of.len());
                Tensor::cat(chunk.iter().map(part).collect(), 0)
            };
            let computed: Vec<Tensor<2>> = chunks.iter().map(of).collect();
            let joined = joined(computed, &chunks);
            assert_eq!(joined.to_data(), rows.to_data());
            for [firsts, seconds] in chunks {
                let partners = seconds.start - pairs..seconds.end - pairs;
                assert!(firsts.end <= partners.start || partners.end <= firsts.start);
            }
        }
    }
}
