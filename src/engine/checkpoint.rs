//! Checkpoints: everything a run needs to go on as if it had never stopped, in one safetensors file.
//!
//! The network's tensors stand under torchvision's names, so other tools can read them; the optimizer's state is one
//! byte tensor in burn's own format. A checksum over all of them lies in the metadata.

use crate::disk::untrusted::{self, Links};
use crate::engine::model::{Footprint, Head, Model, Network};
use crate::engine::weights::{self, Array, Shapes, Weights, WeightsError, dtype};
use burn::tensor::Device;
use safetensors::{Dtype, SafeTensors, View};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::path::Path;
use thiserror::Error;

/// The newest format of checkpoints that this program writes and reads.
pub const FORMAT: u32 = 1;
const OPTIMIZER: &str = "optimizer.burnpack";

/// Where a run stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Optimizer steps done.
    pub step: u64,
    /// Seconds spent training.
    pub elapsed: f64,
    /// The best kNN accuracy so far, from 0 to 1.
    pub best_knn: Option<f64>,
}

/// Below this name the network's tensors are the encoder's.
const ENCODER: &str = "encoder.";

/// A run at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Where it stands.
    pub progress: Progress,
    /// Parameters and running statistics of encoder and head.
    pub network: Weights,
    /// The optimizer's state in burn's format.
    pub optimizer: Vec<u8>,
}

/// Why a checkpoint can't be used.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// The file can't be read, or is no file that could be one.
    #[error("the checkpoint can't be read: {0}")]
    Unread(#[from] io::Error),
    /// It isn't a whole safetensors file.
    #[error("the checkpoint is damaged or cut short ({0})")]
    Damaged(String),
    /// It has another format.
    #[error(
        "the checkpoint has format {0:?}, and this program reads {FORMAT}: a newer simclr-tui wrote it"
    )]
    Format(String),
    /// It is a file of another kind.
    #[error(
        "this is not a run's checkpoint (its format is {0:?}); an exported encoder goes into weights.init"
    )]
    Kind(String),
    /// It is another network's.
    #[error(transparent)]
    Unfit(#[from] Box<WeightsError>),
    /// Its checksum is wrong.
    #[error("the checkpoint's contents don't match their checksum; the disk may be failing")]
    Checksum,
}

struct Stored<'a> {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Cow<'a, [u8]>,
}

impl View for Stored<'_> {
    fn dtype(&self) -> Dtype {
        self.dtype
    }
    fn shape(&self) -> &[usize] {
        &self.shape
    }
    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }
    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

impl Checkpoint {
    /// The encoder's tensors, by torchvision's names.
    #[must_use]
    pub fn encoder(&self) -> Weights {
        let all = self.network.iter();
        all.filter_map(|(name, array)| {
            let name = name.strip_prefix(ENCODER)?;
            Some((name.to_owned(), array.clone()))
        })
        .collect()
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// When the parts can't be put into one file, which no valid network does.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CheckpointError> {
        let mut stored: Vec<(String, Stored)> = self
            .network
            .iter()
            .map(|(name, a)| (name.clone(), floats(a)))
            .collect();
        let optimizer = Stored {
            dtype: Dtype::U8,
            shape: vec![self.optimizer.len()],
            bytes: Cow::Borrowed(&self.optimizer),
        };
        stored.push((OPTIMIZER.to_owned(), optimizer));
        stored.sort_by(|a, b| a.0.cmp(&b.0));
        let progress = serde_json::to_string(&self.progress)
            .map_err(|e| CheckpointError::Damaged(e.to_string()))?;
        let crc = checksum(
            stored
                .iter()
                .map(|(name, s)| (name.as_str(), s.bytes.as_ref())),
            &progress,
        );
        let metadata = HashMap::from([
            ("format".to_owned(), FORMAT.to_string()),
            (
                "program".to_owned(),
                concat!("simclr-tui ", env!("CARGO_PKG_VERSION")).to_owned(),
            ),
            ("progress".to_owned(), progress),
            ("crc32".to_owned(), crc),
        ]);
        safetensors::serialize(stored, Some(metadata))
            .map_err(|e| CheckpointError::Damaged(e.to_string()))
    }

