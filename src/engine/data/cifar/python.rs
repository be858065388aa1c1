//! CIFAR in the pickles of its Python version, as torchvision downloads it: the same images, labels and order as in the
//! binary version, and so the same data set.

use super::files::Files;
use super::layout::{Layout, MOST, Names, PLANE, SIDE, TEXT};
use crate::engine::data::class_names;
use crate::engine::data::memory::data_set;
use crate::engine::data::pickle::{self, Value};
use crate::engine::data::{Data, DataError, DataSet, Split};

impl Names {
    /// Whether these are among the files.
    pub fn fits(&self, files: &Files) -> bool {
        self.marks.iter().all(|name| files.has(name))
    }

    fn class_names(&self, files: &Files) -> Vec<String> {
        let meta = files.read(self.meta, TEXT).unwrap_or_default();
        let meta = pickle::value(&meta).unwrap_or(Value::Other);
        let names = meta
            .get(self.classes)
            .and_then(Value::list)
            .unwrap_or_default();
        let text = |name: &Value| Some(String::from_utf8_lossy(name.bytes()?).into_owned());
        names.iter().filter_map(text).collect()
    }
}

/// Opens the data set of these files.
pub fn open(layout: &Layout, files: &Files, data: &Data) -> Result<DataSet, DataError> {
    let names = &layout.python;
    let part = |split, names: &[&str]| {
        let mut records = Vec::new();
        for name in names {
            let bytes = files.read(name, MOST - records.len() as u64)?;
            let add = add(layout, &bytes, &mut records);
            add.map_err(|why| DataError::file(files.place(name), why))?;
        }
        Ok::<_, DataError>(layout.gather(split, data, &records))
    };
    let train = part(Split::Train, names.train)?;
    let test = part(Split::Test, &[names.test])?;
    let classes = class_names::or_numbers(names.class_names(files), 0..layout.classes);
    Ok(data_set(layout.name, train, test, classes))
}

