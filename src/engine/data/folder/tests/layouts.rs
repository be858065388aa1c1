//! Layouts of folders: parts by their common names, images without labels, and what is left out.

use super::{colour, laid_out, names, opened, put};
use crate::engine::data::trials::data;
use crate::engine::data::{DataSet, Source, UNLABELLED, open};
use crate::text::says::Says;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// A folder of so many images.
fn many(home: &Path, folder: impl AsRef<OsStr>, count: u8) {
    let folder = home.join(folder.as_ref());
    fs::create_dir_all(&folder).expect("created");
    for i in 0..count {
        put(&folder, &format!("{i}.png"), &colour(2, 2, [i, 0, 0]));
    }
}

fn sizes(set: &DataSet) -> (usize, usize, usize) {
    (set.classes.len(), set.train.len(), set.test.len())
}

#[test]
fn parts_are_found_by_their_common_names_in_any_case() {
    for (train, test, note) in [
        ("Train", "Test", "learns from Train"),
        ("training_set", "test_set", "kNN is tested on test_set"),
        ("training", "testing", "learns from training"),
        ("train", "Val", "kNN is tested on Val"),
        ("TRAIN", "valid", "kNN is tested on valid"),
    ] {
        let home = tempfile::tempdir().expect("a folder");
        for class in ["cat", "dog"] {
            many(home.path(), format!("{train}/{class}"), 4);
            many(home.path(), format!("{test}/{class}"), 2);
        }
        let set = opened(home.path()).expect("a good folder");
        assert_eq!(sizes(&set), (2, 8, 4), "{train}");
        assert!(set.notes.iter().any(|n| n == note), "{:?}", set.notes);
    }
}

#[test]
fn a_class_of_trains_is_a_class() {
    let home = laid_out(&["train/1.png", "train/2.png", "bus/1.png", "bus/2.png"]);
    let set = opened(home.path()).expect("a good folder");
    assert_eq!(set.classes, ["bus", "train"]);
}

#[test]
fn what_is_more_likely_parts_than_classes_is_said() {
    for (files, says) in [
        (
            &["fold1/1.png", "fold2/1.png"][..],
            "named like parts of a data set (fold1, fold2)",
        ),
        (
            &["test/a/1.png", "val/a/1.png"],
            "named like parts of a data set (test, val)",
        ),
        (
            &[
                "day/cat/1.png",
                "day/dog/1.png",
                "night/cat/1.png",
                "night/dog/1.png",
            ],
            "every class holds the same folders (cat, dog)",
        ),
    ] {
        let home = laid_out(files);
        let set = opened(home.path()).expect("a folder");
        assert!(
            set.notes.iter().any(|n| n.contains(says)),
            "{:?}",
            set.notes
        );
    }
    let plain = laid_out(&["cat/images/1.png", "dog/images/1.png"]);
    let notes = opened(plain.path()).expect("a folder").notes;
    assert!(
        !notes
            .iter()
            .any(|n| n.contains("parts") || n.contains("same")),
        "{notes:?}"
    );
}

#[test]
fn images_without_labels_train_and_knn_says_what_it_needs() {
    for (files, labels) in [
        (
            &["1.png", "2.png", "3.png"][..],
            "the images have no labels",
        ),
        (
            &["train/1.png", "train/2.png", "train/3.png"],
            "the images have no labels",
        ),
        (
            &["unlabeled/x/1.png", "unlabeled/x/2.png", "unlabeled/3.png"],
            "the images have no labels",
        ),
        (
            &["only/1.png", "only/2.png", "only/3.png"],
            "all images are of one class",
        ),
    ] {
        let home = laid_out(files);
        let set = opened(home.path()).expect("images");
        assert_eq!(
            (set.train.len(), set.test.len(), set.voters()),
            (3, 0, 0),
            "{files:?}"
        );
        assert!(
            set.notes.iter().any(|n| n.starts_with(labels)),
            "{:?}",
            set.notes
        );
        assert_eq!(set.fingerprint.train, 3);
    }
}

#[test]
fn unlabelled_images_beside_classes_train_and_do_not_vote() {
    let home = tempfile::tempdir().expect("a folder");
    for class in ["a", "b"] {
        many(home.path(), class, 10);
    }
    let labelled = opened(home.path()).expect("a good folder");
    many(home.path(), "Unlabelled", 5);
    let set = opened(home.path()).expect("a good folder");
    assert_eq!(
        (set.train.len(), set.bank.len(), set.test.len()),
        (23, 18, 2)
    );
    assert_eq!(set.train.label(22), UNLABELLED);
    assert!((0..18).all(|i| set.bank.label(i) < 2));
    assert_eq!(set.voters(), 18);
    let said = "learns from 5 unlabelled images too; kNN votes from the 18 labelled ones";
    assert!(set.notes.iter().any(|n| n == said), "{:?}", set.notes);
    assert_ne!(set.fingerprint.hash, labelled.fingerprint.hash);
}

#[cfg(unix)]
#[test]
fn names_that_are_no_text_are_classes_of_their_own() {
    use std::os::unix::ffi::OsStrExt;
    let home = tempfile::tempdir().expect("a folder");
    for class in [&b"caf\xe9"[..], b"caf\xe8", b"the"] {
        many(home.path(), OsStr::from_bytes(class), 12);
    }
    let set = opened(home.path()).expect("a good folder");
    assert_eq!(
        (set.classes.len(), set.train.len() + set.test.len()),
        (3, 36)
    );
    assert_eq!(set.classes, ["caf\\xe8", "caf\\xe9", "the"]);
    assert!(
        names(&*set.train)
            .iter()
            .any(|name| name.starts_with("caf\\xe9/"))
    );
}