    /// Reads the file of a checkpoint of such a network.
    ///
    /// # Errors
    /// As [`from_bytes`](Self::from_bytes), and when the file can't be read or is larger than one can be.
    pub fn read(
        path: &Path,
        links: Links,
        model: &Model,
        head: &Head,
    ) -> Result<Self, CheckpointError> {
        // Weights, running statistics and what an optimizer keeps of each weight: no more than five numbers of 32 bits,
        // or half of these with 64.
        let weights = Footprint::new(model, head, 32).weights;
        let largest = 5 * 4 * weights + (4 << 20);
        let bytes = untrusted::read(path, links, largest).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => io::Error::new(e.kind(), "there is no such file"),
            _ => e,
        });
        let checkpoint = Self::from_bytes(&bytes?)?;
        // The checksum is of values, not of the shapes that they are to have.
        let network = Network::new(model, head, 0, &Device::flex());
        weights::fit(&checkpoint.shapes(), &weights::shapes(&network)).map_err(Box::new)?;
        Ok(checkpoint)
    }

    /// The shapes of the network's tensors.
    #[must_use]
    pub fn shapes(&self) -> Shapes {
        let all = self.network.iter();
        all.map(|(name, array)| (name.clone(), array.shape.clone()))
            .collect()
    }

    /// From a file's bytes.
    ///
    /// # Errors
    /// When it is cut short, damaged or of another format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let damaged = |e: safetensors::SafeTensorError| CheckpointError::Damaged(e.to_string());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        let metadata = header.metadata().clone().unwrap_or_default();
        let said = |key: &str| metadata.get(key).cloned().unwrap_or_default();
        if said("format") != FORMAT.to_string() {
            let format = said("format");
            let is_version = format.parse::<u64>().is_ok();
            let kind = if is_version {
                CheckpointError::Format
            } else {
                CheckpointError::Kind
            };
            return Err(kind(format));
        }
        let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
        let mut tensors = file.tensors();
        tensors.sort_by(|a, b| a.0.cmp(&b.0));
        if checksum(
            tensors.iter().map(|(name, t)| (name.as_str(), t.data())),
            &said("progress"),
        ) != said("crc32")
        {
            return Err(CheckpointError::Checksum);
        }
        let progress = serde_json::from_str(&said("progress"))
            .map_err(|e| CheckpointError::Damaged(e.to_string()))?;
        let (mut network, mut optimizer) = (Weights::new(), Vec::new());
        for (name, tensor) in tensors {
            if name == OPTIMIZER {
                optimizer = tensor.data().to_vec();
            } else {
                let kind = tensor.dtype();
                let values = dtype::to_f32(kind, tensor.data()).ok_or_else(|| {
                    let why = format!("{name:?} holds {kind:?}, which are not real numbers");
                    CheckpointError::Damaged(why)
                })?;
                network.insert(
                    name,
                    Array {
                        shape: tensor.shape().to_vec(),
                        values,
                    },
                );
            }
        }
        Ok(Self {
            progress,
            network,
            optimizer,
        })
    }
}

fn floats(array: &Array) -> Stored<'static> {
    let bytes = array.values.iter().flat_map(|v| v.to_le_bytes()).collect();
    Stored {
        dtype: Dtype::F32,
        shape: array.shape.clone(),
        bytes: Cow::Owned(bytes),
    }
}

fn checksum<'a>(parts: impl Iterator<Item = (&'a str, &'a [u8])>, progress: &str) -> String {
    let mut crc = crc32fast::Hasher::new();
    crc.update(progress.as_bytes());
    for (name, bytes) in parts {
        crc.update(name.as_bytes());
        crc.update(bytes);
    }
    format!("{:08x}", crc.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Checkpoint {
        let array = Array {
            shape: vec![2, 3],
            values: vec![1.0, -2.0, 0.5, f32::MIN_POSITIVE, 4.0, 5.0],
        };
        Checkpoint {
            progress: Progress {
                step: 7,
                elapsed: 1.5,
                best_knn: Some(0.25),
            },
            network: Weights::from([("encoder.conv1.weight".to_owned(), array)]),
            optimizer: vec![1, 2, 3],
        }
    }

    #[test]
    fn comes_back_whole() {
        let bytes = sample().to_bytes().unwrap();
        assert_eq!(Checkpoint::from_bytes(&bytes).unwrap(), sample());
    }

    /// A whole file in which one tensor of a single 1 is of another type.
    fn of_kind(kind: Dtype, one: &[u8]) -> Vec<u8> {
        let progress = "{\"step\":7,\"elapsed\":1.5,\"best_knn\":null}";
        let crc = checksum([("a", one)].into_iter(), progress);
        let stored = Stored {
            dtype: kind,
            shape: vec![1],
            bytes: Cow::Borrowed(one),
        };
        let said = [("format", "1"), ("progress", progress), ("crc32", &crc)];
        let metadata = said.map(|(key, value)| (key.to_owned(), value.to_owned()));
        safetensors::serialize([("a", stored)], Some(HashMap::from(metadata))).unwrap()
    }

    #[test]
    fn real_numbers_of_any_width_are_read_and_whole_ones_refused() {
        for (kind, one) in [
            (Dtype::F32, &1_f32.to_le_bytes()[..]),
            (Dtype::F64, &1_f64.to_le_bytes()),
            (Dtype::F16, &[0, 0x3c]),
            (Dtype::BF16, &[0x80, 0x3f]),
        ] {
            let read = Checkpoint::from_bytes(&of_kind(kind, one)).unwrap();
            assert_eq!(read.network["a"].values, [1.0], "{kind:?}");
            assert_eq!(read.shapes()["a"], [1]);
        }
        for (kind, one) in [
            (Dtype::I64, &[1; 8][..]),
            (Dtype::U8, &[1]),
            (Dtype::BOOL, &[1]),
        ] {
            let why = Checkpoint::from_bytes(&of_kind(kind, one)).unwrap_err();
            let why = why.to_string();
            assert!(why.contains("are not real numbers"), "{why}");
        }
    }

    #[test]
    fn a_checkpoint_cut_short_or_altered_anywhere_is_refused() {
        let bytes = sample().to_bytes().unwrap();
        for cut in 0..bytes.len() {
            assert!(
                Checkpoint::from_bytes(&bytes[..cut]).is_err(),
                "cut at {cut}"
            );
        }
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            let read = Checkpoint::from_bytes(&altered);
            assert!(
                read.is_err() || read.is_ok_and(|c| c == sample()),
                "byte {at} altered and not noticed"
            );
        }
    }
}
