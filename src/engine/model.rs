//! The network: encoder f and projection head g (paper, §2.1).

mod footprint;
mod hyperparameters;
mod init;
mod layers;
mod mixed;
mod norm;
mod projection;
mod resnet;

pub use footprint::{Convolution, Footprint, convolutions};
pub use hyperparameters::{Encoder, Head, Model, NormKind, Precision, Stem};
pub use init::Init;
pub(in crate::engine) use layers::{Conv, normalized};
pub(in crate::engine) use norm::Norm;
pub use projection::Projection;
pub use resnet::{Part, ResNet};

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::{Device, Tensor};

/// Encoder and projection head.
#[derive(Module, Debug)]
pub struct Network {
    /// f: images to h.
    pub encoder: ResNet,
    /// g: h to z.
    pub head: Projection,
}

impl Network {
    /// A network with weights drawn from `seed`; the same on every device.
    #[must_use]
    pub fn new(model: &Model, head: &Head, seed: u64, device: &Device) -> Self {
        let mut init = Init::new(seed, device)
            .in_precision(model.precision)
            .normalized_by(model.norm);
        let encoder = ResNet::new(model, &mut init);
        let head = Projection::new(head, model.features(), &mut init);
        Self { encoder, head }
    }

    /// h of images `[N, 3, S, S]` in 0..1: `[N, F]`.
    pub fn h(&self, images: Tensor<4>) -> Tensor<2> {
        self.encoder.forward(images)
    }

    /// z of images `[N, 3, S, S]` in 0..1: `[N, D]`, not normalised.
    pub fn z(&self, images: Tensor<4>) -> Tensor<2> {
        self.head.forward(self.h(images))
    }

    /// h `[N, F]` and z `[N, D]` of images, in one pass.
    #[must_use]
    pub fn h_and_z(&self, images: Tensor<4>) -> Vec<Tensor<2>> {
        let h = self.h(images);
        vec![h.clone(), self.head.forward(h)]
    }
}

impl Network {
    /// The parameters of rank 1: those of norms, and biases.
    #[must_use]
    pub fn vectors(&self) -> Vec<ParamId> {
        struct Vectors(Vec<ParamId>);
        impl ModuleVisitor for Vectors {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                if D == 1 {
                    self.0.push(param.id);
                }
            }
        }
        let mut vectors = Vectors(Vec::new());
        self.visit(&mut vectors);
        vectors.0
    }

    /// Trainable numbers; running statistics are not among them.
    #[must_use]
    pub fn trainable(&self) -> usize {
        struct Count(usize);
        impl ModuleVisitor for Count {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                if param.is_require_grad() {
                    self.0 += param.shape().num_elements();
                }
            }
        }
        let mut count = Count(0);
        self.visit(&mut count);
        count.0
    }
}
