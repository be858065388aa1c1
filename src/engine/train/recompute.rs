//! A pass that keeps the input of each block and nothing of its inside, which the way back computes again (Chen et al., arXiv
//! 1604.06174).
//!
//! ```text
//! there    x1 = stem(x0), x2 = block(x1), ..., z = g(mean(xn))     only x0, x1, ..., xn are kept
//! back     for each from the last: block(x) again, and dL/dx and dw pulled back through it
//! ```
//!
//! A block computes what it did before, of the same numbers, so dw is that of a pass that keeps everything: to the bit on the
//! CPU. Running statistics follow on the way back alone.

use super::TrainError;
use super::run::Run;
use crate::engine::fault::Fault;
use crate::engine::model::{Network, Part, ResNet};
use burn::module::Module;
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::{Gradients, Tensor};

/// What pulls dL/dz back to the weights.
#[expect(
    clippy::large_enum_variant,
    reason = "it is passed on at once and never kept"
)]
pub(super) enum Tape {
    /// z `[N, D]` in burn's graph.
    Whole(Tensor<2>),
    /// What went into stem, blocks and what follows them.
    Inputs(Vec<Tensor<4>>),
}

impl Run<'_> {
    /// The network as it is: weights that aren't trained leave no tape, and running statistics where they are.
    pub(super) fn still(&self) -> Network {
        self.network.clone().no_grad()
    }

    /// z `[N, D]` of views, without a graph, and its tape.
    pub(super) fn pass(&self, views: Tensor<4>) -> (Tensor<2>, Tape) {
        if !self.setup.experiment.train.recompute {
            let z = self.network.z(views);
            return (z.clone().inner(), Tape::Whole(z));
        }
        let still = self.still();
        let mut kept = Vec::new();
        let through = |x: Tensor<4>, part: Part| {
            kept.push(x.clone());
            part.forward(x)
        };
        let x = still.encoder.parts().fold(views, through);
        kept.push(x.clone());
        let z = still.head.forward(ResNet::mean(x));
        (z.inner(), Tape::Inputs(kept))
    }

    /// Adds the gradients of the weights to dw, from dL/dz `[N, D]`.
    pub(super) fn pull_back(
        &self,
        tape: Tape,
        dz: Tensor<2>,
        dw: &mut GradientsAccumulator<Network>,
    ) -> Result<(), TrainError> {
        let mut kept = match tape {
            Tape::Whole(z) => {
                self.pulled_back(z, dz, dw);
                return Ok(());
            }
            Tape::Inputs(kept) => kept,
        };
        let lacks = || TrainError::Device(Fault::of("a block gave no gradient"));
        let x = kept.pop().ok_or_else(lacks)?.require_grad();
        let z = self.network.head.forward(ResNet::mean(x.clone()));
        let mut dx = x.grad(&self.pulled_back(z, dz, dw));
        for part in self.network.encoder.parts().rev() {
            let (x, dy) = kept.pop().zip(dx).ok_or_else(lacks)?;
            // Views need no gradient.
            let x = if kept.is_empty() { x } else { x.require_grad() };
            let y = part.forward(x.clone());
            dx = x.grad(&self.pulled_back(y, dy, dw));
        }
        Ok(())
    }

    /// All gradients that dL/dy comes back as; those of weights are added to dw.
    fn pulled_back<const D: usize>(
        &self,
        y: Tensor<D>,
        dy: Tensor<D>,
        dw: &mut GradientsAccumulator<Network>,
    ) -> Gradients {
        let mut gradients = (y * Tensor::from_inner(dy)).sum().backward();
        dw.accumulate(
            &self.network,
            GradientsParams::from_module(&mut gradients, &self.network),
        );
        gradients
    }
}
