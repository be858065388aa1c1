//! Packs made, interrupted, damaged and read.

use super::*;
use crate::engine::data::{Images, Source, open as open_set};
use std::fs;

const SHAPE: Shape = Shape {
    size: 6,
    quality: Some(90),
};

/// Two classes of images of 9 x 12 pixels, all different, and one of 4 x 5.
fn folder() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for class in ["cat", "dog"] {
        fs::create_dir(home.path().join(class)).unwrap();
        for i in 0..10 {
            let size = if (class, i) == ("cat", 0) {
                (4, 5)
            } else {
                (9, 12)
            };
            let image = image::RgbImage::from_fn(size.0, size.1, |x, y| {
                image::Rgb([(x * 20) as u8, (y * 15) as u8, i * 20])
            });
            image
                .save(home.path().join(format!("{class}/{i}.png")))
                .unwrap();
        }
    }
    home
}

fn set(source: Source, path: &Path) -> DataSet {
    let data = Data {
        source,
        path: path.display().to_string(),
        ..Data::default()
    };
    open_set(&data).unwrap()
}

fn pack(from: &Path, to: &Path, shape: Shape) -> Vec<String> {
    let mut packing = Packing::begin(set(Source::Folder, from), to, shape).unwrap();
    while packing.step().unwrap() {}
    packing.finish().unwrap()
}

fn all(set: &DataSet) -> Vec<(String, u32, Arc<Image>)> {
    let one =
        |images: &Arc<dyn Images>, i| (images.name(i), images.label(i), images.image(i).unwrap());
    let part = |images: &Arc<dyn Images>| {
        (0..images.len())
            .map(|i| one(images, i))
            .collect::<Vec<_>>()
    };
    [part(&set.train), part(&set.test)].concat()
}

#[test]
fn a_pack_holds_the_same_images_names_and_classes() {
    let (from, home) = (folder(), tempfile::tempdir().unwrap());
    let (small, whole) = (home.path().join("small.tar"), home.path().join("whole.tar"));
    let raw = Shape {
        size: 0,
        quality: None,
    };
    assert!(pack(from.path(), &small, SHAPE).is_empty());
    assert!(pack(from.path(), &whole, raw).is_empty());
    let there = set(Source::Folder, from.path());
    let (small, whole) = (
        set(Source::WebDataset, &small),
        set(Source::WebDataset, &whole),
    );
    assert_eq!(all(&whole), all(&there));
    assert_eq!((small.train.len(), small.test.len()), (18, 2));
    for ((name, label, image), (old_name, old_label, old)) in
        all(&small).into_iter().zip(all(&there))
    {
        assert_eq!((name, label), (old_name, old_label));
        let smaller = if old.width == 4 { (4, 5) } else { (6, 8) };
        assert_eq!((image.width, image.height), smaller);
    }
    let [(file, stretch)] = &whole.train.stretches(0..18)[..] else {
        panic!("not one stretch");
    };
    assert!(file.ends_with("whole.tar") && stretch.end - stretch.start > 17 * 9 * 12 * 3);
    let keeps = |set: &DataSet| {
        let [first, again] = [0, 0].map(|i| set.train.image(i).unwrap());
        Arc::ptr_eq(&first, &again)
    };
    // What is decoded is kept; pixels are what the system keeps for all processes.
    assert_eq!([keeps(&small), keeps(&whole)], [true, false]);
    assert_eq!(small.classes, ["cat", "dog"]);
    assert_ne!(small.fingerprint, whole.fingerprint);
}

