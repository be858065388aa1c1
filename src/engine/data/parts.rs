//! From what the files of a data set hold to a data set: which images train, vote and test, within the limits.

use super::cache::{Cache, Room};
use super::decode::Bounds;
use super::labels::{self, Labels};
use super::skipped::{LeftOut, Reason};
use super::split_names::Part;
use super::{
    All, Data, DataError, DataSet, Image, Images, Progress, Split, UNLABELLED, Watch, subset,
};
use crate::engine::random::{Purpose, Stream};
use crc32fast::Hasher;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};
use std::iter::once;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// All images of one part, before a limit.
pub trait Stored: Send + Sync {
    /// As [`Images::image`].
    fn image(&self, i: usize) -> Result<Arc<Image>, DataError>;

    /// As [`Images::memory`].
    fn memory(&self, _i: usize) -> u64 {
        0
    }

    /// Whether image `i` needs no decoding. The system keeps what is read of files, one copy for all processes: another one in each
    /// would take memory and save little.
    fn is_raw(&self, i: usize) -> bool {
        self.memory(i) == 0
    }

    /// The file that image `i` lies in, and where, if others lie there too.
    fn lies(&self, _i: usize) -> Option<(&Path, Range<u64>)> {
        None
    }

    /// As [`Images::name`].
    fn name(&self, i: usize) -> String;

    /// Adds to a checksum what tells image `i`, which has this label, from others.
    ///
    /// # Errors
    /// A sentence, if its file can't be read.
    fn digest(&self, i: usize, label: u32, hash: &mut Hasher) -> Result<(), DataError>;

    /// Looks at the header of image `i`, where that is cheap.
    ///
    /// # Errors
    /// Why it can't be decoded, in a few words.
    fn check(&self, _i: usize, _bounds: Bounds) -> Result<(), String> {
        Ok(())
    }
}

/// The images of one part, and what its files say of their classes.
pub struct Labelled {
    pub images: Arc<dyn Stored>,
    /// One an image.
    pub labels: Labels,
    /// The names of the classes by number, where they are told.
    pub names: Vec<String>,
}

/// The part that kNN is tested on: test images before those for validation, unless they have no labels, as those of a competition.
///
/// # Errors
/// Those of `read`.
pub fn tested(
    has: impl Fn(Part) -> bool,
    read: impl Fn(Part, &mut Vec<String>) -> Result<Labelled, DataError>,
    notes: &mut Vec<String>,
) -> Result<Option<Labelled>, DataError> {
    if has(Part::Test) {
        let test = read(Part::Test, notes)?;
        if test.labels.any() {
            if has(Part::Validation) {
                notes.push("kNN is tested on test; val is not used".to_owned());
            }
            return Ok(Some(test));
        }
        notes.push("test is left out: its images have no labels".to_owned());
    }
    if !has(Part::Validation) {
        return Ok(None);
    }
    notes.push("kNN is tested on val".to_owned());
    read(Part::Validation, notes).map(Some)
}

/// What the files of a data set hold.
pub struct Whole {
    pub name: String,
    pub train: Labelled,
    pub test: Option<Labelled>,
    pub notes: Vec<String>,
    pub left_out: LeftOut,
}