#[cfg(unix)]
#[test]
fn what_is_left_out_is_counted_by_its_reason() {
    let home = tempfile::tempdir().expect("a folder");
    for class in ["a", "b"] {
        many(home.path(), class, 3);
    }
    let at = |name: &str| home.path().join(name);
    for file in [
        "a/1.heic",
        "a/2.HEIC",
        "b/3.heic",
        "b/list.txt",
        "b/.hidden.png",
    ] {
        fs::write(at(file), b"x").expect("written");
    }
    for folder in [
        "lost+found",
        "@eaDir",
        "__MACOSX",
        ".ipynb_checkpoints",
        "a/@eaDir",
    ] {
        many(home.path(), folder, 1);
    }
    fs::create_dir(at("empty")).expect("created");
    many(home.path(), "", 1);
    std::os::unix::fs::symlink("/nowhere", at("a/gone.png")).expect("linked");
    std::os::unix::fs::symlink(home.path(), at("b/round")).expect("linked");
    std::os::unix::fs::symlink("self.png", at("b/self.png")).expect("linked");
    let made = std::process::Command::new("mkfifo")
        .arg(at("b/pipe.png"))
        .status();
    assert!(made.is_ok_and(|status| status.success()));
    let set = opened(home.path()).expect("a good folder");
    assert_eq!(
        (set.classes.clone(), set.train.len() + set.test.len()),
        (vec!["a".into(), "b".into()], 6)
    );
    for says in [
        "files not read: 3 .heic, 1 .txt (jpg, png, webp, bmp, gif and tif are)",
        "4 folders of the system are left out: @eaDir, __MACOSX, lost+found and 1 more",
        "3 links lead nowhere or round in a circle and are left out: a/gone.png, b/round, b/self.png",
        "1 pipe or device is left out: b/pipe.png",
        "1 folder holds no images and is left out: empty",
        "1 image is in no class folder and is left out: 0.png",
    ] {
        assert!(
            set.notes.iter().any(|n| n == says),
            "{says}\n{:#?}",
            set.notes
        );
    }
    assert_eq!(set.left_out.all().count(), 14);
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_read_is_left_out_and_counted() {
    use std::os::unix::fs::PermissionsExt;
    let home = super::home(3);
    let shut = home.path().join("a/shut");
    fs::create_dir(&shut).expect("created");
    let allow = |mode| fs::set_permissions(&shut, fs::Permissions::from_mode(mode));
    allow(0).expect("shut");
    if fs::read_dir(&shut).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    let set = opened(home.path());
    allow(0o700).expect("opened again");
    set.expect("a good folder")
        .notes
        .join("\n")
        .says("can't be opened");
}

#[test]
fn other_formats_are_named_with_what_to_do() {
    for (file, says) in [
        (
            "data-00000-of-00001.arrow",
            "is a table of a Hugging Face data set; load it by",
        ),
        ("emnist.mat", "is MATLAB's format"),
        (
            "emnist-balanced-train-images-idx3-ubyte.gz",
            "is a file of EMNIST; name the four",
        ),
        ("a.h5", "is an HDF5 file"),
        ("data.zip", "is an archive; unpack it and give the folder"),
        ("cat/1.heic", "is an image of a kind that can't be read"),
    ] {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        fs::write(&path, b"x").expect("written");
        let error = opened(home.path()).expect_err(file).to_string();
        let said = crate::engine::data::format::of_file(&path).unwrap_or_default();
        assert!(error.contains(says) || said.contains(says), "{error}");
    }
}

#[test]
fn images_of_more_pixels_than_are_wanted_are_left_out_and_named() {
    let home = super::home(3);
    put(home.path(), "a/large.png", &colour(1001, 1000, [0; 3]));
    // A header that promises 100,000 x 100,000.
    let mut lies = b"BM".to_vec();
    lies.extend([154, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0]);
    lies.extend([60_000_u32.to_le_bytes(), 60_000_u32.to_le_bytes()].concat());
    lies.extend([1, 0, 24, 0]);
    lies.resize(154, 0);
    fs::write(home.path().join("b/lies.bmp"), lies).expect("written");
    let mut data = data(Source::Folder, home.path());
    data.largest = 1;
    let set = open(&data).expect("a good folder");
    assert_eq!(set.train.len() + set.test.len(), 6);
    let note = set.notes.last().expect("a note");
    note.says("2 unreadable images skipped");
    note.says("a/large.png (1001 x 1000 pixels are more than the 1 megapixels of data.largest)");
    note.says("b/lies.bmp (60000 x 60000");
    let more = crate::engine::data::Data { largest: 2, ..data };
    let all = crate::engine::data::open(&more).expect("a good folder");
    assert_eq!(all.train.len() + all.test.len(), 7);
    assert_ne!(all.fingerprint.hash, set.fingerprint.hash);
}

#[test]
fn a_folder_that_is_no_part_and_classes_within_a_class_are_said() {
    let beside = laid_out(&[
        "train/a/1.png",
        "train/b/1.png",
        "test/a/1.png",
        "test/b/1.png",
        "extra/1.png",
    ]);
    let within = laid_out(&["only/a/1.png", "only/b/1.png"]);
    for (home, says) in [
        (
            beside,
            "1 folder beside the training images isn't used: extra",
        ),
        (
            within,
            "only is taken as one class; if the folders in it (a, b)",
        ),
    ] {
        let notes = opened(home.path()).expect("images").notes;
        assert!(notes.iter().any(|n| n.starts_with(says)), "{notes:#?}");
    }
}

#[test]
fn an_image_takes_memory_until_it_is_kept() {
    let home = laid_out(&["a/1.png", "b/1.png"]);
    let set = opened(home.path()).expect("images");
    assert!(set.train.memory(0) > 0);
    set.train.image(0).expect("an image");
    assert_eq!(set.train.memory(0), 0);
}
