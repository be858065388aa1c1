//! How large a network is, reckoned from its shape alone, before it is built.

use super::{Head, Model, Stem};

/// Numbers that a network holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Weights that are trained.
    pub weights: u64,
    /// What convolutions give for one view.
    pub per_view: u64,
}

/// Where the walk through the network stands.
struct Walk {
    side: usize,
    channels: usize,
    sum: Footprint,
}

impl Footprint {
    /// Of a network on views of `size` by `size`.
    #[must_use]
    pub fn of(model: &Model, head: &Head, size: usize) -> Self {
        let (blocks, bottleneck) = model.encoder.blocks();
        let (kernel, stride) = match model.stem {
            Stem::Cifar => (3, 1),
            Stem::Imagenet => (7, 2),
        };
        let mut walk = Walk {
            side: size.div_ceil(stride),
            channels: model.width,
            sum: Self::default(),
        };
        walk.conv(3, model.width, kernel);
        if model.stem == Stem::Imagenet {
            walk.side = walk.side.div_ceil(2);
        }
        for (index, count) in blocks.into_iter().enumerate() {
            for nth in 0..count {
                let stride = if index > 0 && nth == 0 { 2 } else { 1 };
                walk.block(model.width << index, stride, bottleneck);
            }
        }
        walk.head(head, model.features());
        walk.sum
    }

    /// The memory that training it takes on so many views a step, in bytes, with so many numbers that the optimizer keeps
    /// of each weight.
    ///
    /// What convolutions, norms and rectifiers give is kept for the way back; weights are there with their gradients, and
    /// once more while they are updated. Within a fifth of what runs on the CPU were seen to take.
    #[must_use]
    pub const fn bytes(self, views: u64, kept: u64) -> u64 {
        const PROGRAM: u64 = 60 << 20;
        PROGRAM + 4 * (3 * self.per_view * views + (4 + kept) * self.weights)
    }
}

impl Walk {
    /// A convolution and the norm behind it.
    fn conv(&mut self, input: usize, output: usize, kernel: usize) {
        self.sum.weights += (input * output * kernel * kernel + 2 * output) as u64;
        self.sum.per_view += (output * self.side * self.side) as u64;
    }

    fn block(&mut self, inner: usize, stride: usize, bottleneck: bool) {
        let (input, output) = (self.channels, if bottleneck { inner * 4 } else { inner });
        let after = self.side.div_ceil(stride);
        if bottleneck {
            self.conv(input, inner, 1);
            self.side = after;
            self.conv(inner, inner, 3);
            self.conv(inner, output, 1);
        } else {
            self.side = after;
            self.conv(input, inner, 3);
            self.conv(inner, inner, 3);
        }
        if stride != 1 || input != output {
            self.conv(input, output, 1);
        }
        self.channels = output;
    }

    fn head(&mut self, head: &Head, features: usize) {
        let hidden = if head.hidden == 0 {
            features
        } else {
            head.hidden
        };
        for nth in 0..head.layers {
            let last = nth + 1 == head.layers;
            let input = if nth == 0 { features } else { hidden };
            let output = if last { head.out } else { hidden };
            let norm = if head.norm && !last { 2 * output } else { 0 };
            self.sum.weights += (input * output + output + norm) as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Encoder, Network};
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn weights_are_those_of_the_network_itself() {
        let device = Device::flex().autodiff();
        for encoder in [Encoder::Resnet10, Encoder::Resnet34, Encoder::Resnet50] {
            for (stem, layers, norm) in [(Stem::Cifar, 2, false), (Stem::Imagenet, 3, true)] {
                let model = Model {
                    encoder,
                    stem,
                    width: 4,
                    ..Model::default()
                };
                let head = Head {
                    layers,
                    norm,
                    out: 16,
                    ..Head::default()
                };
                let network = Network::new(&model, &head, 0, &device);
                let reckoned = Footprint::of(&model, &head, 32).weights;
                assert_eq!(reckoned, network.trainable() as u64, "{encoder:?} {stem:?}");
            }
        }
    }

    #[test]
    fn memory_is_about_what_runs_were_seen_to_take() {
        // The largest resident size of runs on two CPU threads, in MiB.
        let seen = [
            (Encoder::Resnet10, 16, 128, 32, 293),
            (Encoder::Resnet18, 16, 256, 32, 911),
            (Encoder::Resnet18, 32, 64, 32, 528),
            (Encoder::Resnet18, 64, 32, 32, 854),
            (Encoder::Resnet50, 16, 32, 32, 637),
            (Encoder::Resnet18, 16, 16, 96, 537),
        ];
        for (encoder, width, batch, size, mib) in seen {
            let model = Model {
                encoder,
                width,
                ..Model::default()
            };
            let reckoned = Footprint::of(&model, &Head::default(), size).bytes(2 * batch, 2);
            let share = reckoned as f64 / f64::from(mib) / f64::from(1 << 20);
            assert!((0.8..1.25).contains(&share), "{encoder:?} {width}: {share}");
        }
    }
}
