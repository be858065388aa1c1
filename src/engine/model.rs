//! The network: encoder f and projection head g.

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

hparams! {
    /// Encoder f
    pub struct Model {
        /// Architecture of the encoder.
        encoder: Encoder = Encoder::Resnet18 => Hparam::one_of(Encoder::CHOICES).paper("§2.1, Fig. 7");
        /// Channels of the first stage; later stages double it.
        width: usize = 64 => Hparam::doubling(4, 512).paper("Fig. 7");
        /// First layers: cifar for small images, imagenet for large ones.
        stem: Stem = Stem::Cifar => Hparam::one_of(Stem::CHOICES).paper("App. B.9");
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
        /// Batch normalisation after each hidden layer.
        norm: bool = false => Hparam::toggle();
    }
}
