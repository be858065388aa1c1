//! h of a whole data set on clean views.

use crate::engine::data::{DataError, Images};
use crate::engine::eval::knn::Embeddings;
use crate::engine::loader::Loader;
use crate::engine::model::Network;
use crate::engine::train::TrainError;
use burn::tensor::{Device, Tensor, TensorData};
use std::sync::Arc;

/// Images in one forward pass.
const CHUNK: usize = 250;

/// h of each image that can be read, on its clean view, with running statistics; `network` is without autodiff. Also
/// gives the images' indices. Images that can't be read are left out and named in `notes`.
///
/// # Errors
/// When the data or the device fails.
pub fn embed(
    network: &Network,
    loader: &Loader,
    images: &Arc<dyn Images>,
    size: usize,
    device: &Device,
    notes: &mut Vec<String>,
) -> Result<(Embeddings, Vec<usize>), TrainError> {
    let mut all = Embeddings::default();
    let mut indices = Vec::new();
    let mut batches = loader.clean(Arc::clone(images), size, CHUNK);
    while let Some(batch) = batches.next()? {
        let count = batch.indices.len();
        if count == 0 {
            continue;
        }
        let views =
            Tensor::<4>::from_data(TensorData::new(batch.views, [count, 3, size, size]), device);
        let h = network.h(views);
        all.dims = h.dims()[1];
        all.values.extend(
            h.try_into_vec_as::<f32>()
                .map_err(|e| TrainError::Device(e.to_string()))?,
        );
        all.labels.extend(batch.labels);
        indices.extend(batch.indices);
    }
    notes.extend(batches.take_notes());
    if all.is_empty() {
        let why = "none of the images can be read, so there is nothing to evaluate on";
        return Err(TrainError::Data(DataError::Unusable(why.to_owned())));
    }
    Ok((all, indices))
}
