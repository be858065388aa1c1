//! Tables that PyArrow wrote: `tests/fixtures/data/make.py` made them.

use crate::engine::data::trials::{data, fixture, labels};
use crate::engine::data::{DataError, DataSet, Images, Source, UNLABELLED, open};
use crate::text::says::Says;
use std::fs;
use std::path::Path;

fn opened(path: &Path) -> Result<DataSet, DataError> {
    open(&data(Source::Parquet, path))
}

/// The numbers of images, as they are painted.
fn numbers(images: &dyn Images) -> Vec<u32> {
    let number = |i| {
        let image = images.image(i).unwrap();
        assert_eq!((image.width, image.height), (6, 6));
        (u32::from(image.pixels[5 * 6 * 3]) + 5) / 10
    };
    (0..images.len()).map(number).collect()
}

#[test]
fn the_hubs_shards_are_read_row_by_row() {
    let set = opened(&fixture("parquet/hub")).unwrap();
    assert_eq!(set.classes, ["cat", "dog", "eel"]);
    assert_eq!((set.train.len(), set.test.len()), (8, 4));
    let [first, second] = &set.train.stretches(0..8)[..] else {
        panic!("not of both tables");
    };
    assert!(first.0.ends_with("train-00000-of-00002.parquet"));
    assert!(second.1.end <= fs::metadata(&second.0).unwrap().len());
    assert_eq!(numbers(&*set.train), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(labels(&*set.train), [0, 1, 2, 0, 1, 2, 0, 1]);
    assert_eq!(numbers(&*set.test), [8, 9, 10, 11]);
    assert_eq!(labels(&*set.test), [2, 0, 1, 2]);
    assert_eq!(set.train.name(3), "data/train-00000-of-00002.parquet row 3");
    assert_eq!(set.train.name(7), "data/train-00001-of-00002.parquet row 2");
    let backwards: Vec<u32> = (0..8).rev().map(|i| numbers(&*set.train)[i]).collect();
    assert_eq!(backwards, [7, 6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(opened(&fixture("parquet/hub/data")).unwrap().train.len(), 8);
}

#[test]
fn what_is_read_ahead_of_a_table_holds_its_images() {
    for name in ["large", "large-words"] {
        let set = opened(&fixture(&format!("parquet/kinds/{name}.parquet"))).unwrap();
        let [(file, ahead)] = &set.train.stretches(0..set.train.len())[..] else {
            panic!("{name}: not one stretch");
        };
        // Of these tables' bytes the images are nearly all.
        let all = fs::metadata(file).unwrap().len();
        assert!(2 * (ahead.end - ahead.start) > all, "{name}: {ahead:?}");
    }
}

#[test]
fn every_way_to_write_a_table_gives_the_same_images() {
    for (name, classes) in [
        ("gzip", ["0", "1", "2"]),
        ("none", ["0", "1", "2"]),
        ("second", ["0", "1", "2"]),
        ("zstd", ["0", "1", "2"]),
        ("words", ["cat", "dog", "eel"]),
    ] {
        let set = opened(&fixture(&format!("parquet/kinds/{name}.parquet"))).unwrap();
        assert_eq!(set.classes, classes, "{name}");
        // One of each class is held out.
        assert_eq!((set.train.len(), set.test.len()), (5, 3), "{name}");
        let mut all = numbers(&*set.train);
        assert!(all.is_sorted(), "{name}");
        all.extend(numbers(&*set.test));
        let labels = [labels(&*set.train), labels(&*set.test)].concat();
        let right: Vec<u32> = all.iter().map(|number| number % 3).collect();
        assert_eq!(labels, right, "{name}");
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3, 4, 5, 6, 7], "{name}");
    }
}

#[test]
fn missing_images_and_labels_are_told() {
    let set = opened(&fixture("parquet/kinds/missing.parquet")).unwrap();
    let of = |name: &str| (0..set.train.len()).find(|i| set.train.name(*i).ends_with(name));
    let (image, label) = (of("row 3"), of("row 5"));
    assert_eq!(set.train.label(label.unwrap()), UNLABELLED);
    if let Some(image) = image {
        set.train
            .image(image)
            .unwrap_err()
            .says("missing.parquet: row 3: the table holds no bytes of this image");
    }
}

#[test]
fn images_may_lie_beside_their_table() {
    let set = opened(&fixture("parquet/kinds/beside.parquet")).unwrap();
    assert!(set.train.memory(0) > 0, "it has to be decoded");
    let mut all = numbers(&*set.train);
    all.extend(numbers(&*set.test));
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2, 3, 4, 5]);
    let told = set.notes.join("\n");
    for says in [
        "beside.parquet row 6 (the table holds only the path of this image, and",
        "beside/6.png is not there)",
        "beside.parquet row 7 (the table holds only the path of this image, \"../kinds/beside/1.png\", which is none below",
    ] {
        assert!(told.contains(says), "{told}");
    }
    let alone = tempfile::tempdir().unwrap();
    let moved = alone.path().join("beside.parquet");
    fs::copy(fixture("parquet/kinds/beside.parquet"), &moved).unwrap();
    let why = opened(&moved).unwrap_err();
    why.says("has no readable training images");
    why.says("beside/0.png is not there");
}

#[test]
fn an_image_of_a_large_page_is_read_by_itself() {
    for name in ["large", "large-second", "large-words"] {
        let path = fixture(&format!("parquet/kinds/{name}.parquet"));
        let table = super::table::open(&path).unwrap();
        assert_eq!(table.pages.len(), 1, "{name}");
        let words = table.pages[0].words.is_some();
        assert_eq!(words, name == "large-words");
        for page in &table.pages {
            let (content, index) = super::content(&path, page).unwrap();
            let index = index.unwrap();
            for row in 0..8 {
                let alone = index.read(&path, row).unwrap();
                assert!(
                    alone.is_some() && alone.as_deref() == content.get(row),
                    "{name} {row}"
                );
            }
        }
    }
}

#[test]
fn what_cannot_be_used_is_a_sentence_each() {
    for (name, says) in [
        (
            "kinds/brotli.parquet",
            "is packed with Brotli; write it with Snappy",
        ),
        (
            "kinds/text.parquet",
            "has no column of images, such as image or img, that holds the bytes of image files (it has text, label)",
        ),
        (
            ".",
            "holds .parquet files of several data sets, in hub/data, kinds; give the folder",
        ),
    ] {
        opened(&fixture(&format!("parquet/{name}")))
            .unwrap_err()
            .says(says);
    }
    let good = fs::read(fixture("parquet/kinds/none.parquet")).unwrap();
    let end = good.len() - 8;
    let mut long = good.clone();
    long[end..end + 4].fill(0x7f);
    let mut hole = good.clone();
    hole.drain(100..200);
    for (bytes, says) in [
        (
            &good[..end],
            "is no Parquet file, or cut short; fetch it again",
        ),
        (&[], "is no Parquet file"),
        (&long, "says that its footer has 2139062143 bytes"),
        (&hole, "damaged"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("train-0.parquet");
        fs::write(&path, bytes).unwrap();
        opened(&path).unwrap_err().says(says);
    }
}