impl Whole {
    /// The data set in `path`, within the limits.
    pub fn data_set(self, path: &Path, data: &Data, watch: &Watch) -> Result<DataSet, DataError> {
        let mut notes = self.notes;
        let (mut images, mut given, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for part in once(self.train).chain(self.test) {
            images.push(part.images);
            given.push(part.labels);
            if names.is_empty() {
                names = part.names;
            }
        }
        let (classes, labels) =
            labels::classes(given, &names).map_err(|why| DataError::file(path, why))?;
        let known = images.into_iter().zip(labels);
        let mut known = known.map(|(images, labels)| Known {
            images,
            labels: Arc::new(labels),
        });
        let (Some(train), test) = (known.next(), known.next()) else {
            return Err(DataError::file(path, "holds no images"));
        };
        let hold_out = !data.is_judged_elsewhere() && classes.len() > 1;
        let (places, (test, tested)) = split(&train, test, hold_out, &mut notes);
        let labelled = train.labelled(&places);
        // Where all have labels, or none, those that train are the bank.
        let apart = !labelled.is_empty() && labelled.len() < places.len();
        let all = All {
            train: places.len(),
            bank: if apart { labelled.len() } else { places.len() },
        };
        let mut making = Making::new(data, watch, self.left_out);
        let learnt = making.part(&train, &places, Split::Train)?;
        let bank = apart.then(|| making.part(&train, &labelled, Split::Train));
        let bank = bank.transpose()?;
        let test = making.part(&test, &tested, Split::Test)?;
        if let Some(bank) = &bank {
            notes.push(format!(
                "learns from {} unlabelled images too; kNN votes from the {} labelled ones",
                all.train - all.bank,
                bank.len()
            ));
        }
        notes.extend(making.left.notes());
        for (part, places, what) in [
            (&learnt, all.train, "training"),
            (&test, tested.len(), "test"),
        ] {
            if part.is_empty() && (places > 0 || what == "training") {
                let why = format!("has no readable {what} images; {}", notes.join("; "));
                return Err(DataError::file(path, why));
            }
        }
        let mut hash = String::new();
        for part in [&learnt, &test].into_iter().chain(&bank) {
            hash.push_str(&format!("{:08x}", part.checksum()?));
        }
        let bank = bank.map(|bank| Arc::new(bank) as _);
        let parts = (Arc::new(learnt) as _, bank, Arc::new(test) as _);
        Ok(DataSet {
            notes,
            left_out: making.left,
            ..DataSet::new(self.name, parts, all, classes, hash)
        })
    }
}

/// The place of an image among all of its part: there may be a million of them.
type At = u32;

/// A part whose classes are known.
#[derive(Clone)]
struct Known {
    images: Arc<dyn Stored>,
    labels: Arc<Vec<u32>>,
}

impl Known {
    fn all(&self) -> Vec<At> {
        (0..self.labels.len() as At).collect()
    }

