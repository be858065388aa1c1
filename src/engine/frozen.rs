//! A trained network for evaluation and export: frozen, on clean views, with running statistics.

use crate::engine::augment::Scratch;
use crate::engine::checkpoint::Checkpoint;
use crate::engine::data::{Images, UNLABELLED};
use crate::engine::eval::knn::Embeddings;
use crate::engine::loader::Loader;
use crate::engine::model::Network;
use crate::engine::train::{Embedded, Setup, TrainError, chunk, embed_spaces};
use crate::engine::{readback, weights};
use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;
use std::sync::Arc;

/// One of the two representations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// h = f(x), what downstream tasks use.
    H,
    /// z = g(h), what the loss sees.
    Z,
}

impl Space {
    /// Both, in the order in which [`Frozen::embed`] gives them.
    pub const ALL: [Self; 2] = [Self::H, Self::Z];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::H => "h",
            Self::Z => "z",
        }
    }
}

/// A network that is not trained any more.
pub struct Frozen<'a> {
    network: Network,
    loader: &'a Loader,
    size: usize,
    device: Device,
}

impl<'a> Frozen<'a> {
    /// The network of a checkpoint.
    ///
    /// # Errors
    /// When the checkpoint holds another network than the experiment describes.
    pub fn new(setup: Setup<'a>, checkpoint: &Checkpoint) -> Result<Self, TrainError> {
        let e = setup.experiment;
        let device = setup.device.device.clone();
        let network = Network::new(&e.model, &e.head, e.train.seed, &device);
        let network = weights::restore(network, &checkpoint.network, &device)?;
        Ok(Self {
            network,
            loader: setup.loader,
            size: e.data.image_size,
            device,
        })
    }

    /// h `[N, F]` and z `[N, D]` of each image that can be read; those that can't are named in `notes`. `progress`
    /// hears how many images are done.
    ///
    /// # Errors
    /// When the data or the device fails.
    pub fn embed(
        &self,
        images: &Arc<dyn Images>,
        notes: &mut Vec<String>,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Embedded, TrainError> {
        let forward = |views: Tensor<4>| self.network.h_and_z(views);
        let (loader, device) = (self.loader, &self.device);
        embed_spaces(forward, loader, images, self.size, device, notes, progress)
    }

    /// The side of the views that it takes.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// h or z of views that are made one by one: `make` writes the n-th, `[3, size, size]` from 0 to 1. They have no
    /// labels.
    ///
    /// # Errors
    /// When a view can't be made or the device fails.
    pub fn see(
        &self,
        count: usize,
        space: Space,
        make: impl Fn(usize, &mut [f32], &mut Scratch) + Sync,
    ) -> Result<Embeddings, TrainError> {
        let (size, mut all) = (self.size, Embeddings::default());
        let chunk = chunk(&self.device, size);
        for from in (0..count).step_by(chunk) {
            let some = chunk.min(count - from);
            let mut views = vec![0.0; some * 3 * size * size];
            views
                .par_chunks_exact_mut(3 * size * size)
                .enumerate()
                .for_each_init(Scratch::default, |scratch, (nth, view)| {
                    make(from + nth, view, scratch);
                });
            let views = TensorData::new(views, [some, 3, size, size]);
            let views = Tensor::from_data(views, &self.device);
            let seen = self.network.h_and_z(views).swap_remove(space as usize);
            all.dims = seen.dims()[1];
            all.values
                .extend(readback::read(seen).map_err(TrainError::Device)?);
            all.labels.resize(from + some, UNLABELLED);
        }
        Ok(all)
    }
}
