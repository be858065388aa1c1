//! Weights from files of this program and of others: safetensors, or what `torch.save` wrote.

use super::{Array, Weights};
use half::{bf16, f16};
use pytorch_reader::{DType, PytorchReader};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a file of weights can't be used: a sentence with its path.
#[derive(Debug, Error)]
#[error("{}: {why}", path.display())]
pub struct FileError {
    path: PathBuf,
    why: String,
}

impl FileError {
    /// A sentence on a file.
    pub(super) fn new(path: &Path, why: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            why: why.into(),
        }
    }
}

/// Every tensor of real numbers in the file, by its name there, as f32. Whole numbers, such as counters of batches, are
/// left out. The kind of file is told from its first bytes.
///
/// # Errors
/// A sentence, when the file isn't there, is cut short or of another kind.
pub fn read(path: &Path) -> Result<Weights, FileError> {
    let bytes = std::fs::read(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => FileError::new(path, "there is no such file"),
        _ => FileError::new(path, e.to_string()),
    })?;
    let weights = if is_safetensors(&bytes) {
        of_safetensors(&bytes)
    } else {
        of_pytorch(path)
    }
    .map_err(|why| FileError::new(path, why))?;
    if weights.is_empty() {
        return Err(FileError::new(path, "holds no tensor of real numbers"));
    }
    Ok(weights)
}

/// Eight bytes of length, then JSON: nothing that `torch.save` writes begins so.
fn is_safetensors(bytes: &[u8]) -> bool {
    bytes.get(8) == Some(&b'{')
}

fn of_safetensors(bytes: &[u8]) -> Result<Weights, String> {
    let damaged = |e| format!("is no whole safetensors file ({e})");
    let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let tensors = file.tensors().into_iter();
    Ok(tensors
        .filter_map(|(name, tensor)| Some((name, of_tensor(&tensor)?)))
        .collect())
}

/// A tensor of real numbers of any width; nothing for one of other numbers.
pub fn of_tensor(tensor: &TensorView) -> Option<Array> {
    let values = match tensor.dtype() {
        Dtype::F64 => doubles(tensor.data()),
        Dtype::F32 => singles(tensor.data()),
        Dtype::F16 => halves(tensor.data(), |bits| f16::from_bits(bits).to_f32()),
        Dtype::BF16 => halves(tensor.data(), |bits| bf16::from_bits(bits).to_f32()),
        _ => return None,
    };
    let shape = tensor.shape().to_vec();
    Some(Array { shape, values })
}

fn of_pytorch(path: &Path) -> Result<Weights, String> {
    let unread = |e: pytorch_reader::PytorchError| {
        format!("is neither safetensors nor a file of torch.save ({e})")
    };
    let tensors = PytorchReader::new(path).map_err(unread)?.into_tensors();
    let mut weights = Weights::new();
    for (name, tensor) in tensors {
        let wide = matches!(
            tensor.dtype(),
            DType::F64 | DType::F32 | DType::F16 | DType::BF16
        );
        if !wide {
            continue;
        }
        let bytes = tensor.read().map_err(|e| format!("{name}: {e}"))?;
        let values = match tensor.dtype() {
            DType::F64 => doubles(&bytes),
            DType::F16 => halves(&bytes, |bits| f16::from_bits(bits).to_f32()),
            DType::BF16 => halves(&bytes, |bits| bf16::from_bits(bits).to_f32()),
            _ => singles(&bytes),
        };
        let shape = tensor.shape().to_vec();
        weights.insert(name, Array { shape, values });
    }
    Ok(weights)
}

fn singles(bytes: &[u8]) -> Vec<f32> {
    let words = bytes.as_chunks().0.iter();
    words.map(|word| f32::from_le_bytes(*word)).collect()
}

fn doubles(bytes: &[u8]) -> Vec<f32> {
    let words = bytes.as_chunks().0.iter();
    words.map(|word| f64::from_le_bytes(*word) as f32).collect()
}

fn halves(bytes: &[u8], wide: impl Fn(u16) -> f32) -> Vec<f32> {
    let words = bytes.as_chunks().0.iter();
    words.map(|word| wide(u16::from_le_bytes(*word))).collect()
}
