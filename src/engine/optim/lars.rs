//! LARS, layer-wise adaptive rate scaling (You et al., arXiv 1708.03888), as google's SimCLR code has it: burn lacks it.

use burn::optim::{LearningRate, Optimizer, RecordState, StateSink, StateSource};
use burn::tensor::{Device, Tensor};

/// The share of a weight's length that a step of rate 1 moves it by.
const TRUST: f64 = 0.001;

/// For each weight: `g <- g + decay * w`, `trust = .001 |w| / |g|` (1 where either is 0),
/// `v <- momentum * v + rate * trust * g`, `w <- w - v`.
#[derive(Clone, Copy, Debug)]
pub struct Lars {
    momentum: f64,
    weight_decay: f64,
}

/// The velocity of one weight.
#[derive(Clone, Debug)]
pub struct LarsState<const D: usize> {
    velocity: Tensor<D>,
}

impl<const D: usize> RecordState for LarsState<D> {
    fn state_flatten(&self, prefix: &str, out: &mut StateSink) {
        out.push_tensor(prefix, "velocity", self.velocity.to_data());
    }

    fn state_unflatten(prefix: &str, from: &mut StateSource, device: &Device) -> Option<Self> {
        let velocity = from.take_tensor(prefix, "velocity")?;
        Some(Self {
            velocity: Tensor::from_data(velocity, device),
        })
    }
}

impl Lars {
    /// With momentum, and weight decay added to the gradient before adaptation, as google's `lars_optimizer.py`.
    #[must_use]
    pub const fn new(momentum: f64, weight_decay: f64) -> Self {
        Self {
            momentum,
            weight_decay,
        }
    }
}

impl Optimizer for Lars {
    type State<const D: usize> = LarsState<D>;

    fn step<const D: usize>(
        &self,
        rate: LearningRate,
        w: Tensor<D>,
        grad: Tensor<D>,
        state: Option<LarsState<D>>,
    ) -> (Tensor<D>, Option<LarsState<D>>) {
        let g = grad + w.clone() * self.weight_decay;
        let (w_length, g_length) = (length(&w), length(&g));
        // On the device, so that no step waits for a number: where a length is 0 the ratio is 1.
        let degenerate = (w_length.clone() * g_length.clone()).equal_scalar(0.0);
        let trust = (w_length * TRUST / g_length).mask_fill(degenerate, 1.0) * rate;
        let step = g * trust.reshape([1; D]);
        let velocity = match state {
            Some(state) => state.velocity * self.momentum + step,
            None => step,
        };
        (w - velocity.clone(), Some(LarsState { velocity }))
    }

    fn to_device<const D: usize>(state: LarsState<D>, device: &Device) -> LarsState<D> {
        LarsState {
            velocity: state.velocity.to_device(device),
        }
    }
}

/// Euclidean length over all elements, `[1]`.
fn length<const D: usize>(x: &Tensor<D>) -> Tensor<1> {
    (x.clone() * x.clone()).sum().sqrt()
}
