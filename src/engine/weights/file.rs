//! Weights from files of this program and of others: safetensors, or what `torch.save` wrote.
//!
//! Whoever wrote a file, what it says of itself is compared with its size and with what is wanted of it before a tensor is
//! read.

use super::{Array, Shapes, dtype, pickle};
use crate::disk::untrusted::{self, Links};
use pytorch_reader::{DType, PytorchReader, Tensor};
use safetensors::Dtype;
use safetensors::tensor::Metadata;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A longer header is that of no network: a tensor takes some 100 bytes of it.
const LARGEST_HEADER: u64 = 2 << 20;

/// Room for what a file holds in one piece beside the network's own tensors, such as a momentum encoder's queue.
const BESIDE: u64 = 256 << 20;

/// Why a file of weights can't be used: a sentence with its path.
#[derive(Debug, Error)]
#[error("{}: {why}", path.display())]
pub struct FileError {
    path: PathBuf,
    why: String,
}

impl FileError {
    /// A sentence on a file. What the file itself says in it may be of any length, and is cut.
    pub(super) fn new(path: &Path, why: impl std::fmt::Display) -> Self {
        let mut why = why.to_string();
        if let Some((end, _)) = why.char_indices().nth(500) {
            why.truncate(end);
            why.push_str("...");
        }
        let path = path.to_owned();
        Self { path, why }
    }
}

/// A file of weights of which no tensor is read yet.
#[derive(Debug)]
pub struct WeightsFile {
    path: PathBuf,
    shapes: Shapes,
    tensors: Tensors,
}

#[derive(Debug)]
enum Tensors {
    Safetensors {
        file: File,
        header: Metadata,
        /// Where the tensors begin in the file.
        from: u64,
    },
    PyTorch(HashMap<String, Tensor>),
}

impl WeightsFile {
    /// Opens a file for a network that takes so many bytes. The kind of file is told from its first bytes.
    ///
    /// # Errors
    /// A sentence, when the file isn't there, is cut short, of another kind or far too large for the network.
    pub fn open(path: &Path, network: u64) -> Result<Self, FileError> {
        let wrong = |why: String| FileError::new(path, why);
        let mut file = untrusted::open(path, Links::Follow).map_err(|e| wrong(unopened(&e)))?;
        let mut start = Vec::new();
        let begun = (&file).take(9).read_to_end(&mut start);
        begun.map_err(|e| wrong(e.to_string()))?;
        // Eight bytes of length, then JSON: nothing that `torch.save` writes begins so.
        let tensors = if start.get(8) == Some(&b'{') {
            safetensors(file)
        } else {
            let largest = network.saturating_mul(8).saturating_add(BESIDE);
            pickle::check(&mut file, largest).and_then(|()| pytorch(path))
        };
        let tensors = tensors.map_err(wrong)?;
        let shapes = tensors.shapes();
        if shapes.is_empty() {
            return Err(FileError::new(path, "holds no tensor of real numbers"));
        }
        let path = path.to_owned();
        Ok(Self {
            path,
            shapes,
            tensors,
        })
    }

    /// The shape of every tensor of real numbers in the file, by its name there. Whole numbers, such as counters of
    /// batches, are left out.
    #[must_use]
    pub const fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// A tensor as f32.
    ///
    /// # Errors
    /// A sentence, when there is no such tensor of real numbers, or it can't be read.
    pub fn read(&self, name: &str) -> Result<Array, FileError> {
        let wrong = |why: String| FileError::new(&self.path, format!("{name:?} {why}"));
        let unread = |e: io::Error| wrong(format!("can't be read: {e}"));
        let (kind, bytes) = match &self.tensors {
            Tensors::Safetensors { file, header, from } => {
                let info = header.info(name).ok_or_else(|| wrong(NONE.to_owned()))?;
                let bytes = range(file, *from, info.data_offsets).map_err(unread)?;
                (info.dtype, bytes)
            }
            Tensors::PyTorch(tensors) => {
                let tensor = tensors.get(name).ok_or_else(|| wrong(NONE.to_owned()))?;
                let kind = real(tensor.dtype()).ok_or_else(|| wrong(NONE.to_owned()))?;
                (kind, tensor.read().map_err(unread)?)
            }
        };
        let values = dtype::to_f32(kind, &bytes).ok_or_else(|| wrong(NONE.to_owned()))?;
        let shape = self.shapes.get(name).cloned().unwrap_or_default();
        if values.len() != shape.iter().product::<usize>() {
            return Err(wrong(
                "holds more or fewer numbers than its shape says".to_owned(),
            ));
        }
        Ok(Array { shape, values })
    }
}

const NONE: &str = "is not a tensor of real numbers in it";

impl Tensors {
    fn shapes(&self) -> Shapes {
        match self {
            Self::Safetensors { header, .. } => {
                let all = header.tensors().into_iter();
                all.filter(|(_, info)| dtype::is_real(info.dtype))
                    .map(|(name, info)| (name, info.shape.clone()))
                    .collect()
            }
            Self::PyTorch(tensors) => {
                let all = tensors.iter();
                all.filter(|(_, tensor)| real(tensor.dtype()).is_some())
                    .map(|(name, tensor)| (name.clone(), tensor.shape().to_vec()))
                    .collect()
            }
        }
    }
}

fn unopened(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    }
}

/// The header of a safetensors file, whose tensors are exactly the rest of it.
fn safetensors(mut file: File) -> Result<Tensors, String> {
    let damaged =
        |why: &dyn std::fmt::Display| format!("is not a complete safetensors file ({why})");
    let mut eight = [0; 8];
    let begun = file.seek(SeekFrom::Start(0));
    begun
        .and_then(|_| file.read_exact(&mut eight))
        .map_err(|e| damaged(&e))?;
    let length = u64::from_le_bytes(eight);
    let whole = file.metadata().map_err(|e| e.to_string())?.len();
    if length > LARGEST_HEADER {
        return Err(format!(
            "has a header of {length} bytes, but a network's takes at most {LARGEST_HEADER}; save the encoder's \
             tensors alone"
        ));
    }
    if length > whole.saturating_sub(8) {
        return Err(damaged(&"its header is cut short"));
    }
    let mut text = vec![0; length as usize];
    file.read_exact(&mut text).map_err(|e| damaged(&e))?;
    let header: Metadata = serde_json::from_slice(&text).map_err(|e| damaged(&e))?;
    let from = 8 + length;
    if from.checked_add(header.data_len() as u64) != Some(whole) {
        return Err(damaged(&"its tensors are cut short, or more follows them"));
    }
    Ok(Tensors::Safetensors { file, header, from })
}

/// The bytes of a tensor, of which the header has been compared with the file's length.
fn range(mut file: &File, from: u64, (start, end): (usize, usize)) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(from + start as u64))?;
    let mut bytes = vec![0; end - start];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn pytorch(path: &Path) -> Result<Tensors, String> {
    let read = PytorchReader::new(path);
    let read = read.map_err(|e| format!("is not a complete torch.save file ({e})"))?;
    Ok(Tensors::PyTorch(read.into_tensors()))
}

const fn real(kind: DType) -> Option<Dtype> {
    match kind {
        DType::F64 => Some(Dtype::F64),
        DType::F32 => Some(Dtype::F32),
        DType::F16 => Some(Dtype::F16),
        DType::BF16 => Some(Dtype::BF16),
        _ => None,
    }
}
