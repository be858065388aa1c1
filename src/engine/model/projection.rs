//! The projection head g (paper, §2.1 and §4.2): linear layers with ReLU between them, thrown away after training.

use super::hyperparameters::Head;
use super::init::Init;
use super::mixed;
use super::norm::Norm;
use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::Tensor;
use burn::tensor::activation::relu;

/// g: h to z.
#[derive(Module, Debug)]
pub struct Projection {
    layers: Vec<Linear>,
    norms: Vec<Norm>,
    /// Whether it multiplies numbers of 16 bits.
    mixed: bool,
}

impl Projection {
    /// A head on h of `features` dimensions. Without layers z is h.
    #[must_use]
    pub fn new(head: &Head, features: usize, init: &mut Init) -> Self {
        let hidden = if head.hidden == 0 {
            features
        } else {
            head.hidden
        };
        let (mut layers, mut norms) = (Vec::new(), Vec::new());
        for i in 0..head.layers {
            let last = i + 1 == head.layers;
            let input = if i == 0 { features } else { hidden };
            layers.push(init.linear(input, if last { head.out } else { hidden }));
            if head.norm && !last {
                norms.push(Norm::new(hidden, init));
            }
        }
        Self {
            layers,
            norms,
            mixed: init.is_mixed(),
        }
    }

    /// h `[N, F]` to z `[N, D]`, not normalised.
    pub fn forward(&self, h: Tensor<2>) -> Tensor<2> {
        let mut x = h;
        for (i, layer) in self.layers.iter().enumerate() {
            x = if self.mixed {
                mixed::linear(x, layer)
            } else {
                layer.forward(x)
            };
            if i + 1 < self.layers.len() {
                if let Some(norm) = self.norms.get(i) {
                    x = norm.forward(x);
                }
                x = relu(x);
            }
        }
        x
    }
}
