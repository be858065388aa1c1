//! Data sets that hold many images in one file: which of them train, vote and test, within the limits.

use super::cache::{Cache, Room};
use super::decode::Bounds;
use super::judged;
use super::skipped::{LeftOut, Reason};
use super::{All, Data, DataError, DataSet, Fingerprint, Image, Images, Split, UNLABELLED, subset};
use crate::engine::random::{Purpose, Stream};
use crc32fast::Hasher;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// All images of one part, before a limit.
pub trait Stored: Images {
    /// Adds to a checksum what tells image `i` from others.
    ///
    /// # Errors
    /// A sentence, if its file can't be read.
    fn digest(&self, i: usize, hash: &mut Hasher) -> Result<(), DataError>;

    /// Looks at the header of image `i`, where that is cheap.
    ///
    /// # Errors
    /// Why it can't be decoded, in a few words.
    fn check(&self, _i: usize, _bounds: Bounds) -> Result<(), String> {
        Ok(())
    }
}

/// What the files of a data set hold.
pub struct Whole {
    pub name: String,
    pub train: Arc<dyn Stored>,
    pub test: Option<Arc<dyn Stored>>,
    /// The names of the classes, by label.
    pub classes: Vec<String>,
    pub notes: Vec<String>,
}

impl Whole {
    /// The data set in `path`, within the limits.
    pub fn data_set(mut self, path: &Path, data: &Data) -> Result<DataSet, DataError> {
        let (train, test) = self.split(!judged::elsewhere(data));
        let labelled = self.labelled(&train);
        // Where all have labels, or none, those that train are the bank.
        let apart = !labelled.is_empty() && labelled.len() < train.len();
        let all = All {
            train: train.len(),
            bank: if apart { labelled.len() } else { train.len() },
        };
        let mut making = Making::new(data);
        let train = making.part(&self.train, &train, Split::Train);
        let bank = apart.then(|| making.part(&self.train, &labelled, Split::Train));
        let test = match &test {
            Test::Held(places) => making.part(&self.train, places, Split::Test),
            Test::Apart(images, places) => making.part(images, places, Split::Test),
        };
        if let Some(bank) = &bank {
            self.notes.push(format!(
                "learns from unlabelled images too; kNN votes from the {} labelled ones",
                bank.places.len()
            ));
        }
        self.notes.extend(making.left.notes());
        if train.places.is_empty() {
            let why = format!("has no readable training images; {}", self.notes.join("; "));
            return Err(DataError::file(path, why));
        }
        self.finished((all, making.left), train, bank, test)
    }

    fn finished(
        self,
        (all, left_out): (All, LeftOut),
        train: Chosen,
        bank: Option<Chosen>,
        test: Chosen,
    ) -> Result<DataSet, DataError> {
        let mut hash = String::new();
        for part in [Some(&train), Some(&test), bank.as_ref()]
            .into_iter()
            .flatten()
        {
            hash.push_str(&format!("{:08x}", part.checksum()?));
        }
        let fingerprint = Fingerprint {
            name: self.name.clone(),
            train: train.len() as u64,
            test: test.len() as u64,
            classes: self.classes.len() as u64,
            hash,
        };
        let train: Arc<dyn Images> = Arc::new(train);
        Ok(DataSet {
            name: self.name,
            bank: bank.map_or_else(|| train.clone(), |bank| Arc::new(bank)),
            train,
            all,
            test: Arc::new(test),
            classes: self.classes,
            notes: self.notes,
            left_out,
            fingerprint,
        })
    }

    /// The places of the training images, and where the test images are.
    fn split(&mut self, hold_out: bool) -> (Vec<usize>, Test) {
        if let Some(test) = &self.test {
            let places: Vec<usize> = (0..test.len())
                .filter(|i| test.label(*i) != UNLABELLED)
                .collect();
            let bare = test.len() - places.len();
            if bare > 0 {
                self.notes
                    .push(format!("{bare} test images have no label and are left out"));
            }
            if !places.is_empty() {
                let all = (0..self.train.len()).collect();
                return (all, Test::Apart(test.clone(), places));
            }
        }
        let labels: Vec<u32> = (0..self.train.len()).map(|i| self.train.label(i)).collect();
        let held = if hold_out && self.classes.len() > 1 {
            held_out(labels.into_iter(), &mut self.notes)
        } else {
            vec![false; labels.len()]
        };
        let (test, train) = (0..held.len()).partition(|i| held[*i]);
        (train, Test::Held(test))
    }