    fn labelled(&self, places: &[At]) -> Vec<At> {
        let labelled = |i: &&At| self.labels[**i as usize] != UNLABELLED;
        places.iter().filter(labelled).copied().collect()
    }
}

/// The places of the training images, and the test images with theirs.
fn split(
    train: &Known,
    test: Option<Known>,
    hold_out: bool,
    notes: &mut Vec<String>,
) -> (Vec<At>, (Known, Vec<At>)) {
    if let Some(test) = test {
        let places = test.labelled(&test.all());
        let bare = test.labels.len() - places.len();
        if bare > 0 {
            notes.push(format!("{bare} test images have no label and are left out"));
        }
        if !places.is_empty() {
            return (train.all(), (test, places));
        }
    }
    let held = if hold_out {
        held_out(&train.labels, notes)
    } else {
        vec![false; train.labels.len()]
    };
    let (test, rest) = train.all().into_iter().partition(|i| held[*i as usize]);
    (rest, (train.clone(), test))
}

/// Which images are test images where none are given: a tenth of each class, by a fixed shuffle.
fn held_out(labels: &[u32], notes: &mut Vec<String>) -> Vec<bool> {
    let mut classes = BTreeMap::<u32, Vec<At>>::new();
    for (i, label) in (0..).zip(labels) {
        if *label != UNLABELLED {
            classes.entry(*label).or_default().push(i);
        }
    }
    let mut test = vec![false; labels.len()];
    for (label, mut order) in classes {
        Stream::new(0, Purpose::Split, &[u64::from(label)]).shuffle(&mut order);
        let tenth = ((order.len() + 5) / 10).max(1).min(order.len() - 1);
        order[..tenth].iter().for_each(|i| test[*i as usize] = true);
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
    watch: &'a Watch<'a>,
    room: Room,
    left: LeftOut,
    /// Images that were left out already: the bank holds images that train, too.
    bad: HashSet<String>,
}

impl<'a> Making<'a> {
    fn new(data: &'a Data, watch: &'a Watch<'a>, left: LeftOut) -> Self {
        Self {
            data,
            watch,
            room: Room::new(data.cache),
            left,
            bad: HashSet::new(),
        }
    }

    /// Those of the places that the limit keeps and whose headers can be read.
    fn part(&mut self, of: &Known, places: &[At], split: Split) -> Result<Chosen, DataError> {
        let images = &of.images;
        let mut kept = match split.limit(self.data) {
            0 => places.to_vec(),
            limit => {
                let kept = subset(places.len(), limit, split).into_iter();
                kept.map(|i| places[i]).collect()
            }
        };
        let bad = self.unreadable(&**images, &kept)?;
        kept.retain(|place| !bad.contains_key(place));
        for (place, why) in bad {
            let name = format!("{} ({why})", images.name(place as usize));
            if self.bad.insert(name.clone()) {
                self.left.add(Reason::Damaged, name);
            }
        }
        Ok(Chosen {
            cache: Cache::new(self.room.clone()),
            images: images.clone(),
            labels: kept
                .iter()
                .map(|place| of.labels[*place as usize])
                .collect(),
            places: kept,
        })
    }

    /// Those of the places whose headers can't be read, and why.
    fn unreadable(
        &self,
        images: &dyn Stored,
        places: &[At],
    ) -> Result<BTreeMap<At, String>, DataError> {
        let (bounds, looked) = (Bounds::new(self.data.largest), AtomicUsize::new(0));
        let check = |place: &At| {
            let done = 1 + looked.fetch_add(1, Ordering::Relaxed);
            let told = self.watch.tell(Progress::Checked(done, places.len()));
            told.map(|()| Some((*place, images.check(*place as usize, bounds).err()?)))
                .transpose()
        };
        places.par_iter().filter_map(check).collect()
    }
}

/// Some of the images of a part.
struct Chosen {
    images: Arc<dyn Stored>,
    places: Vec<At>,
    labels: Vec<u32>,
    cache: Cache,
}

impl Chosen {
    fn checksum(&self) -> Result<u32, DataError> {
        let mut hash = Hasher::new();
        for (place, label) in self.places.iter().zip(&self.labels) {
            self.images.digest(*place as usize, *label, &mut hash)?;
        }
        Ok(hash.finalize())
    }
}

impl Images for Chosen {
    fn len(&self) -> usize {
        self.places.len()
    }

    fn label(&self, i: usize) -> u32 {
        self.labels[i]
    }

    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        if let Some(image) = self.cache.get(i) {
            return Ok(image);
        }
        let place = self.places[i] as usize;
        let image = self.images.image(place)?;
        if !self.images.is_raw(place) {
            self.cache.keep(i, &image);
        }
        Ok(image)
    }

    fn memory(&self, i: usize) -> u64 {
        let kept = self.cache.get(i);
        kept.map_or_else(|| self.images.memory(self.places[i] as usize), |_| 0)
    }

    fn stretches(&self, images: Range<usize>) -> Vec<(PathBuf, Range<u64>)> {
        let wanted = images.filter(|i| self.cache.get(*i).is_none());
        let lies = wanted.filter_map(|i| self.images.lies(self.places[i] as usize));
        let lies: Vec<_> = lies.collect();
        let of_files = lies.chunk_by(|(one, _), (next, _)| one == next);
        let whole = of_files.map(|lies| {
            let from = lies.iter().map(|(_, of)| of.start).min();
            let to = lies.iter().map(|(_, of)| of.end).max();
            (lies[0].0.to_owned(), from.unwrap_or(0)..to.unwrap_or(0))
        });
        whole.collect()
    }

    fn name(&self, i: usize) -> String {
        self.images.name(self.places[i] as usize)
    }
}
