//! The contrastive losses (paper, §2.1 and Table 2) and their bounds.

mod device_tiles;
mod pairs;
#[cfg(test)]
mod tests;
mod tiles;
mod triples;

pub use triples::Mining;

use crate::engine::conv::has_own_kernels;
use crate::hparam::Hparam;
use crate::{choices, hparams};
use burn::tensor::activation::log_softmax;
use burn::tensor::{Bool, Device, Tensor, TensorData};
use pairs::{log_sum_exp, others, partners};

choices! {
    /// The losses.
    pub enum Kind {
        /// Cross-entropy of picking a view's partner out of all other views, with similarity over temperature as logits.
        NtXent = "nt_xent",
        /// NT-Xent without the partner among what is picked from (decoupled contrastive learning, arXiv 2110.06848), for small batches.
        Dcl = "dcl",
        /// NT-Xent less what the anchor's own class adds to the negatives, as far as chance has it (debiased, arXiv 2007.00224).
        Debiased = "debiased",
        /// Logistic loss that classifies each pair of views as partners or not, from similarity over temperature.
        NtLogistic = "nt_logistic",
        /// Each other image's view must be less similar than the partner by a margin.
        MarginTriplet = "margin_triplet",
    }
}

hparams! {
    /// Loss
    pub struct Loss {
        /// The loss on z that training minimises.
        kind: Kind = Kind::NtXent => Hparam::one_of(Kind::CHOICES).paper("§5.1, Tables 2 and 4");
        /// Similarities are divided by it; the margin triplet loss has none.
        temperature: f64 = 0.5 => Hparam::log(0.01, 100.0).paper("§5.1, Table 5");
        /// Whether z is scaled to length 1, so that similarities are cosines; otherwise they are dot products.
        normalize: bool = true => Hparam::toggle().paper("§5.1, Table 5");
        /// How much more similar than other views a partner must be; for the margin triplet loss only.
        margin: f64 = 0.8 => Hparam::linear(0.0, 2.0, 0.1).paper("Table 2; 0, .4, .8 and 1.6 tried, App. B.10");
        /// The chance that another image is of the anchor's class, about 1 / classes; for the debiased loss only.
        class_prior: f64 = 0.1 => Hparam::linear(0.0, 0.9, 0.05).late();
        /// Which negatives count; NT-Xent, DCL and the debiased loss use all, as they already weight them by hardness.
        mining: Mining = Mining::None => Hparam::one_of(Mining::CHOICES).paper("§5.1, Table 4");
    }
}

/// Two levels that a curve of the loss is read against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The lowest loss of embeddings that tell nothing: partners are no nearer than others.
    pub chance: f64,
    /// The lowest loss there is: both views of each image alike and all images as far apart as N points can be.
    pub floor: f64,
}

impl Kind {
    /// For those that are computed by tiles: whether the partner is left out of the sum.
    const fn by_tiles(self) -> Option<bool> {
        match self {
            Self::NtXent => Some(false),
            Self::Dcl => Some(true),
            Self::Debiased | Self::NtLogistic | Self::MarginTriplet => None,
        }
    }

    /// Whether it takes negatives one by one, so that some may be left out.
    #[must_use]
    pub const fn can_mine(self) -> bool {
        matches!(self, Self::NtLogistic | Self::MarginTriplet)
    }

    /// Whether it holds the similarities of all views at once.
    #[must_use]
    pub const fn holds_all(self) -> bool {
        self.by_tiles().is_none()
    }
}

