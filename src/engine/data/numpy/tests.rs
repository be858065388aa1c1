//! Files that NumPy wrote: `tests/fixtures/data/make.py` made them.

use crate::engine::data::trials::{data, fixture, labels};
use crate::engine::data::{DataError, DataSet, Images, Source, UNLABELLED, open};
use crate::text::says::Says;
use std::path::Path;

fn opened(path: &Path) -> Result<DataSet, DataError> {
    open(&data(Source::Npz, path))
}

/// The first pixels of an image's first and last row.
fn corners(images: &dyn Images, i: usize) -> ([u8; 6], [u8; 3]) {
    let image = images.image(i).unwrap();
    assert_eq!((image.width, image.height), (6, 6));
    let first = image.pixels[..6].try_into().unwrap();
    (first, image.pixels[5 * 6 * 3..][..3].try_into().unwrap())
}

#[test]
fn medmnist_is_read_deflated() {
    let set = opened(&fixture("numpy/colour.npz")).unwrap();
    assert_eq!((set.train.len(), set.test.len()), (8, 4));
    assert_eq!(labels(&*set.train), [0, 1, 2, 0, 1, 2, 0, 1]);
    assert_eq!((set.classes.len(), set.name.as_str()), (3, "colour"));
    assert_eq!(
        corners(&*set.train, 2),
        ([20, 21, 22, 21, 22, 23], [20, 21, 22])
    );
    assert_eq!(
        corners(&*set.test, 0),
        ([110, 111, 112, 111, 112, 113], [110, 111, 112])
    );
    assert_eq!(set.notes, ["kNN is tested on test; val is not used"]);
    assert_eq!(set.test.name(3), "test #3");
}

#[test]
fn several_labels_an_image_are_none() {
    let set = opened(&fixture("numpy/gray-multi-label.npz")).unwrap();
    assert_eq!(labels(&*set.train), [UNLABELLED; 8]);
    assert_eq!(corners(&*set.train, 2), ([20, 20, 20, 21, 21, 21], [20; 3]));
    set.notes
        .join("; ")
        .says("train_labels holds several values for each image");
}

#[test]
fn stored_arrays_of_other_types_and_names_are_read() {
    let set = opened(&fixture("numpy/keras.npz")).unwrap();
    assert_eq!((set.train.len(), set.test.len()), (8, 4));
    assert_eq!(labels(&*set.test), [0, 1, 2, 0]);
    assert_eq!(corners(&*set.test, 1), ([90, 90, 90, 91, 91, 91], [90; 3]));
    let set = opened(&fixture("numpy/plain")).unwrap();
    // A tenth of each class is held out.
    assert_eq!((set.train.len(), set.test.len()), (6, 2));
    let whole: Vec<u8> = (0..6)
        .map(|i| set.train.image(i).unwrap().pixels[0])
        .collect();
    assert!(
        whole.is_sorted() && whole.iter().all(|v| v % 10 == 0),
        "{whole:?}"
    );
    assert_eq!(corners(&*set.train, 0).0[1], whole[0] + 1);
    let mut half = data(Source::Folder, fixture("numpy/keras.npz"));
    half.train_limit = 4;
    let half = open(&half);
    assert_eq!(half.unwrap().train.len(), 4);
}

#[test]
fn what_cannot_be_used_is_a_sentence_each() {
    for (name, says) in [
        (
            "floats.npz",
            "holds <f4 values of shape [2, 6, 6, 3]; images must be bytes",
        ),
        ("fortran.npz", "column by column; save them row by row"),
        (
            "unnamed.npz",
            "no array that is called images or labels (it holds arr_0, arr_1)",
        ),
        (
            "volumes.npz",
            "of shape [2, 7, 7, 7]; images must have the shape",
        ),
        ("", "holds several data sets, colour.npz and floats.npz"),
    ] {
        opened(&fixture(&format!("numpy/{name}")))
            .unwrap_err()
            .says(says);
    }
    let home = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(fixture("numpy/colour.npz")).unwrap();
    let cut = home.path().join("cut.npz");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    opened(&cut)
        .unwrap_err()
        .says("cut.npz: is damaged or cut short");
    let bytes = std::fs::read(fixture("numpy/plain/images.npy")).unwrap();
    std::fs::write(home.path().join("images.npy"), &bytes[..bytes.len() - 1]).unwrap();
    opened(&home.path().join("images.npy"))
        .unwrap_err()
        .says("promises [8, 3, 6, 6] values in its header and is");
}
