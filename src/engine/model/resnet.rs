//! ResNet encoders (He et al., arXiv 1512.03385) with torchvision's layout and names, a CIFAR or ImageNet stem and any width.

use super::hyperparameters::{Model, Stem};
use super::init::Init;
use super::layers::{Conv, normalized};
use super::mixed;
use super::norm::Norm;
use crate::engine::norm::Activation;
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::module::max_pool2d;
use burn::tensor::ops::MaxPoolOptions;

/// f: images to h.
#[derive(Module, Debug)]
pub struct ResNet {
    conv1: Conv,
    bn1: Norm,
    pooled: bool,
    layer1: Vec<Block>,
    layer2: Vec<Block>,
    layer3: Vec<Block>,
    layer4: Vec<Block>,
}

/// A part of the encoder, around which nothing leads.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// The first convolution, and pooling where there is any.
    Stem(&'a ResNet),
    /// A residual block.
    Block(&'a Block),
}

/// A basic block of two 3x3 convolutions, or a bottleneck of 1x1, 3x3 and 1x1, around which the input is added.
#[derive(Module, Debug)]
pub struct Block {
    conv1: Conv,
    bn1: Norm,
    conv2: Conv,
    bn2: Norm,
    conv3: Option<Conv>,
    bn3: Option<Norm>,
    downsample: Option<Downsample>,
}

/// Brings the input to the size and channels of the block's output.
#[derive(Module, Debug)]
struct Downsample {
    conv: Conv,
    bn: Norm,
}

impl ResNet {
    /// An encoder whose first stage is `model.width` channels wide.
    #[must_use]
    pub fn new(model: &Model, init: &mut Init) -> Self {
        let (blocks, bottleneck) = model.encoder.blocks();
        let (kernel, stride) = match model.stem {
            Stem::Cifar => (3, 1),
            Stem::Imagenet => (7, 2),
        };
        let conv1 = Conv::new(3, model.width, kernel, stride, init);
        let bn1 = Norm::new(model.width, init);
        let mut channels = model.width;
        let mut stage = |index: usize| {
            let inner = model.width << index;
            (0..blocks[index])
                .map(|b| {
                    let stride = if index > 0 && b == 0 { 2 } else { 1 };
                    let block = Block::new(channels, inner, stride, bottleneck, init);
                    channels = inner * if bottleneck { 4 } else { 1 };
                    block
                })
                .collect()
        };
        let (layer1, layer2, layer3, layer4) = (stage(0), stage(1), stage(2), stage(3));
        Self {
            conv1,
            bn1,
            pooled: model.stem == Stem::Imagenet,
            layer1,
            layer2,
            layer3,
            layer4,
        }
    }

    /// `[N, 3, S, S]` to h, `[N, F]`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        Self::mean(self.parts().fold(images, |x, part| part.forward(x)))
    }

    /// What images pass one after another.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = Part<'_>> {
        let stages = [&self.layer1, &self.layer2, &self.layer3, &self.layer4];
        let blocks = stages.into_iter().flatten().map(Part::Block);
        std::iter::once(Part::Stem(self)).chain(blocks)
    }

    /// What comes out of the last part to h, `[N, F]`: the mean over positions.
    pub fn mean(x: Tensor<4>) -> Tensor<2> {
        let x = mixed::wide(x);
        let [n, f, h, w] = x.dims();
        x.reshape([n, f, h * w]).mean_dim(2).reshape([n, f])
    }

    fn stem(&self, images: Tensor<4>) -> Tensor<4> {
        let x = normalized(&self.conv1, &self.bn1, images, Activation::Relu);
        if !self.pooled {
            return x;
        }
        let options = MaxPoolOptions::new([3, 3]);
        max_pool2d(x, options.with_stride([2, 2]).with_padding([1, 1]))
    }
}

impl Part<'_> {
    /// `[N, C, H, W]` to what the next part takes.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Stem(encoder) => encoder.stem(x),
            Self::Block(block) => block.forward(x),
        }
    }
}

#[cfg(test)]
impl ResNet {
    /// The weights of the first convolution.
    pub(super) fn first(&self) -> Tensor<4> {
        self.conv1.weight.val()
    }
}

impl Block {
    fn new(input: usize, inner: usize, stride: usize, bottleneck: bool, init: &mut Init) -> Self {
        let (first, output) = if bottleneck {
            (1, inner * 4)
        } else {
            (3, inner)
        };
        // torchvision strides in the bottleneck's 3x3 convolution.
        let strides = if bottleneck { [1, stride] } else { [stride, 1] };
        let conv1 = Conv::new(input, inner, first, strides[0], init);
        let bn1 = Norm::new(inner, init);
        let conv2 = Conv::new(inner, inner, 3, strides[1], init);
        let bn2 = Norm::new(inner, init);
        let (conv3, bn3) = if bottleneck {
            (
                Some(Conv::new(inner, output, 1, 1, init)),
                Some(Norm::new(output, init)),
            )
        } else {
            (None, None)
        };
        let downsample = (stride != 1 || input != output).then(|| Downsample {
            conv: Conv::new(input, output, 1, stride, init),
            bn: Norm::new(output, init),
        });
        Self {
            conv1,
            bn1,
            conv2,
            bn2,
            conv3,
            bn3,
            downsample,
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let y = normalized(&self.conv1, &self.bn1, x.clone(), Activation::Relu);
        let skip = match &self.downsample {
            Some(d) => normalized(&d.conv, &d.bn, x, Activation::None),
            None => x,
        };
        match (&self.conv3, &self.bn3) {
            (Some(conv3), Some(bn3)) => {
                let y = normalized(&self.conv2, &self.bn2, y, Activation::Relu);
                normalized(conv3, bn3, y, Activation::AddRelu(skip))
            }
            _ => normalized(&self.conv2, &self.bn2, y, Activation::AddRelu(skip)),
        }
    }
}