    fn labelled(&self, places: &[usize]) -> Vec<usize> {
        let labelled = |i: &&usize| self.train.label(**i) != UNLABELLED;
        places.iter().filter(labelled).copied().collect()
    }
}

/// Where the test images are.
enum Test {
    /// Among the training images.
    Held(Vec<usize>),
    Apart(Arc<dyn Stored>, Vec<usize>),
}

/// Which images are test images where none are given: a tenth of each class, by a fixed shuffle.
pub fn held_out(labels: impl Iterator<Item = u32>, notes: &mut Vec<String>) -> Vec<bool> {
    let mut classes = BTreeMap::<u32, Vec<usize>>::new();
    let mut count = 0;
    for (i, label) in labels.enumerate() {
        count = i + 1;
        if label != UNLABELLED {
            classes.entry(label).or_default().push(i);
        }
    }
    let mut test = vec![false; count];
    for (label, mut order) in classes {
        Stream::new(0, Purpose::Split, &[u64::from(label)]).shuffle(&mut order);
        let tenth = ((order.len() + 5) / 10).max(1).min(order.len() - 1);
        order[..tenth].iter().for_each(|i| test[*i] = true);
    }
    notes.push(format!(
        "there are no labelled test images: a tenth of each class, {} images, is held out by a fixed shuffle",
        test.iter().filter(|test| **test).count()
    ));
    test
}

/// What the parts of a data set share while they are made.
struct Making<'a> {
    data: &'a Data,
    room: Room,
    left: LeftOut,
    /// Images that were left out already.
    bad: Vec<String>,
}

impl<'a> Making<'a> {
    fn new(data: &'a Data) -> Self {
        Self {
            data,
            room: Room::new(data.cache),
            left: LeftOut::default(),
            bad: Vec::new(),
        }
    }

    /// Those of the places that the limit keeps and whose headers can be read.
    fn part(&mut self, images: &Arc<dyn Stored>, places: &[usize], split: Split) -> Chosen {
        let bounds = Bounds::new(self.data.largest);
        let kept = subset(places.len(), split.limit(self.data), split);
        let kept: Vec<usize> = kept.into_iter().map(|i| places[i]).collect();
        let checks: Vec<_> = kept
            .par_iter()
            .map(|i| images.check(*i, bounds).err())
            .collect();
        let mut good = Vec::with_capacity(kept.len());
        for (place, why) in kept.into_iter().zip(checks) {
            match why {
                None => good.push(place),
                Some(why) => self.leave(format!("{} ({why})", images.name(place))),
            }
        }
        Chosen {
            cache: Cache::new(good.len(), self.room.clone()),
            images: images.clone(),
            places: good,
        }
    }

    fn leave(&mut self, name: String) {
        // The bank holds images that train, too.
        if !self.bad.contains(&name) {
            self.bad.push(name.clone());
            self.left.add(Reason::Damaged, name);
        }
    }
}

/// Some of the images of a part.
struct Chosen {
    images: Arc<dyn Stored>,
    places: Vec<usize>,
    cache: Cache,
}

impl Chosen {
    fn checksum(&self) -> Result<u32, DataError> {
        let mut hash = Hasher::new();
        for place in &self.places {
            hash.update(&self.images.label(*place).to_le_bytes());
            self.images.digest(*place, &mut hash)?;
        }
        Ok(hash.finalize())
    }
}

impl Images for Chosen {
    fn len(&self) -> usize {
        self.places.len()
    }

    fn label(&self, i: usize) -> u32 {
        self.images.label(self.places[i])
    }

    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        if let Some(image) = self.cache.get(i) {
            return Ok(image.clone());
        }
        let place = self.places[i];
        let image = self.images.image(place)?;
        // What isn't decoded costs nothing to get again.
        if self.images.memory(place) > 0 {
            self.cache.keep(i, &image);
        }
        Ok(image)
    }

    fn memory(&self, i: usize) -> u64 {
        let kept = self.cache.get(i);
        kept.map_or_else(|| self.images.memory(self.places[i]), |_| 0)
    }

    fn name(&self, i: usize) -> String {
        self.images.name(self.places[i])
    }
}