/// Adds the images of one file as records of the binary version.
fn add(layout: &Layout, file: &[u8], records: &mut Vec<u8>) -> Result<(), String> {
    let value = pickle::value(file)?;
    let (data, word) = (value.get("data"), layout.python.labels);
    let data = data.and_then(Value::bytes).ok_or("holds no image data")?;
    let labels = value.get(word).and_then(Value::list);
    let labels = labels.ok_or_else(|| format!("holds no {word}"))?;
    if data.len() != labels.len() * 3 * PLANE || labels.is_empty() {
        return Err(format!(
            "holds {} labels and {} bytes of images, {} each; the two don't belong together",
            labels.len(),
            data.len(),
            3 * SIDE * SIDE
        ));
    }
    for (i, (label, planes)) in labels.iter().zip(data.chunks_exact(3 * PLANE)).enumerate() {
        let number = label.int();
        let known = number.and_then(|label| u8::try_from(label).ok());
        let Some(label) = known.filter(|label| usize::from(*label) < layout.classes) else {
            let label = number.map_or_else(
                || "no label".to_owned(),
                |label| format!("the label {label}"),
            );
            return Err(format!(
                "image {i} has {label}, but {} has labels 0 to {}",
                layout.name,
                layout.classes - 1
            ));
        };
        // Only the last label byte of a record counts.
        records.resize(records.len() + layout.labels - 1, 0);
        records.push(label);
        records.extend(planes);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::cifar::TEN;
    use crate::engine::data::{Source, open as open_data, trials};
    use crate::text::says::Says;
    use std::fs;
    use std::path::Path;

    const IMAGES: usize = 3;
    const LABELS: [u8; IMAGES] = [3, 0, 9];

    fn pixels() -> Vec<u8> {
        let bytes = 0..IMAGES * 3 * PLANE;
        bytes.map(|i| (i * 7 % 256) as u8).collect()
    }

    fn long(bytes: usize) -> [u8; 4] {
        (bytes as u32).to_le_bytes()
    }

    const SHAPE: &[u8] = b"K\x03M\x00\x0c\x86";
    const STATE: &[u8] = b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb";

    /// As Python 2 and NumPy 1 wrote them, and as the data set's authors publish them.
    fn python2() -> Vec<u8> {
        let mut out =
            b"\x80\x02}q\x01(U\x0bbatch_labelq\x02U\x04madeq\x03U\x06labelsq\x04]q\x05(".to_vec();
        out.extend(LABELS.iter().flat_map(|label| [b'K', *label]));
        out.extend(b"eU\x04dataq\x06cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85U\x01b\x87Rq\x09(K\x01");
        out.extend(SHAPE);
        out.extend(b"cnumpy\ndtype\nq\x0aU\x02u1K\x00K\x01\x87Rq\x0b(K\x03U\x01|");
        out.extend(STATE);
        out.extend([b"\x89T", &long(pixels().len())[..], &pixels(), b"tb"].concat());
        out.extend(b"U\x09filenamesq\x0c]q\x0d(U\x05a.pngq\x0eU\x05b.pngq\x0feu.");
        out
    }

    /// As Python 3 writes protocol 2: bytes as text.
    fn python3(module: &str) -> Vec<u8> {
        let text: String = pixels().into_iter().map(char::from).collect();
        let mut out = b"\x80\x02}q\x00(c_codecs\nencode\nq\x01X\x06\x00\x00\x00labelsq\x02X\x06\x00\x00\x00latin1q\x03\x86q\x04Rq\x05]q\x06(".to_vec();
        out.extend(LABELS.iter().flat_map(|label| [b'K', *label]));
        out.extend(b"eh\x01X\x04\x00\x00\x00dataq\x07h\x03\x86q\x08Rq\x09");
        out.extend(format!("c{module}\n_reconstruct\nq\x0acnumpy\nndarray\nq\x0b").bytes());
        out.extend(
            b"K\x00\x85q\x0ch\x01X\x01\x00\x00\x00bq\x0dh\x03\x86q\x0eRq\x0f\x87q\x10Rq\x11(K\x01",
        );
        out.extend(SHAPE);
        out.extend(b"q\x12cnumpy\ndtype\nq\x13X\x02\x00\x00\x00u1q\x14\x89\x88\x87q\x15Rq\x16(K\x03X\x01\x00\x00\x00|q\x17");
        out.extend(STATE);
        out.extend([b"\x89h\x01X", &long(text.len())[..], text.as_bytes()].concat());
        out.extend(b"q\x19h\x03\x86q\x1aRq\x1btq\x1cbu.");
        out
    }

    /// As Python 3 writes protocol 5: an array from its buffer.
    fn python5() -> Vec<u8> {
        let mut out =
            b"\x80\x05\x95\xb6\x00\x00\x00\x00\x00\x00\x00}\x94(C\x06labels\x94]\x94(".to_vec();
        out.extend(LABELS.iter().flat_map(|label| [b'K', *label]));
        out.extend(
            b"eC\x04data\x94\x8c\x13numpy._core.numeric\x94\x8c\x0b_frombuffer\x94\x93\x94(",
        );
        out.extend([b"\x96", &long(pixels().len())[..], &[0; 4], &pixels()].concat());
        out.extend(b"\x94\x8c\x05numpy\x94\x8c\x05dtype\x94\x93\x94\x8c\x02u1\x94\x89\x88\x87\x94R\x94(K\x03\x8c\x01|\x94");
        out.extend(STATE);
        out.extend(SHAPE);
        out.extend(b"\x94\x8c\x01C\x94t\x94R\x94u.");
        out
    }

    /// Without NumPy.
    fn plain() -> Vec<u8> {
        let mut out = b"\x80\x03}q\x00(C\x06labelsq\x01]q\x02(".to_vec();
        out.extend(LABELS.iter().flat_map(|label| [b'K', *label]));
        out.extend(
            [
                b"eC\x04dataq\x03B",
                &long(pixels().len())[..],
                &pixels(),
                b"u.",
            ]
            .concat(),
        );
        out
    }

    fn opened(folder: &Path) -> Result<DataSet, DataError> {
        open_data(&trials::data(Source::Cifar10, folder))
    }

    /// A folder where every batch is this pickle.
    fn batches(pickle: &[u8]) -> tempfile::TempDir {
        let home = tempfile::tempdir().expect("a folder");
        for file in TEN.python.train.iter().chain([&TEN.python.test]) {
            fs::write(home.path().join(file), pickle).expect("written");
        }
        let names: Vec<u8> = (0..10).flat_map(|i| [b'U', 2, b'n', b'0' + i]).collect();
        let meta = [b"\x80\x02}(U\x0blabel_names](", &names[..], b"eu."].concat();
        fs::write(home.path().join(TEN.python.meta), meta).expect("written");
        home
    }

    #[test]
    fn pickles_of_every_python_are_the_binary_data_set() {
        let home = tempfile::tempdir().expect("a folder");
        let records: Vec<u8> = LABELS
            .iter()
            .zip(pixels().chunks(3 * PLANE))
            .flat_map(|(label, planes)| [&[*label], planes].concat())
            .collect();
        for i in 1..=5 {
            fs::write(home.path().join(format!("data_batch_{i}.bin")), &records).expect("written");
        }
        fs::write(home.path().join("test_batch.bin"), &records).expect("written");
        let binary = opened(home.path()).expect("good files");
        let newer = python3("numpy._core.multiarray");
        for pickle in [
            python2(),
            python3("numpy.core.multiarray"),
            newer,
            python5(),
            plain(),
        ] {
            let home = batches(&pickle);
            let set = opened(home.path()).expect("good pickles");
            assert_eq!(set.fingerprint, binary.fingerprint);
            assert_eq!(set.classes[9], "n9");
        }
    }

    /// A packed archive of these files in a folder, as torchvision leaves it.
    fn archive(home: &Path) -> Vec<u8> {
        let gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut tar = tar::Builder::new(gz);
        tar.append_dir_all("cifar-10-batches-py", home)
            .expect("packed");
        tar.into_inner()
            .and_then(flate2::write::GzEncoder::finish)
            .expect("packed")
    }

    #[test]
    fn the_archive_is_the_data_set_as_it_is() {
        let folder = batches(&python2());
        let right = opened(folder.path()).expect("good pickles");
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("cifar-10-python.tar.gz");
        let good = archive(folder.path());
        fs::write(&path, &good).expect("written");
        for path in [home.path(), &path] {
            let set = opened(path).expect("a good archive");
            assert_eq!(
                (&set.fingerprint, &set.classes),
                (&right.fingerprint, &right.classes)
            );
        }
        fs::remove_file(folder.path().join("test_batch")).expect("removed");
        for (bytes, says) in [
            (&good[..good.len() / 2], "cifar-10-python.tar.gz: "),
            (b"no archive", "can't be unpacked"),
            (
                &archive(folder.path()),
                "holds no test_batch; fetch it again",
            ),
        ] {
            fs::write(&path, bytes).expect("written");
            opened(home.path()).expect_err(says).says(says);
        }
    }

    #[test]
    fn other_pickles_are_a_sentence_each_and_none_is_run() {
        for (pickle, says) in [
            (
                b"\x80\x02cos\nsystem\nU\x04true\x85R.".to_vec(),
                "calls os.system, which no data set",
            ),
            (b"\x80\x02}.".to_vec(), "data_batch_1: holds no image data"),
            (
                b"\x80\x02}(U\x04dataU\x01xU\x06labels](K\x01eu.".to_vec(),
                "holds 1 labels and 1 bytes",
            ),
            (plain()[..2000].to_vec(), "the pickle is cut short"),
            (b"no pickle".to_vec(), "not a data set's pickle"),
        ] {
            opened(batches(&pickle).path()).expect_err(says).says(says);
        }
        let mut pickle = plain();
        let at = pickle
            .windows(2)
            .position(|w| w == [b'K', 9])
            .expect("a label");
        pickle[at + 1] = 10;
        opened(batches(&pickle).path())
            .expect_err("a label")
            .says("image 2 has the label 10");
    }
}