impl Loss {
    /// The loss of z `[2N, D]`, in which rows i and i + N are one image's two views: a mean over all 2N anchors, `[1]`.
    #[must_use]
    pub fn forward(&self, z: Tensor<2>) -> Tensor<1> {
        let u = if self.normalize { normalised(z) } else { z };
        if let Some(decoupled) = self.kind.by_tiles()
            && let Some(loss) = by_tiles(&u, self.temperature, decoupled)
        {
            return loss;
        }
        let similar = u.clone().matmul(u.transpose());
        match self.kind {
            Kind::NtXent => nt_xent(similar, self.temperature),
            Kind::Dcl => dcl(similar, self.temperature),
            Kind::Debiased => debiased(similar, self.temperature, self.class_prior),
            Kind::NtLogistic => triples::nt_logistic(similar, self.temperature, self.mining),
            Kind::MarginTriplet => triples::margin_triplet(similar, self.margin, self.mining),
        }
    }

    /// The levels of a batch of N pairs, or `None` where there are none to read a curve against: without normalisation
    /// the scale of z moves the loss as much as what z tells, mined negatives change with what z tells, and a margin of
    /// 0 is kept by embeddings that tell nothing.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "batches are far below 2^52")]
    pub fn bounds(&self, pairs: usize) -> Option<Bounds> {
        let mined = self.mining == Mining::SemiHard && self.kind.can_mine();
        if pairs < 2 || !self.normalize || mined {
            return None;
        }
        let n = pairs as f64;
        // N points on a sphere that are as far apart as they can be have these cosines.
        let (own, others, t) = (1.0, -1.0 / (n - 1.0), self.temperature);
        let (chance, floor) = match self.kind {
            Kind::NtXent => (
                (2.0 * n - 1.0).ln(),
                (2.0 * n - 2.0)
                    .mul_add(((others - own) / t).exp(), 1.0)
                    .ln(),
            ),
            Kind::Dcl => {
                let chance = (2.0 * n - 2.0).ln();
                (chance, chance + (others - own) / t)
            }
            Kind::Debiased => {
                let count = 2.0f64.mul_add(n, -2.0);
                let apart = ((others - own) / t).exp();
                let least = (-(1.0 + own) / t).exp();
                let negative = ((apart - self.class_prior) / (1.0 - self.class_prior)).max(least);
                (count.ln_1p(), (count * negative).ln_1p())
            }
            Kind::NtLogistic => (
                2.0 * softplus(0.0),
                softplus(-own / t) + softplus(others / t),
            ),
            Kind::MarginTriplet => (self.margin, (others - own + self.margin).max(0.0)),
        };
        (chance > floor).then_some(Bounds { chance, floor })
    }

    /// What, beside the learning rate, may have made a loss that is no number: a part of a sentence, or nothing.
    #[must_use]
    pub fn suspect(&self) -> String {
        if !self.normalize {
            ", z too large without loss.normalize".to_owned()
        } else if self.kind == Kind::MarginTriplet {
            String::new()
        } else {
            format!(", the temperature ({}) too low", self.temperature)
        }
    }
}

/// NT-Xent, the normalised temperature-scaled cross entropy, of similarities `[2N, 2N]`: the mean over all 2N anchors of
/// `-log(exp(sim(i, j) / T) / sum over k != i of exp(sim(i, k) / T))`, in nats, `[1]` (paper, equation 1).
///
/// The log-sum-exp subtracts each row's maximum, so small temperatures don't overflow.
fn nt_xent(similar: Tensor<2>, temperature: f64) -> Tensor<1> {
    let [rows, _] = similar.dims();
    let device = similar.device();
    let logits = similar / temperature;
    // A view is no negative of itself. Cosines over T lie within 1/T of 0, far above this, and its exp is 0.
    let itself = Tensor::<2, Bool>::diag_mask([rows, rows], 0, &device).bool_not();
    let logits = logits.mask_fill(itself, -1e9);
    let partners = partners(rows, &device).reshape([rows, 1]);
    -log_softmax(logits, 1).gather(1, partners).mean()
}

