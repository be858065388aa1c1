//! How large a network is, reckoned from its shape alone, before it is built.

use super::hyperparameters::{Head, Model, Stem};

/// Numbers that a network holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Weights that are trained.
    pub weights: u64,
    /// What convolutions give for one view.
    pub per_view: u64,
    /// What stem and blocks take and the last one gives, for one view.
    pub between: u64,
    /// What the convolutions of the largest block, or of the stem, give for one view.
    pub inside: u64,
}

/// A convolution with the norm behind it, and the square planes that it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Convolution {
    /// Channels that it sees.
    pub input: usize,
    /// Channels that it gives.
    pub output: usize,
    /// Side of its kernel.
    pub kernel: usize,
    /// Its stride, both ways.
    pub stride: usize,
    /// Side of the planes that it sees.
    pub side: usize,
}

impl Convolution {
    /// Side of the planes that it gives.
    const fn after(self) -> usize {
        self.side.div_ceil(self.stride)
    }

    const fn gives(self) -> usize {
        self.output * self.after() * self.after()
    }

    const fn weights(self) -> usize {
        self.output * (self.input * self.kernel * self.kernel + 2)
    }
}

/// All convolutions of an encoder on views of `size` by `size`, in their order.
#[must_use]
pub fn convolutions(model: &Model, size: usize) -> Vec<Convolution> {
    Walk::through(model, size).seen
}

/// Where the walk through the network stands.
struct Walk {
    side: usize,
    channels: usize,
    seen: Vec<Convolution>,
    /// How many were seen before the stem and each block, and the numbers that they take of a view.
    parts: Vec<(usize, usize)>,
}

impl Footprint {
    /// Of a network on views of `size` by `size`.
    #[must_use]
    pub fn new(model: &Model, head: &Head, size: usize) -> Self {
        let walk = Walk::through(model, size);
        let given = |convs: &[Convolution]| convs.iter().map(|c| c.gives() as u64).sum();
        let starts = walk.parts.iter().map(|(start, _)| *start);
        let ends = starts.clone().skip(1).chain([walk.seen.len()]);
        let insides = starts
            .zip(ends)
            .map(|(from, to)| given(&walk.seen[from..to]));
        let weights: usize = walk.seen.iter().map(|conv| conv.weights()).sum();
        let taken: usize = walk.parts.iter().map(|(_, takes)| *takes).sum();
        Self {
            weights: (weights + weights_of(head, model.features())) as u64,
            per_view: given(&walk.seen),
            between: (taken + walk.numbers()) as u64,
            inside: insides.max().unwrap_or(0),
        }
    }

    /// The memory that training it takes on so many views at once, in bytes, with so many numbers that the optimizer keeps
    /// of each weight, and the inside of blocks kept, in so many bytes a number, or computed again.
    ///
    /// What convolutions give and what follows their norms is kept for the way back, by batch and by group; weights are there with
    /// their gradients, once more while they are updated, and in four more copies while a checkpoint is written. Within a
    /// quarter of what runs on the CPU were seen to take, and what a step takes of a card.
    #[must_use]
    pub const fn bytes(self, views: u64, kept: u64, number: u64, recompute: bool) -> u64 {
        const PROGRAM: u64 = 60 << 20;
        let of_view = if recompute {
            // And gradients of the block's input and output.
            self.between + 3 * self.inside
        } else {
            2 * self.per_view
        };
        PROGRAM + number * of_view * views + 4 * (8 + kept) * self.weights
    }
}

impl Walk {
    fn through(model: &Model, size: usize) -> Self {
        let (blocks, bottleneck) = model.encoder.blocks();
        let (kernel, stride) = match model.stem {
            Stem::Cifar => (3, 1),
            Stem::Imagenet => (7, 2),
        };
        let mut walk = Self {
            side: size,
            channels: 3,
            seen: Vec::new(),
            parts: Vec::new(),
        };
        walk.part();
        walk.conv(model.width, kernel, stride);
        if model.stem == Stem::Imagenet {
            walk.side = walk.side.div_ceil(2);
        }
        for (index, count) in blocks.into_iter().enumerate() {
            for nth in 0..count {
                let stride = if index > 0 && nth == 0 { 2 } else { 1 };
                walk.part();
                walk.block(model.width << index, stride, bottleneck);
            }
        }
        walk
    }

    /// Numbers of a view here.
    const fn numbers(&self) -> usize {
        self.channels * self.side * self.side
    }

    fn part(&mut self) {
        self.parts.push((self.seen.len(), self.numbers()));
    }

    fn conv(&mut self, output: usize, kernel: usize, stride: usize) {
        let conv = Convolution {
            input: self.channels,
            output,
            kernel,
            stride,
            side: self.side,
        };
        (self.channels, self.side) = (output, conv.after());
        self.seen.push(conv);
    }

    fn block(&mut self, inner: usize, stride: usize, bottleneck: bool) {
        let (input, before) = (self.channels, self.side);
        if bottleneck {
            self.conv(inner, 1, 1);
            self.conv(inner, 3, stride);
            self.conv(inner * 4, 1, 1);
        } else {
            self.conv(inner, 3, stride);
            self.conv(inner, 3, 1);
        }
        let output = self.channels;
        if stride != 1 || input != output {
            (self.channels, self.side) = (input, before);
            self.conv(output, 1, stride);
        }
    }
}

/// The weights of a projection head.
fn weights_of(head: &Head, features: usize) -> usize {
    let hidden = if head.hidden == 0 {
        features
    } else {
        head.hidden
    };
    let layer = |nth: usize| {
        let last = nth + 1 == head.layers;
        let input = if nth == 0 { features } else { hidden };
        let output = if last { head.out } else { hidden };
        let norm = if head.norm && !last { 2 * output } else { 0 };
        input * output + output + norm
    };
    (0..head.layers).map(layer).sum()
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
                let reckoned = Footprint::new(&model, &head, 32).weights;
                assert_eq!(reckoned, network.trainable() as u64, "{encoder:?} {stem:?}");
            }
        }
    }

    #[test]
    fn memory_is_about_what_runs_were_seen_to_take() {
        // The largest resident size of runs of one step on two CPU threads, in MiB, by batch and by group.
        let seen = [
            (Encoder::Resnet10, 16, 128, 32, [231, 229]),
            (Encoder::Resnet18, 16, 256, 32, [664, 661]),
            (Encoder::Resnet18, 32, 64, 32, [386, 380]),
            (Encoder::Resnet18, 64, 32, 32, [949, 948]),
            (Encoder::Resnet50, 16, 32, 32, [477, 477]),
            (Encoder::Resnet18, 16, 16, 96, [404, 392]),
        ];
        for (encoder, width, batch, size, seen) in seen {
            let model = Model {
                encoder,
                width,
                ..Model::default()
            };
            let reckoned =
                Footprint::new(&model, &Head::default(), size).bytes(2 * batch, 2, 4, false);
            for mib in seen {
                let share = reckoned as f64 / f64::from(mib) / f64::from(1 << 20);
                assert!((0.8..1.25).contains(&share), "{encoder:?} {width}: {share}");
            }
        }
    }
}
