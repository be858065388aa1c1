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

use super::TrainError;
use super::run::Run;
use crate::engine::fault::Fault;
use crate::engine::model::Network;
use burn::module::Module;
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::Tensor;
use std::ops::Range;

/// All z, their loss, and the gradients of the weights.
type Computed = (Tensor<2>, Tensor<1>, GradientsParams);

/// Rows of the batch that pass the network at once: of first views, and of second ones.
type Chunk = [Range<usize>; 2];

impl Run<'_> {
    /// Whether the batch is too large to pass the network at once.
    pub(super) const fn is_chunked(&self) -> bool {
        let train = &self.setup.experiment.train;
        train.at_once() < train.batch
    }

    /// z `[2N, D]`, their loss and its gradients, of views as the loader has them.
    pub(super) fn by_chunks(&self, views: &[f32]) -> Result<Computed, TrainError> {
        let train = &self.setup.experiment.train;
        let chunks = chunks(&train.chunks(), train.batch);
        let length = views.len() / (2 * train.batch);
        let z_of = |network: &Network, chunk: &Chunk| {
            let part = |rows: &Range<usize>| &views[rows.start * length..rows.end * length];
            network.z(self.on_device(chunk.each_ref().map(part).concat()))
        };
        // Weights that aren't trained leave no tape, and running statistics where they are.
        let still = self.network.clone().no_grad();
        let z = chunks.iter().map(|chunk| z_of(&still, chunk).inner());
        let z = Tensor::from_inner(joined(z.collect(), &chunks)).require_grad();

        let loss = self.setup.experiment.loss.forward(z.clone());
        let dz = z.grad(&loss.backward());
        let dz = dz.ok_or_else(|| TrainError::Device(Fault::of("the loss gave no gradient")))?;

        let mut dw = GradientsAccumulator::new();
        for chunk in &chunks {
            let part = |rows: &Range<usize>| dz.clone().narrow(0, rows.start, rows.len());
            let dz = Tensor::cat(chunk.iter().map(part).collect(), 0);
            let pulled_back = (z_of(&self.network, chunk) * Tensor::from_inner(dz)).sum();
            dw.accumulate(&self.network, self.gradients(&pulled_back));
        }
        Ok((z, loss, dw.grads()))
    }
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
