//! Shards that the webdataset library and Python's tarfile wrote: `tests/fixtures/data/make.py` made them.

use crate::engine::data::trials::{data, fixture, labels};
use crate::engine::data::{DataError, DataSet, Source, UNLABELLED, open};
use crate::text::says::Says;
use std::fs;
use std::path::Path;

fn opened(path: &Path) -> Result<DataSet, DataError> {
    open(&data(Source::WebDataset, path))
}

#[test]
fn shards_are_read_in_their_order() {
    let set = opened(&fixture("webdataset")).unwrap();
    assert_eq!((set.train.len(), set.test.len()), (8, 4));
    assert_eq!(labels(&*set.train), [0, 1, 2, 0, 1, 2, 0, 1]);
    assert_eq!(set.classes, ["0", "1", "2"]);
    assert_eq!(set.train.name(1), "train/000000.tar/000001");
    assert!(
        set.train.name(7).ends_with("long/000007"),
        "{}",
        set.train.name(7)
    );
    let stretches = set.train.stretches(2..6);
    assert_eq!(stretches.len(), 2, "of both shards");
    for ((file, stretch), begins) in stretches.into_iter().zip([2, 4]) {
        let bytes = fs::read(file).unwrap()[stretch.start as usize..stretch.end as usize].to_vec();
        let first = image::load_from_memory(&bytes).unwrap().to_rgb8();
        assert_eq!(*first, set.train.image(begins).unwrap().pixels);
        assert!(bytes.len() > 512, "the next one lies behind it");
    }
    for i in 0..8 {
        let image = set.train.image(i).unwrap();
        assert_eq!((image.width, image.height), (6, 6));
        let last = i32::from(image.pixels[5 * 6 * 3]);
        assert!((last - 10 * i as i32).abs() < 6, "{i}: {last}");
        assert!(set.train.memory(i) < 1 << 10);
    }
    assert_eq!(set.notes, ["kNN is tested on val"]);
    let again = opened(&fixture("webdataset")).unwrap();
    assert_eq!(again.fingerprint, set.fingerprint);
}

#[test]
fn words_in_json_are_classes_and_names_lead_nowhere() {
    let set = opened(&fixture("webdataset-json/000000.tar")).unwrap();
    assert_eq!(set.classes, ["cat", "dog", "eel"]);
    assert_eq!((set.train.len(), set.test.len()), (3, 3));
    let name = set.train.name(0);
    name.begins("000000.tar/../../00000");
    assert_eq!(set.name, "000000");
}

#[test]
fn shards_without_labels_train() {
    let home = tempfile::tempdir().unwrap();
    fs::copy(
        fixture("webdataset/train/000000.tar"),
        home.path().join("unlabeled-0.tar"),
    )
    .unwrap();
    let set = opened(home.path()).unwrap();
    assert_eq!(labels(&*set.train), [UNLABELLED; 4]);
    assert!(set.unjudged().is_some());
    fs::copy(
        fixture("webdataset/train/000001.tar"),
        home.path().join("train-0.tar"),
    )
    .unwrap();
    let set = opened(home.path()).unwrap();
    // One of each of three classes, of which two have a second, is held out.
    assert_eq!((set.train.len(), set.bank.len(), set.test.len()), (7, 3, 1));
}

#[test]
fn damaged_shards_are_a_sentence_each() {
    let good = fs::read(fixture("webdataset/train/000000.tar")).unwrap();
    let mut sum = good.clone();
    sum[1024] ^= 1;
    let mut words = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(2);
    header.set_cksum();
    words
        .append_data(&mut header, "readme.md", &b"hi"[..])
        .unwrap();
    for (bytes, says) in [
        (Vec::new(), "is empty"),
        (vec![0; 10240], "holds no training images"),
        (good[..700].to_vec(), "ends within a file; it is cut short"),
        (
            b"\x1f\x8b\x08".repeat(300),
            "is no tar archive; packed ones",
        ),
        (sum, "is damaged at byte 1024"),
        (words.into_inner().unwrap(), "holds no image, but readme.md"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("0.tar");
        fs::write(&path, bytes).unwrap();
        opened(&path).unwrap_err().says(says);
    }
}
