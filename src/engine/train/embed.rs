//! Embeddings of a whole data set on clean views.

use crate::engine::data::{DataError, Images};
use crate::engine::eval::knn::Embeddings;
use crate::engine::loader::Loader;
use crate::engine::train::TrainError;
use burn::tensor::{Device, Tensor, TensorData};
use std::sync::Arc;

/// Images in one forward pass.
const CHUNK: usize = 250;

/// A data set in one or several spaces.
#[derive(Clone, Debug, Default)]
pub struct Embedded {
    /// One for each space that was asked for, all of the same images; none where there are no images.
    pub spaces: Vec<Embeddings>,
    /// Which images they are of; those that can't be read are missing.
    pub indices: Vec<usize>,
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
    let mut batches = loader.clean(Arc::clone(images), size, CHUNK);
    while let Some(batch) = batches.next()? {
        let count = batch.indices.len();
        let views = TensorData::new(batch.views, [count, 3, size, size]);
        let spaces = forward(Tensor::<4>::from_data(views, device));
        all.spaces.resize_with(spaces.len(), Embeddings::default);
        for (to, from) in all.spaces.iter_mut().zip(spaces) {
            to.dims = from.dims()[1];
            let values = from.try_into_vec_as::<f32>();
            to.values
                .extend(values.map_err(|e| TrainError::Device(e.to_string()))?);
            to.labels.extend(&batch.labels);
        }
        all.indices.extend(batch.indices);
        progress(all.indices.len());
    }
    notes.extend(batches.take_notes());
    if all.indices.is_empty() {
        let why = "none of the images can be read, so there is nothing to evaluate on";
        return Err(TrainError::Data(DataError::Unusable(why.to_owned())));
    }
    Ok(all)
}
