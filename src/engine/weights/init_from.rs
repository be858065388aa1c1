//! Where a network's weights come from: drawn from the seed, from another network's file, or from a run that goes on.

use super::file::{FileError, WeightsFile};
use super::{Array, Shapes, Weights, WeightsError, collect, fit, restore, shapes};
use crate::disk::path;
use crate::disk::untrusted::Links;
use crate::engine::checkpoint::Checkpoint;
use crate::engine::model::{Head, Model, Network};
use crate::hparam::Hparam;
use crate::hparams;
use burn::tensor::Device;
use std::path::{Path, PathBuf};

/// Below these names a network holds its encoder and its head.
const ENCODER: &str = "encoder.";
const HEAD: &str = "head.";

hparams! {
    /// Weights
    pub struct Start {
        /// File with weights for the encoder to start from, .safetensors or .pth with torchvision's names; if empty, they are drawn from the seed.
        init: String = String::new() => Hparam::path();
        /// Checkpoint to continue from, with its step and optimizer: trains a finished run for more epochs.
        extend: String = String::new() => Hparam::path();
    }
}

/// What a new run begins with.
#[derive(Clone, Debug, Default)]
pub enum InitFrom {
    /// Weights drawn from the seed.
    #[default]
    Scratch,
    /// An encoder from a file, and a head too where the file holds one that fits.
    Weights(Pretrained),
    /// A run at a moment.
    Checkpoint(Box<Checkpoint>),
}

/// An encoder, and perhaps a head, from a file.
#[derive(Clone, Debug)]
pub struct Pretrained {
    path: PathBuf,
    weights: Weights,
}

impl Start {
    /// Reads what the hyperparameters name, for the network that is to begin so.
    ///
    /// # Errors
    /// A sentence with the path, when a file isn't there, can't be used or holds another network.
    pub fn open(&self, model: &Model, head: &Head) -> Result<InitFrom, FileError> {
        if let Some(path) = named(&self.extend) {
            let read = Checkpoint::read(&path, Links::Follow, model, head);
            let checkpoint = read.map_err(|e| FileError::new(&path, e))?;
            return Ok(InitFrom::Checkpoint(Box::new(checkpoint)));
        }
        match named(&self.init) {
            Some(path) => {
                let network = Network::new(model, head, 0, &Device::flex());
                Pretrained::open(&path, &shapes(&network)).map(InitFrom::Weights)
            }
            None => Ok(InitFrom::Scratch),
        }
    }
}

fn named(path: &str) -> Option<PathBuf> {
    (!path.trim().is_empty()).then(|| path::typed(path))
}

impl InitFrom {
    /// What the user should know of it, for the console.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        match self {
            Self::Scratch => None,
            Self::Weights(pretrained) => Some(pretrained.note()),
            Self::Checkpoint(c) => Some(format!(
                "training continues from a checkpoint at step {}",
                c.progress.step
            )),
        }
    }
}

impl Pretrained {
    /// Reads what a network of these shapes can take over; whether it can is known before any of it is read.
    fn open(path: &Path, network: &Shapes) -> Result<Self, FileError> {
        let numbers: usize = network
            .values()
            .map(|shape| shape.iter().product::<usize>())
            .sum();
        let file = WeightsFile::open(path, 4 * numbers as u64)?;
        let Some(prefix) = prefix(file.shapes()) else {
            let why = "holds no encoder under torchvision's names: there is no conv1.weight, with or without a prefix such \
                       as module. or backbone.";
            return Err(FileError::new(path, why));
        };
        let mut encoder = below(file.shapes(), &prefix);
        encoder.retain(|name, _| is_encoder(name));
        fit(&encoder, &below(network, ENCODER)).map_err(|e| FileError::new(path, e))?;
        let mut weights = Weights::new();
        let mut take = |own: &str, theirs: &str, shapes: &Shapes| {
            shapes.keys().try_for_each(|name| {
                let array = file.read(&format!("{theirs}{name}"))?;
                weights.insert(format!("{own}{name}"), array);
                Ok(())
            })
        };
        take(ENCODER, &prefix, &encoder)?;
        // Their own head, or none where it isn't the network's in every name and shape.
        let head = below(file.shapes(), HEAD);
        if head == below(network, HEAD) {
            take(HEAD, HEAD, &head)?;
        }
        let path = path.to_owned();
        Ok(Self { path, weights })
    }

    /// The network with the encoder, and with the head if there is one that fits.
    ///
    /// # Errors
    /// When it is another network than the file was read for.
    pub fn into_network(&self, network: Network, device: &Device) -> Result<Network, WeightsError> {
        let mut all = collect(&network)?;
        all.extend(self.weights.clone());
        restore(network, &all, device)
    }

    /// The encoder's tensors, in the order of their names.
    fn encoder(&self) -> impl Iterator<Item = &Array> {
        let all = self.weights.iter();
        all.filter(|(name, _)| name.starts_with(ENCODER))
            .map(|(_, array)| array)
    }

    fn note(&self) -> String {
        let path = self.path.display();
        let count = self.encoder().count();
        format!(
            "the encoder starts from {path} ({count} tensors, checksum {:08x})",
            self.checksum()
        )
    }

    /// Of the encoder's numbers: tells files apart whatever they are called.
    fn checksum(&self) -> u32 {
        let mut crc = crc32fast::Hasher::new();
        for array in self.encoder() {
            for value in &array.values {
                crc.update(&value.to_le_bytes());
            }
        }
        crc.finalize()
    }
}

/// What stands before `conv1.weight`, the encoder's first tensor, in the file; the shortest where there are several.
fn prefix(file: &Shapes) -> Option<String> {
    let firsts = file.iter().filter(|(_, shape)| shape.len() == 4);
    let prefixes = firsts.filter_map(|(name, _)| name.strip_suffix("conv1.weight"));
    // Those of blocks are `layer1.0.conv1.weight` and the like.
    let whole = prefixes.filter(|p| p.is_empty() || (p.ends_with('.') && !p.contains("layer")));
    whole.min_by_key(|p| p.len()).map(str::to_owned)
}

fn below(all: &Shapes, prefix: &str) -> Shapes {
    let named = all.iter();
    named
        .filter_map(|(name, shape)| Some((name.strip_prefix(prefix)?.to_owned(), shape.clone())))
        .collect()
}

/// Whether torchvision's encoder has a tensor of such a name; a classifier `fc` is no part of it.
fn is_encoder(name: &str) -> bool {
    ["conv1.", "bn1.", "layer1.", "layer2.", "layer3.", "layer4."]
        .iter()
        .any(|part| name.starts_with(part))
}
