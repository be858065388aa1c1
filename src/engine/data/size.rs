//! How large a data set is, as far as that is known without reading all of it.

use super::{Data, DataError, DataSet, Source, open, shapes};

/// Images that are opened to look at or to count by: a sample of the data set, which opens fast and takes little memory.
const SAMPLE: usize = 64;

/// How many images and classes a data set has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// The images to learn from.
    pub train: usize,
    /// The labelled images that kNN votes from; none where it can't be done.
    pub bank: usize,
    /// The classes; none where nothing has labels.
    pub classes: usize,
}

impl Size {
    /// What the limit on training images and those held out leave of it.
    #[must_use]
    pub fn limited(self, data: &Data) -> Self {
        let limit = |images: usize| match data.train_limit {
            0 => images,
            limit => images.min(limit),
        };
        let limited = Self {
            train: limit(self.train),
            // A bank that lies apart has no limit.
            bank: if data.bank.trim().is_empty() {
                limit(self.bank)
            } else {
                self.bank
            },
            classes: self.classes,
        };
        limited.less_held_out(data)
    }

    /// Without those that are held out to choose by, about.
    fn less_held_out(self, data: &Data) -> Self {
        let held = (data.validation.share() * self.bank as f64).round() as usize;
        let shared = data.bank.trim().is_empty() && self.train == self.bank;
        Self {
            train: self.train - if shared { held } else { 0 },
            bank: self.bank - held,
            classes: self.classes,
        }
    }

    /// That of the embedded data set, whose images are made on demand: a limit may also ask for more.
    #[must_use]
    pub fn by_design(data: &Data) -> Option<Self> {
        let images = match data.train_limit {
            0 => shapes::TRAIN,
            limit => limit,
        };
        let alone = !data.is_judged_elsewhere();
        let size = Self {
            train: images,
            bank: images,
            classes: shapes::CLASSES.len(),
        };
        (data.source == Source::Shapes && alone).then(|| size.less_held_out(data))
    }

    /// Finds it out, by opening a sample where files have to be looked at.
    ///
    /// # Errors
    /// As [`open`].
    pub fn measure(data: &Data) -> Result<Self, DataError> {
        if let Some(size) = Self::by_design(data) {
            return Ok(size);
        }
        Ok(open(&sample(data))?.size().limited(data))
    }
}

impl DataSet {
    /// How large it would be without limits.
    #[must_use]
    pub fn size(&self) -> Size {
        let judged = self.unjudged().is_none();
        Size {
            train: self.all.train,
            bank: if judged { self.all.bank } else { 0 },
            classes: self.classes.len(),
        }
    }
}

/// A sample of the same data set.
#[must_use]
pub fn sample(data: &Data) -> Data {
    Data {
        train_limit: SAMPLE,
        test_limit: 1,
        ..data.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::trials;

    #[test]
    fn shapes_are_as_many_as_the_limit_asks_for() {
        let of = |train_limit| {
            let data = Data {
                train_limit,
                ..Data::default()
            };
            Size::measure(&data).expect("always there").train
        };
        assert_eq!((of(0), of(256), of(5000)), (shapes::TRAIN, 256, 5000));
    }

    #[test]
    fn a_sample_knows_how_many_images_there_are() {
        let folder = tempfile::tempdir().expect("a folder");
        for class in ["cat", "dog"] {
            let class = folder.path().join(class);
            std::fs::create_dir(&class).expect("a class");
            for nth in 0..50 {
                let image = image::RgbImage::new(2, 2);
                image.save(class.join(format!("{nth}.png"))).expect("saved");
            }
        }
        let mut data = trials::data(Source::Folder, folder.path());
        // A tenth of each class is held out.
        let size = Size {
            train: 90,
            bank: 90,
            classes: 2,
        };
        assert_eq!(Size::measure(&data).expect("opened"), size);
        data.train_limit = 70;
        assert_eq!(Size::measure(&data).expect("opened").train, 70);
        assert_eq!(open(&data).expect("opened").train.len(), 70);
    }
}
