//! Where a network's weights come from: drawn from the seed, from another network's file, or from a run that goes on.

use super::file::{FileError, read};
use super::{Array, Weights, WeightsError, collect, restore};
use crate::disk::path;
use crate::engine::checkpoint::Checkpoint;
use crate::engine::model::Network;
use crate::hparam::Hparam;
use crate::hparams;
use burn::tensor::Device;
use std::path::{Path, PathBuf};

hparams! {
    /// Weights
    pub struct Start {
        /// File that the encoder starts from, .safetensors or .pth under torchvision's names; empty draws it from the
        /// seed.
        init: String = String::new() => Hparam::path();
        /// Checkpoint that training goes on from, with its step and optimizer: a finished run for more epochs.
        extend: String = String::new() => Hparam::path();
    }
}

/// What a new run begins with.
#[derive(Clone, Debug, Default)]
pub enum Beginning {
    /// Weights drawn from the seed.
    #[default]
    Scratch,
    /// An encoder from a file, and a head too where the file holds one that fits.
    Weights(Foreign),
    /// A run at a moment.
    Checkpoint(Box<Checkpoint>),
}

/// An encoder, and perhaps a head, from a file.
#[derive(Clone, Debug)]
pub struct Foreign {
    path: PathBuf,
    encoder: Weights,
    head: Weights,
}

impl Start {
    /// Reads what the hyperparameters name.
    ///
    /// # Errors
    /// A sentence with the path, when a file isn't there or can't be used.
    pub fn open(&self) -> Result<Beginning, FileError> {
        if let Some(path) = named(&self.extend) {
            let bytes = std::fs::read(&path).map_err(|e| FileError::new(&path, e.to_string()))?;
            let checkpoint = Checkpoint::from_bytes(&bytes);
            return checkpoint
                .map(|c| Beginning::Checkpoint(Box::new(c)))
                .map_err(|e| FileError::new(&path, e.to_string()));
        }
        match named(&self.init) {
            Some(path) => Foreign::open(&path).map(Beginning::Weights),
            None => Ok(Beginning::Scratch),
        }
    }
}

fn named(path: &str) -> Option<PathBuf> {
    (!path.trim().is_empty()).then(|| path::typed(path))
}

impl Beginning {
    /// What the user should know of it, for the console.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        match self {
            Self::Scratch => None,
            Self::Weights(foreign) => Some(foreign.note()),
            Self::Checkpoint(c) => Some(format!(
                "training goes on from a checkpoint of step {}",
                c.progress.step
            )),
        }
    }
}

impl Foreign {
    fn open(path: &Path) -> Result<Self, FileError> {
        let all = read(path)?;
        let Some(prefix) = prefix(&all) else {
            let why = "holds no encoder under torchvision's names: there is no conv1.weight, with or without a prefix such \
                       as module. or backbone.";
            return Err(FileError::new(path, why));
        };
        let encoder = below(&all, &prefix).filter(|(name, _)| is_encoder(name));
        Ok(Self {
            path: path.to_owned(),
            encoder: encoder.collect(),
            head: below(&all, "head.")
                .map(|(name, a)| (format!("head.{name}"), a))
                .collect(),
        })
    }

    /// The network with the encoder, and with the head if there is one that fits.
    ///
    /// # Errors
    /// When the file's encoder is another one than the network's.
    pub fn into_network(
        &self,
        mut network: Network,
        device: &Device,
    ) -> Result<Network, WeightsError> {
        let own = collect(&network.encoder)?;
        if let Some(name) = self.encoder.keys().find(|name| !own.contains_key(*name)) {
            return Err(WeightsError::Surplus(name.clone()));
        }
        network.encoder = restore(network.encoder, &self.encoder, device)?;
        if self.brings_head(&collect(&network)?) {
            let mut both = collect(&network)?;
            both.extend(self.head.clone());
            network = restore(network, &both, device)?;
        }
        Ok(network)
    }

    /// Whether the file's head is the network's in every name and shape.
    fn brings_head(&self, network: &Weights) -> bool {
        let own: Vec<_> = network
            .iter()
            .filter(|(n, _)| n.starts_with("head."))
            .collect();
        let same = |(name, a): &(&String, &Array)| {
            self.head.get(*name).is_some_and(|b| a.shape == b.shape)
        };
        !own.is_empty() && own.len() == self.head.len() && own.iter().all(same)
    }

    fn note(&self) -> String {
        let path = self.path.display();
        let count = self.encoder.len();
        format!(
            "the encoder starts from {path} ({count} tensors, checksum {:08x})",
            self.checksum()
        )
    }

    /// Of the encoder's numbers: tells files apart whatever they are called.
    fn checksum(&self) -> u32 {
        let mut crc = crc32fast::Hasher::new();
        for array in self.encoder.values() {
            for value in &array.values {
                crc.update(&value.to_le_bytes());
            }
        }
        crc.finalize()
    }
}

/// What stands before `conv1.weight`, the encoder's first tensor, in the file; the shortest where there are several.
fn prefix(weights: &Weights) -> Option<String> {
    let firsts = weights.iter().filter(|(_, array)| array.shape.len() == 4);
    let prefixes = firsts.filter_map(|(name, _)| name.strip_suffix("conv1.weight"));
    // Those of blocks are `layer1.0.conv1.weight` and the like.
    let whole = prefixes.filter(|p| p.is_empty() || (p.ends_with('.') && !p.contains("layer")));
    whole.min_by_key(|p| p.len()).map(str::to_owned)
}

fn below<'a>(weights: &'a Weights, prefix: &'a str) -> impl Iterator<Item = (String, Array)> + 'a {
    weights.iter().filter_map(move |(name, array)| {
        Some((name.strip_prefix(prefix)?.to_owned(), array.clone()))
    })
}

/// Whether torchvision's encoder has a tensor of such a name; a classifier `fc` is no part of it.
fn is_encoder(name: &str) -> bool {
    ["conv1.", "bn1.", "layer1.", "layer2.", "layer3.", "layer4."]
        .iter()
        .any(|part| name.starts_with(part))
}