#[test]
fn a_pack_that_was_interrupted_anywhere_ends_as_if_it_had_not_been() {
    let (from, home) = (folder(), tempfile::tempdir().unwrap());
    let undisturbed = home.path().join("a.tar");
    pack(from.path(), &undisturbed, SHAPE);
    let undisturbed = fs::read(undisturbed).unwrap();
    let to = home.path().join("b.tar");
    let begin = || Packing::begin(set(Source::Folder, from.path()), &to, SHAPE).unwrap();
    begin().step().unwrap();
    let beside = |ending: &str| home.path().join(format!("b.tar{ending}"));
    let (part, journal) = (
        fs::read(beside(".part")).unwrap(),
        fs::read(beside(".part.index")).unwrap(),
    );
    for (images, records) in [
        (part.len(), journal.len()),
        (part.len() - 600, journal.len()),
        (part.len(), journal.len() - 1),
        (part.len() / 2, journal.len() / 2),
        (0, journal.len()),
        (part.len(), 0),
        (part.len(), 30),
    ] {
        fs::write(beside(".part"), &part[..images]).unwrap();
        fs::write(beside(".part.index"), &journal[..records]).unwrap();
        let mut packing = begin();
        while packing.step().unwrap() {}
        packing.finish().unwrap();
        assert!(fs::read(&to).unwrap() == undisturbed, "{images} {records}");
        assert!(!beside(".part").exists() && !beside(".part.index").exists());
        fs::remove_file(&to).unwrap();
    }
    begin().step().unwrap();
    let other = Shape { size: 7, ..SHAPE };
    let other = Packing::begin(set(Source::Folder, from.path()), &to, other);
    let why = other.err().unwrap().to_string();
    assert!(
        why.ends_with(
            "b.tar.part.index: was begun with other images or settings; remove it to begin anew"
        ),
        "{why}"
    );
}

#[test]
fn an_image_that_cannot_be_read_is_left_out_also_where_packing_goes_on() {
    let (from, home) = (folder(), tempfile::tempdir().unwrap());
    let (to, bad) = (home.path().join("a.tar"), from.path().join("dog/3.png"));
    // Its header is good, so that it is noticed late.
    let bytes = fs::read(&bad).unwrap();
    fs::write(&bad, &bytes[..bytes.len() - 40]).unwrap();
    let begin = || Packing::begin(set(Source::Folder, from.path()), &to, SHAPE).unwrap();
    begin().step().unwrap();
    let packing = begin();
    assert_eq!(packing.progress(), (20, 20));
    let left_out = packing.finish().unwrap();
    assert!(
        left_out.len() == 1 && left_out[0].contains("dog/3.png"),
        "{left_out:?}"
    );
    let packed = set(Source::WebDataset, &to);
    assert_eq!(packed.train.len() + packed.test.len(), 19);
}

#[test]
fn a_changed_byte_is_noticed() {
    let (from, home) = (folder(), tempfile::tempdir().unwrap());
    let to = home.path().join("a.tar");
    pack(from.path(), &to, SHAPE);
    let good = fs::read(&to).unwrap();
    let data = Data {
        source: Source::WebDataset,
        path: to.display().to_string(),
        ..Data::default()
    };
    let mut bytes = good.clone();
    bytes[600] ^= 1;
    fs::write(&to, &bytes).unwrap();
    let why = open_set(&data)
        .unwrap()
        .train
        .image(0)
        .unwrap_err()
        .to_string();
    assert!(
        why.ends_with("cat/0.png in it: its bytes have changed since they were packed"),
        "{why}"
    );
    let mark = good.len() - 1536;
    let length = u64::from_le_bytes(*good[mark + 24..].first_chunk().unwrap());
    let begin = u64::from_le_bytes(*good[mark + 16..].first_chunk().unwrap());
    for place in (begin..begin + length).chain(mark as u64 + 16..mark as u64 + 36) {
        let mut bytes = good.clone();
        bytes[place as usize] ^= 1;
        fs::write(&to, &bytes).unwrap();
        let why = open_set(&data).unwrap_err().to_string();
        assert!(
            why.contains("its index is damaged") || why.contains("later version"),
            "{place}: {why}"
        );
    }
}

#[test]
fn a_pack_is_never_taken_for_a_shard() {
    let (from, home) = (folder(), tempfile::tempdir().unwrap());
    let to = home.path().join("test.tar");
    pack(from.path(), &to, SHAPE);
    assert_eq!(set(Source::WebDataset, &to).train.len(), 18);
    fs::rename(&to, home.path().join("train.tar")).unwrap();
    let data = Data {
        source: Source::WebDataset,
        path: home.path().display().to_string(),
        ..Data::default()
    };
    let why = open_set(&data).unwrap_err().to_string();
    assert!(
        why.ends_with("is a whole data set; give this file itself"),
        "{why}"
    );
}
