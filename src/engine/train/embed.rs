//! Embeddings of a whole data set on clean views.

use crate::engine::data::{DataError, Images};
use crate::engine::eval::knn::Embeddings;
use crate::engine::loader::Loader;
use crate::engine::readback;
use crate::engine::train::TrainError;
use burn::tensor::{Device, Tensor, TensorData};
use std::sync::Arc;

/// Images in one forward pass: on a GPU as many as keep it busy, about as many numbers at any size.
pub(in crate::engine) fn chunk(device: &Device, size: usize) -> usize {
    if *device == Device::flex() {
        250
    } else {
        (2048 * 32 * 32 / (size * size)).clamp(32, 2048)
    }
}

/// A data set in one or several spaces.
#[derive(Clone, Debug, Default)]
pub struct Embedded {
    /// One for each space that was asked for, all of the same images; none where there are no images.
    pub spaces: Vec<Embeddings>,
    /// Which images they are of; those that can't be read are missing.
    pub indices: Vec<usize>,
}

/// A chunk that is being computed.
struct Sent {
    spaces: Vec<Tensor<2>>,
    labels: Vec<u32>,
    indices: Vec<usize>,
}

impl Embedded {
    fn take(&mut self, sent: Sent) -> Result<(), TrainError> {
        self.spaces
            .resize_with(sent.spaces.len(), Embeddings::default);
        for (to, from) in self.spaces.iter_mut().zip(sent.spaces) {
            to.dims = from.dims()[1];
            to.values
                .extend(readback::read(from).map_err(TrainError::Device)?);
            to.labels.extend(&sent.labels);
        }
        self.indices.extend(sent.indices);
        Ok(())
    }
}

/// What `forward` makes of clean views `[n, 3, size, size]`: one `[n, F]` a space. `progress` hears how many images are
/// done.
///
/// # Errors
/// When the data or the device fails.
pub fn embed_spaces(
    forward: impl Fn(Tensor<4>) -> Vec<Tensor<2>>,
    loader: &Loader,
    images: &Arc<dyn Images>,
    size: usize,
    device: &Device,
    notes: &mut Vec<String>,
    progress: &mut dyn FnMut(usize),
) -> Result<Embedded, TrainError> {
    let mut all = Embedded::default();
    if images.is_empty() {
        return Ok(all);
    }
    let mut batches = loader.clean(Arc::clone(images), size, chunk(device, size));
    // A GPU computes the next chunk while one is read back.
    let mut sent: Option<Sent> = None;
    while let Some(batch) = batches.next()? {
        let views = TensorData::new(batch.views, [batch.indices.len(), 3, size, size]);
        let next = Sent {
            spaces: forward(Tensor::<4>::from_data(views, device)),
            labels: batch.labels,
            indices: batch.indices,
        };
        if let Some(sent) = sent.replace(next) {
            all.take(sent)?;
            progress(all.indices.len());
        }
    }
    if let Some(sent) = sent {
        all.take(sent)?;
        progress(all.indices.len());
    }
    notes.extend(batches.take_notes());
    if all.indices.is_empty() {
        let why = "none of the images can be read, so there is nothing to evaluate on";
        return Err(TrainError::Data(DataError::Unusable(why.to_owned())));
    }
    Ok(all)
}