/// The logit of each view's partner `[2N, 1]`, and those of all views `[2N, 2N]` without itself and its partner.
fn apart(similar: Tensor<2>, temperature: f64) -> (Tensor<2>, Tensor<2>) {
    let [rows, _] = similar.dims();
    let device = similar.device();
    let logits = similar / temperature;
    let partners = partners(rows, &device).reshape([rows, 1]);
    let positive = logits.clone().gather(1, partners);
    let logits = logits.mask_fill(others(0, rows, rows, &device).bool_not(), -1e9);
    (positive, logits)
}

/// The same without the partner in the sum (Yeh et al., arXiv 2110.06848, equation 4), so that it can be below 0.
fn dcl(similar: Tensor<2>, temperature: f64) -> Tensor<1> {
    let (positive, logits) = apart(similar, temperature);
    (log_sum_exp(&logits, &log_softmax(logits.clone(), 1)) - positive).mean()
}

/// NT-Xent whose negatives are what is left of their mean when the anchor's class, of chance `prior`, is taken out of it: as near as
/// the partner, which stands for it, and no less than cosines allow (Chuang et al., arXiv 2007.00224, equations 7 and 8).
fn debiased(similar: Tensor<2>, temperature: f64, prior: f64) -> Tensor<1> {
    let count = similar.dims()[0] as f64 - 2.0;
    let (positive, logits) = apart(similar, temperature);
    // Taken out of all exponents, so that none overflows.
    let most = logits
        .clone()
        .max_dim(1)
        .max_pair(positive.clone())
        .detach();
    let partner = (positive.clone() - most.clone()).exp();
    let all = (logits - most.clone()).exp().sum_dim(1);
    let others = (all - partner.clone() * (prior * count)) / (1.0 - prior);
    let least = (-most.clone() - 1.0 / temperature).exp() * count;
    ((partner + others.max_pair(least)).log() + most - positive).mean()
}

/// Rows from which on a device other than the CPU computes NT-Xent and DCL by tiles: its whole matrix would take 64 MiB, and as
/// much again for each step of its gradient.
const LARGE: usize = 4096;

/// NT-Xent, or DCL where `decoupled`, without its whole matrix, where that pays: on the CPU always.
fn by_tiles(u: &Tensor<2>, temperature: f64, decoupled: bool) -> Option<Tensor<1>> {
    let device = u.device();
    let tracked = device.is_autodiff();
    let plain = if tracked {
        u.clone().inner()
    } else {
        u.clone()
    };
    let (loss, gradient) = if has_own_kernels(&plain.device()) {
        let dims = plain.dims();
        let values = plain.clone().try_into_vec_as::<f32>().ok()?;
        let (loss, gradient) =
            tiles::cross_entropy(&values, dims[1], (temperature, decoupled), tracked);
        let flex = Device::flex();
        let loss = Tensor::from_data(TensorData::new(vec![loss as f32], [1]), &flex);
        let gradient = tracked.then(|| Tensor::from_data(TensorData::new(gradient, dims), &flex));
        (loss, gradient)
    } else if plain.dims()[0] >= LARGE {
        let (loss, gradient) =
            device_tiles::cross_entropy(&plain, (temperature, decoupled), LARGE / 4);
        (loss, tracked.then_some(gradient))
    } else {
        return None;
    };
    Some(match gradient {
        Some(gradient) => carried(u.clone(), loss, gradient),
        None => loss,
    })
}

/// What has the value of a loss and this gradient at u.
fn carried(u: Tensor<2>, loss: Tensor<1>, gradient: Tensor<2>) -> Tensor<1> {
    let carrier = (u * Tensor::from_inner(gradient)).sum();
    carrier.clone() - carrier.detach() + Tensor::from_inner(loss)
}

/// Rows scaled to length 1; a row of zeros stays one, as in PyTorch's `normalize`.
#[must_use]
pub fn normalised(z: Tensor<2>) -> Tensor<2> {
    // Clamped below the root, whose slope at 0 is infinite.
    let length = (z.clone() * z.clone()).sum_dim(1).clamp_min(1e-24).sqrt();
    z / length
}

/// `ln(1 + exp(x))`, without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
