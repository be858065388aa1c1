//! MNIST, Fashion-MNIST and their kin: idx files of grayscale images and labels, gzipped or not.
//! <https://github.com/zalandoresearch/fashion-mnist>

use super::memory::{Memory, Pixels, data_set};
use super::{Data, DataError, DataSet, Split, packed};
use crate::disk::untrusted::{self, Links};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

const IMAGES: u32 = 0x0803;
const LABELS: u32 = 0x0801;
/// Images that a file may hold: three times those of EMNIST, the largest of the kin.
const MOST: usize = 2_500_000;
/// Values that a file may hold, and bytes that it may unpack to.
const VALUES: usize = 768 << 20;
/// Where torchvision and the archives put the files, below the folder that a user would name.
const PLACES: [&str; 6] = [
    "",
    "raw",
    "MNIST/raw",
    "FashionMNIST/raw",
    "KMNIST/raw",
    "fashion-mnist",
];

/// One part's images and labels as they lie in the files.
struct Part {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

/// Opens the four files in `path`.
pub fn open(path: &Path, data: &Data) -> Result<DataSet, DataError> {
    let folder = placed(path).unwrap_or_else(|| path.to_owned());
    let train = read_part(&folder, "train")?;
    let test = read_part(&folder, "t10k")?;
    let labels = train.labels.iter().chain(&test.labels);
    let classes = labels.max().map_or(0, |most| usize::from(*most) + 1);
    let name = path
        .file_name()
        .map_or("idx".into(), |name| name.to_string_lossy());
    let mut set = data_set(
        &name,
        train.gather(Split::Train, data),
        test.gather(Split::Test, data),
        (0..classes).map(|i| i.to_string()).collect(),
    );
    set.notes.extend(several(path));
    Ok(set)
}

/// Which one is read, where several lie in `path`.
fn several(path: &Path) -> Option<String> {
    let places: Vec<&str> = places(path).collect();
    let (first, others) = places.split_first()?;
    (!others.is_empty()).then(|| {
        format!(
            "reads {first}; {} is there, too: give its path to read it",
            others.join(", ")
        )
    })
}

/// Whether such files seem to lie in `path`.
pub fn fits(path: &Path) -> bool {
    placed(path).is_some()
}

fn placed(path: &Path) -> Option<PathBuf> {
    places(path).next().map(|place| path.join(place))
}

/// The places in `path` where such files lie.
fn places(path: &Path) -> impl Iterator<Item = &'static str> {
    let there = |place: &&str| find(&path.join(place), "train-images", "idx3").is_ok();
    PLACES.into_iter().filter(there)
}

impl Part {
    fn gather(self, split: Split, data: &Data) -> Memory {
        Memory::gather(split, data, self.labels.len(), |i| {
            let size = self.width * self.height;
            let image = Pixels::Gray {
                width: self.width,
                height: self.height,
                values: self.pixels[i * size..][..size].into(),
            };
            (image, u32::from(self.labels[i]))
        })
    }
}

fn read_part(folder: &Path, part: &str) -> Result<Part, DataError> {
    let image_file = find(folder, &format!("{part}-images"), "idx3")?;
    let label_file = find(folder, &format!("{part}-labels"), "idx1")?;
    let ([count, height, width], pixels) = read_idx(&image_file, IMAGES)?;
    let ([labelled], labels) = read_idx(&label_file, LABELS)?;
    if count != labelled {
        let why = format!(
            "holds {labelled} labels, but {} holds {count} images; the two don't belong together",
            image_file.display()
        );
        return Err(DataError::file(label_file, why));
    }
    if pixels.is_empty() {
        return Err(DataError::file(image_file, "holds no images"));
    }
    Ok(Part {
        width,
        height,
        pixels,
        labels,
    })
}

/// The file, under the names that are in use: `train-images-idx3-ubyte`, `train-images.idx3-ubyte`, each with `.gz`.
fn find(folder: &Path, stem: &str, kind: &str) -> Result<PathBuf, DataError> {
    let names = ["-", "."].map(|dot| format!("{stem}{dot}{kind}-ubyte"));
    names
        .iter()
        .flat_map(|name| [folder.join(name), folder.join(format!("{name}.gz"))])
        .find(|path| path.is_file())
        .ok_or_else(|| {
            let why = format!("holds neither {0} nor {0}.gz", names[0]);
            DataError::file(folder, why)
        })
}

/// The sizes and the values of an idx file of bytes in `N` dimensions.
fn read_idx<const N: usize>(path: &Path, magic: u32) -> Result<([usize; N], Vec<u8>), DataError> {
    let refused = |why: String| DataError::file(path, why);
    let (mut from, length) = opened(path)?;
    let mut head = Vec::new();
    read(path, &mut from, 4 * (N + 1), &mut head)?;
    let word = |i: usize| Some(u32::from_be_bytes(*head.get(4 * i..)?.first_chunk()?));
    if word(0) != Some(magic) {
        return Err(refused(format!(
            "does not start like an idx file of {N}-dimensional bytes"
        )));
    }
    let mut sizes = [0; N];
    for (i, size) in sizes.iter_mut().enumerate() {
        let short = || refused("ends within its header; it is cut short".to_owned());
        *size = word(i + 1).ok_or_else(short)? as usize;
    }
    let values = sizes
        .iter()
        .try_fold(1_usize, |all, size| all.checked_mul(*size));
    let most = match length {
        Some(bytes) => (packed::most(bytes) as usize).min(VALUES),
        None => VALUES,
    };
    let Some(values) = values.filter(|values| *values <= most && sizes[0] <= MOST) else {
        return Err(refused(format!(
            "promises {sizes:?} values in its header, more than such a file has; it is damaged or from another data set"
        )));
    };
    let mut bytes = Vec::new();
    // One byte more tells that there is more.
    read(path, &mut from, values + 1, &mut bytes)?;
    if bytes.len() == values {
        return Ok((sizes, bytes));
    }
    let found = if bytes.len() > values {
        "more".to_owned()
    } else {
        bytes.len().to_string()
    };
    Err(refused(format!(
        "holds {found} values, but its header promises {sizes:?}; it is damaged or cut short"
    )))
}

