//! What is tuned of the network.

use crate::hparam::Hparam;
use crate::{choices, hparams};

choices! {
    /// Encoder architectures (He et al., arXiv 1512.03385).
    pub enum Encoder {
        /// Four basic blocks, for CPUs and quick trials.
        Resnet10 = "resnet10",
        /// Eight basic blocks.
        Resnet18 = "resnet18",
        /// Sixteen basic blocks.
        Resnet34 = "resnet34",
        /// Sixteen bottleneck blocks; h is four times as wide.
        Resnet50 = "resnet50",
    }
}

choices! {
    /// The first layers of the encoder.
    pub enum Stem {
        /// 3x3 convolution of stride 1 and no pooling, for images of about 32 px.
        Cifar = "cifar",
        /// 7x7 convolution of stride 2 and max pooling, for images of about 224 px.
        Imagenet = "imagenet",
    }
}

choices! {
    /// Number format of convolutions and matrix products.
    pub enum Precision {
        /// 32 bits.
        F32 = "f32",
        /// 16 bits, eight of them for the exponent: faster on GPUs, rounded on CPUs. Sums, norms, parameters and the loss stay in 32 bits.
        Bf16 = "bf16",
    }
}

choices! {
    /// What activations are normalised by.
    pub enum NormKind {
        /// Each channel's mean and variance over the batch; over each chunk, where train.chunk cuts it.
        Batch = "batch",
        /// Those of 16 channels of one image: no image depends on another one, so the gradient of a chunked batch is that of the whole.
        Group = "group",
    }
}

hparams! {
    /// Encoder f
    pub struct Model {
        /// Architecture of the encoder.
        encoder: Encoder = Encoder::Resnet18 => Hparam::one_of(Encoder::CHOICES).paper("§2.1, Fig. 7");
        /// Channels of the first stage; later stages double it.
        width: usize = 64 => Hparam::doubling(4, 512).paper("Fig. 7");
        /// First layers: cifar for small images, imagenet for large ones.
        stem: Stem = Stem::Cifar => Hparam::one_of(Stem::CHOICES).paper("App. B.9");
        /// Number format of convolutions and matrix products, in encoder and head.
        precision: Precision = Precision::F32 => Hparam::one_of(Precision::CHOICES).late();
        /// Normalisation of activations, in encoder and head: by batch or by group (Wu & He, arXiv 1803.08494).
        norm: NormKind = NormKind::Batch => Hparam::one_of(NormKind::CHOICES).late();
    }
}

hparams! {
    /// Projection head g
    pub struct Head {
        /// Linear layers of the head, ReLU between them; 0 leaves z = h.
        layers: usize = 2 => Hparam::whole(0, 3, 1).paper("§4.2, Fig. 8");
        /// Width of the hidden layers; 0 is the width of h.
        hidden: usize = 0 => Hparam::doubling(0, 8192).paper("§4.2");
        /// Dimensions of z.
        out: usize = 128 => Hparam::doubling(2, 4096).paper("§4.2, Fig. 8");
        /// Normalisation after each hidden layer, of the kind of model.norm.
        norm: bool = false => Hparam::toggle();
    }
}

impl Encoder {
    /// Blocks in each of the four stages, and whether they are bottlenecks.
    #[must_use]
    pub const fn blocks(self) -> ([usize; 4], bool) {
        match self {
            Self::Resnet10 => ([1, 1, 1, 1], false),
            Self::Resnet18 => ([2, 2, 2, 2], false),
            Self::Resnet34 => ([3, 4, 6, 3], false),
            Self::Resnet50 => ([3, 4, 6, 3], true),
        }
    }
}

impl Model {
    /// Dimensions of h.
    #[must_use]
    pub const fn features(&self) -> usize {
        let (_, bottleneck) = self.encoder.blocks();
        self.width * 8 * if bottleneck { 4 } else { 1 }
    }
}
