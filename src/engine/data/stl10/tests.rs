//! STL-10 from files of a few images, whole and damaged.

use super::*;
use crate::engine::data::{Source, open as open_data, trials};
use crate::text::says::Says;
use std::fs;

/// An image whose red is `mark`, whose green is the row and whose blue is the column of each pixel.
fn record(mark: u8) -> Vec<u8> {
    let mut bytes = vec![mark; PLANE];
    bytes.extend((0..PLANE).map(|i| (i % SIDE) as u8));
    bytes.extend((0..PLANE).map(|i| (i / SIDE) as u8));
    bytes
}

fn records(marks: std::ops::Range<u8>) -> Vec<u8> {
    marks.flat_map(record).collect()
}

/// Two labelled training images, three test images and four unlabelled ones.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("train_X.bin", records(0..2)),
        ("train_y.bin", vec![1, 10]),
        ("test_X.bin", records(10..13)),
        ("test_y.bin", vec![3, 2, 3]),
        (
            "class_names.txt",
            b"a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n".to_vec(),
        ),
        ("unlabeled_X.bin", records(20..24)),
    ]
}

fn opened(files: &[(&'static str, Vec<u8>)], train_limit: usize) -> Result<DataSet, DataError> {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join(FOLDER);
    fs::create_dir(&folder).expect("a folder");
    trials::write(&folder, files);
    open_data(&Data {
        train_limit,
        ..trials::data(Source::Stl10, home.path())
    })
}

#[test]
fn unlabelled_images_train_and_labelled_ones_vote() {
    let set = opened(&files(), 0).expect("good files");
    assert_eq!((set.train.len(), set.bank.len(), set.test.len()), (4, 2, 3));
    assert_eq!(set.train.label(0), UNLABELLED);
    assert_eq!(
        (set.bank.label(0), set.bank.label(1), set.test.label(0)),
        (0, 9, 2)
    );
    assert_eq!(set.classes[9], "j");
    assert_eq!(set.train.name(3), "unlabeled #3");
    assert_eq!(set.train.image(3).expect("readable").pixels[0], 23);
    set.notes[0].says("4 unlabelled images; kNN votes from the 2");
}

#[test]
fn columns_become_rows() {
    let set = opened(&files(), 0).expect("good files");
    let image = set.test.image(1).expect("readable");
    let at = |row: usize, column: usize| &image.pixels[3 * (SIDE * row + column)..][..3];
    assert_eq!((image.width, image.height), (SIDE, SIDE));
    assert_eq!(at(0, 0), [11, 0, 0]);
    assert_eq!(at(5, 70), [11, 5, 70]);
    assert_eq!(at(95, 1), [11, 95, 1]);
}

#[test]
fn without_unlabelled_images_the_labelled_ones_train() {
    let mut some = files();
    some.truncate(5);
    let set = opened(&some, 0).expect("good files");
    assert_eq!((set.train.len(), set.train.label(1)), (2, 9));
    assert!(Arc::ptr_eq(&set.train, &set.bank) && set.notes.is_empty());
}

#[test]
fn a_fingerprint_sees_every_part() {
    let whole = opened(&files(), 0).expect("good files").fingerprint;
    for (at, byte) in [(0, RECORD + 7), (1, 0), (2, 5), (3, 1), (5, 3 * RECORD)] {
        let mut changed = files();
        changed[at].1[byte] ^= 3;
        let other = opened(&changed, 0).expect("good files").fingerprint;
        assert_ne!(other.hash, whole.hash, "{}", changed[at].0);
    }
    let less = opened(&files(), 3).expect("good files");
    assert_eq!(
        (less.train.len(), less.bank.len(), less.fingerprint.train),
        (3, 2, 3)
    );
    assert_ne!(less.fingerprint.hash, whole.hash);
}

#[test]
fn damaged_files_are_a_sentence_each() {
    for (at, bytes, says) in [
        (
            0,
            record(0)[1..].to_vec(),
            "train_X.bin: is 27647 bytes long, not a multiple of the 27648",
        ),
        (1, vec![1], "train_y.bin: holds 1 labels, but"),
        (
            1,
            vec![1, 0],
            "image 1 has label 0, but STL-10 has labels 1 to 10",
        ),
        (2, Vec::new(), "test_X.bin: is empty"),
        (3, vec![1, 2, 11], "image 2 has label 11"),
        (5, vec![1; 100], "unlabeled_X.bin: is 100 bytes long"),
    ] {
        let mut files = files();
        files[at].1 = bytes;
        opened(&files, 0).expect_err(says).says(says);
    }
    opened(&files()[1..], 0)
        .expect_err("nothing")
        .says("holds no train_X.bin; give the folder stl10_binary");
}

#[test]
fn a_file_that_shrinks_while_it_is_used_is_a_sentence() {
    let home = tempfile::tempdir().expect("a folder");
    trials::write(home.path(), &files());
    let set = open_data(&trials::data(Source::Stl10, home.path())).expect("good files");
    let file = File::options()
        .write(true)
        .open(home.path().join("unlabeled_X.bin"));
    file.and_then(|f| f.set_len(RECORD as u64)).expect("cut");
    assert!(set.train.image(0).is_ok());
    set.train
        .image(3)
        .expect_err("cut")
        .says("unlabeled_X.bin: ends before image 3");
}
