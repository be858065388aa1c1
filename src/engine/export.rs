//! What leaves for other programs: an encoder under torchvision's names, and embeddings with their labels.

use crate::engine::checkpoint::Checkpoint;
use crate::engine::data::UNLABELLED;
use crate::engine::frozen::Space;
use crate::engine::train::Embedded;
use npyz::WriterBuilder;
use safetensors::Dtype;
use safetensors::tensor::{SafeTensorError, TensorView};
use std::collections::{BTreeMap, HashMap};
use std::io;

/// What a file says of itself.
pub type About = BTreeMap<&'static str, String>;

/// A tensor's name, type, shape and bytes.
type Part = (String, Dtype, Vec<usize>, Vec<u8>);

/// A safetensors file of the checkpoint's encoder that torchvision's ResNet of the same shape loads strictly, but for
/// its classifier `fc`: parameters and running statistics as f32, and for each norm `num_batches_tracked`, the number
/// of optimizer steps. `about` goes into the file's metadata.
///
/// # Errors
/// When the parts can't be put into one file, which no valid encoder does.
pub fn encoder(checkpoint: &Checkpoint, about: About) -> Result<Vec<u8>, SafeTensorError> {
    let mut parts = Vec::new();
    for (name, array) in checkpoint.encoder() {
        if let Some(norm) = name.strip_suffix("running_mean") {
            let steps = (checkpoint.progress.step as i64).to_le_bytes().to_vec();
            parts.push((
                format!("{norm}num_batches_tracked"),
                Dtype::I64,
                vec![],
                steps,
            ));
        }
        let bytes = floats(&array.values);
        parts.push((name, Dtype::F32, array.shape, bytes));
    }
    whole(&parts, about)
}

/// A safetensors file of embeddings: for each split `SPLIT.h` `[N, F]` and `SPLIT.z` `[N, D]` as f32, `SPLIT.labels`
/// and `SPLIT.indices` `[N]` as i64; an image without a label has -1.
///
/// # Errors
/// When the parts can't be put into one file.
pub fn embeddings(splits: &[(&str, &Embedded)], about: About) -> Result<Vec<u8>, SafeTensorError> {
    let mut parts = Vec::new();
    for (split, embedded) in splits {
        let count = embedded.indices.len();
        for (space, rows) in Space::ALL.iter().zip(&embedded.spaces) {
            let (name, shape) = (format!("{split}.{}", space.name()), vec![count, rows.dims]);
            parts.push((name, Dtype::F32, shape, floats(&rows.values)));
        }
        let mut column = |name: &str, values: Vec<i64>| {
            let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            parts.push((format!("{split}.{name}"), Dtype::I64, vec![count], bytes));
        };
        column("labels", labels(embedded));
        column("indices", indices(embedded));
    }
    whole(&parts, about)
}

/// Three .npy files of one space: the embeddings `[N, F]` as f32, labels and indices `[N]` as i64.
///
/// # Errors
/// A sentence, where there are no images.
pub fn npy(embedded: &Embedded, space: Space) -> io::Result<[Vec<u8>; 3]> {
    let rows = embedded.spaces.get(space as usize);
    let rows = rows.ok_or_else(|| io::Error::other("there are no such images"))?;
    let count = embedded.indices.len() as u64;
    Ok([
        array(&[count, rows.dims as u64], rows.values.iter().copied())?,
        array(&[count], labels(embedded).into_iter())?,
        array(&[count], indices(embedded).into_iter())?,
    ])
}

fn array<T: npyz::AutoSerialize>(
    shape: &[u64],
    values: impl Iterator<Item = T>,
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut writer = npyz::WriteOptions::new()
        .default_dtype()
        .shape(shape)
        .writer(&mut bytes)
        .begin_nd()?;
    writer.extend(values)?;
    writer.finish()?;
    Ok(bytes)
}

fn labels(embedded: &Embedded) -> Vec<i64> {
    let labels = embedded.spaces.first().map_or(&[][..], |s| &s.labels);
    let known = |label: &u32| {
        if *label == UNLABELLED {
            -1
        } else {
            i64::from(*label)
        }
    };
    labels.iter().map(known).collect()
}

fn indices(embedded: &Embedded) -> Vec<i64> {
    embedded.indices.iter().map(|i| *i as i64).collect()
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

/// `format: pt` is what PyTorch's loaders look for.
fn whole(parts: &[Part], about: About) -> Result<Vec<u8>, SafeTensorError> {
    let mut metadata: HashMap<String, String> = about
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    metadata.insert("format".to_owned(), "pt".to_owned());
    let views: Result<Vec<_>, _> = parts
        .iter()
        .map(|(name, dtype, shape, bytes)| {
            TensorView::new(*dtype, shape.clone(), bytes).map(|view| (name, view))
        })
        .collect();
    safetensors::serialize(views?, Some(metadata))
}