/// The file unpacked, and its length where it is packed.
fn opened(path: &Path) -> Result<(Box<dyn Read>, Option<u64>), DataError> {
    let file = untrusted::open(path, Links::Follow).map_err(|e| DataError::io(path, &e))?;
    let length = file.metadata().map_err(|e| DataError::io(path, &e))?.len();
    let file = BufReader::new(file);
    if path.extension().is_some_and(|e| e == "gz") {
        return Ok((
            Box::new(flate2::bufread::MultiGzDecoder::new(file)),
            Some(length),
        ));
    }
    Ok((Box::new(file), None))
}

/// The next bytes, as many as there are of so many.
fn read(path: &Path, from: &mut dyn Read, most: usize, to: &mut Vec<u8>) -> Result<(), DataError> {
    let read = from.take(most as u64).read_to_end(to);
    read.map(drop).map_err(|e| match e.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            let why =
                format!("can't be unpacked ({e}); it is damaged or cut short, fetch it again");
            DataError::file(path, why)
        }
        _ => DataError::io(path, &e),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::{Source, open as open_data, trials};
    use crate::text::says::Says;
    use std::io::Write;

    fn idx(magic: u32, sizes: &[u32], values: &[u8]) -> Vec<u8> {
        let words = std::iter::once(&magic).chain(sizes);
        words
            .flat_map(|w| w.to_be_bytes())
            .chain(values.iter().copied())
            .collect()
    }

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(bytes).expect("in memory");
        packed.finish().expect("in memory")
    }

    /// Three training images of 2x3 and one test image.
    fn files() -> [(&'static str, Vec<u8>); 4] {
        let pixels: Vec<u8> = (0..18).map(|i| i * 10).collect();
        [
            (
                "train-images-idx3-ubyte.gz",
                gz(&idx(IMAGES, &[3, 2, 3], &pixels)),
            ),
            ("train-labels-idx1-ubyte", idx(LABELS, &[3], &[2, 0, 1])),
            (
                "t10k-images-idx3-ubyte",
                idx(IMAGES, &[1, 2, 3], &pixels[..6]),
            ),
            ("t10k-labels-idx1-ubyte.gz", gz(&idx(LABELS, &[1], &[2]))),
        ]
    }

    fn opened(files: &[(&str, Vec<u8>)]) -> Result<DataSet, DataError> {
        let home = tempfile::tempdir().expect("a folder");
        trials::write(home.path(), files);
        open_data(&trials::data(Source::Idx, home.path()))
    }

    #[test]
    fn grayscale_becomes_colour_packed_or_not() {
        let set = opened(&files()).expect("good files");
        assert_eq!(
            (set.train.len(), set.test.len(), set.classes.len()),
            (3, 1, 3)
        );
        assert_eq!(trials::labels(&*set.train), [2, 0, 1]);
        let image = set.train.image(1).expect("in memory");
        assert_eq!((image.width, image.height), (3, 2));
        assert_eq!(image.pixels[..6], [60, 60, 60, 70, 70, 70]);
    }

    #[test]
    fn one_high_label_is_one_class_and_nothing_to_judge_by() {
        let mut alike = files();
        alike[1].1 = idx(LABELS, &[3], &[255; 3]);
        let set = opened(&alike).expect("good files");
        assert!(set.unjudged().is_some_and(|why| why.contains("one class")));
        assert_eq!(opened(&files()).expect("good files").unjudged(), None);
    }

    #[test]
    fn damaged_files_are_a_sentence_each() {
        let packed = files()[0].1.clone();
        for (at, bytes, says) in [
            (
                0,
                packed[..packed.len() - 12].to_vec(),
                "train-images-idx3-ubyte.gz: can't be unpacked",
            ),
            (1, idx(LABELS, &[2], &[0, 1]), "holds 2 labels, but"),
            (
                1,
                idx(LABELS, &[3], &[0, 1]),
                "holds 2 values, but its header promises [3]",
            ),
            (1, idx(LABELS, &[3], &[0, 0, 0]), ""),
            (
                2,
                idx(LABELS, &[1, 2, 3], &[0; 6]),
                "does not start like an idx file",
            ),
            (
                2,
                idx(IMAGES, &[u32::MAX, u32::MAX, u32::MAX], &[0; 6]),
                "in its header, more than such a file has",
            ),
            (
                0,
                gz(&idx(IMAGES, &[3, 2, 3], &vec![0; 1 << 20])),
                "train-images-idx3-ubyte.gz: holds more values, but its header promises [3, 2, 3]",
            ),
            (
                0,
                gz(&idx(IMAGES, &[100_000, 28, 28], &[])),
                "train-images-idx3-ubyte.gz: promises [100000, 28, 28] values",
            ),
            (2, IMAGES.to_be_bytes().to_vec(), "ends within its header"),
            (2, Vec::new(), "does not start"),
        ] {
            let mut files = files();
            files[at].1 = bytes;
            match opened(&files) {
                Ok(_) => assert!(says.is_empty(), "{says}"),
                Err(e) => assert!(!says.is_empty() && e.to_string().contains(says), "{e}"),
            }
        }
        opened(&files()[..3])
            .expect_err("no test labels")
            .says("holds neither t10k-labels-idx1-ubyte nor t10k-labels-idx1-ubyte.gz");
    }
}
