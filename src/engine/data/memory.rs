//! Images kept in memory whole.

use super::{All, Data, DataError, DataSet, Image, Images, Split, subset};
use rayon::prelude::*;
use std::sync::Arc;

/// One part of a data set, in memory.
pub struct Memory {
    split: Split,
    images: Vec<Pixels>,
    labels: Vec<u32>,
    /// Places in the data set's files, before a limit.
    places: Vec<usize>,
    /// How many there are before a limit.
    all: usize,
}

/// An image as it is kept.
pub enum Pixels {
    Colour(Arc<Image>),
    /// A byte a pixel, row by row: a third of what the colours would take.
    Gray {
        width: usize,
        height: usize,
        values: Box<[u8]>,
    },
}

impl From<Image> for Pixels {
    fn from(image: Image) -> Self {
        Self::Colour(Arc::new(image))
    }
}

impl Pixels {
    fn image(&self) -> Arc<Image> {
        match self {
            Self::Colour(image) => image.clone(),
            Self::Gray {
                width,
                height,
                values,
            } => Arc::new(Image {
                width: *width,
                height: *height,
                pixels: values.iter().flat_map(|v| [*v; 3]).collect(),
            }),
        }
    }
}

impl Memory {
    /// Of `count` images that `image` makes, those that the limit keeps.
    pub fn gather<P: Into<Pixels> + Send>(
        split: Split,
        data: &Data,
        count: usize,
        image: impl Fn(usize) -> (P, u32) + Sync,
    ) -> Self {
        let places = subset(count, split.limit(data), split);
        let made = places.par_iter().map(|i| image(*i));
        let (images, labels) = made.map(|(image, label)| (image.into(), label)).unzip();
        Self {
            split,
            images,
            labels,
            places,
            all: count,
        }
    }

    /// A checksum of labels and pixels.
    fn checksum(&self) -> u32 {
        let mut hash = crc32fast::Hasher::new();
        for (pixels, label) in self.images.iter().zip(&self.labels) {
            let image = pixels.image();
            hash.update(&label.to_le_bytes());
            hash.update(&(image.width as u64).to_le_bytes());
            hash.update(&image.pixels);
        }
        hash.finalize()
    }
}

impl Images for Memory {
    fn len(&self) -> usize {
        self.images.len()
    }

    fn label(&self, i: usize) -> u32 {
        self.labels[i]
    }

    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        Ok(self.images[i].image())
    }

    fn name(&self, i: usize) -> String {
        format!("{} #{}", self.split.name(), self.places[i])
    }
}

/// A data set of two parts in memory.
pub fn data_set(name: &str, train: Memory, test: Memory, classes: Vec<String>) -> DataSet {
    let all = All {
        train: train.all,
        bank: train.all,
    };
    let hash = format!("{:08x}{:08x}", train.checksum(), test.checksum());
    let parts = (Arc::new(train) as _, None, Arc::new(test) as _);
    DataSet::new(name.to_owned(), parts, all, classes, hash)
}
