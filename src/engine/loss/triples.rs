//! The losses over triples of a view, its partner and one view of another image (paper, Table 2), with and without
//! semi-hard negative mining (paper, §5.1).
//!
//! Anchors and negatives are those of NT-Xent: all 2N views, each against all 2N - 2 views of other images. A loss is
//! the mean over anchors of the mean over their negatives, which is Table 2's line averaged over all triples. (For its
//! Table 4 the paper took negatives from one of the two views only, appendix B.10.)

use super::pairs::{others, partners};
use crate::choices;
use burn::tensor::Tensor;
use burn::tensor::activation::{log_sigmoid, relu};

choices! {
    /// Which negatives count.
    pub enum Mining {
        /// All views of other images.
        None = "none",
        /// For each view the nearest one that is farther away than its partner.
        SemiHard = "semi_hard",
    }
}

/// What stands for a similarity that isn't a negative's: below all that are.
const NEVER: f32 = -3e38;

/// `-log sigmoid(s+ / T) - log sigmoid(-s- / T)` of similarities `[2N, 2N]`, in nats, `[1]`.
pub fn nt_logistic(similar: Tensor<2>, temperature: f64, mining: Mining) -> Tensor<1> {
    let own = own(&similar);
    let attraction = -log_sigmoid(own.clone() / temperature).mean();
    let negatives = Negatives::new(similar, &own, mining);
    let repulsion = negatives.mean(|others| -log_sigmoid(-others / temperature));
    attraction + repulsion
}

/// `max(s- - s+ + m, 0)` of similarities `[2N, 2N]`, `[1]`.
pub fn margin_triplet(similar: Tensor<2>, margin: f64, mining: Mining) -> Tensor<1> {
    let own = own(&similar);
    let negatives = Negatives::new(similar, &own, mining);
    negatives.mean(|others| relu(others - own + margin))
}

/// Each anchor's similarity to its partner, `[2N, 1]`.
fn own(similar: &Tensor<2>) -> Tensor<2> {
    let [rows, _] = similar.dims();
    let partners = partners(rows, &similar.device()).reshape([rows, 1]);
    similar.clone().gather(1, partners)
}

/// The similarities of each anchor to K others `[2N, K]`, and how much each of them weighs.
struct Negatives {
    similar: Tensor<2>,
    weights: Tensor<2>,
}

impl Negatives {
    fn new(similar: Tensor<2>, own: &Tensor<2>, mining: Mining) -> Self {
        let [rows, _] = similar.dims();
        let negative = others(0, rows, rows, &similar.device());
        match mining {
            Mining::None => {
                let each = 1.0 / rows.saturating_sub(2).max(1) as f64;
                Self {
                    similar,
                    weights: negative.float() * each,
                }
            }
            Mining::SemiHard => {
                // The choice itself has no gradient.
                let seen = similar.clone().detach();
                let farther = seen.clone().lower(own.clone().detach());
                let eligible = farther.bool_and(negative);
                let (nearest, at) = seen
                    .mask_fill(eligible.bool_not(), NEVER)
                    .max_dim_with_indices(1);
                // A view whose partner is its farthest has no such negative.
                Self {
                    similar: similar.gather(1, at),
                    weights: nearest.greater_elem(NEVER).float(),
                }
            }
        }
    }

    /// The mean over anchors of the weighted sum of what their negatives cost, `[1]`.
    fn mean(self, cost: impl FnOnce(Tensor<2>) -> Tensor<2>) -> Tensor<1> {
        (cost(self.similar) * self.weights).sum_dim(1).mean()
    }
}
