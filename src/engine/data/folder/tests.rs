//! Good and bad folders, written anew for each test.

use crate::engine::data::decode::Bounds;
use crate::engine::data::trials::data;
use crate::engine::data::{Data, DataError, DataSet, Progress, Source, Watch, open, open_watched};
use crate::text::says::Says;
use image::{DynamicImage, ImageFormat, Luma, Rgb, Rgba};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use tempfile::TempDir;

fn put(home: &Path, file: &str, image: &DynamicImage) {
    let path = home.join(file);
    fs::create_dir_all(path.parent().expect("a file in a folder")).expect("created");
    let format = ImageFormat::from_path(&path).expect("a known ending");
    image.save_with_format(path, format).expect("saved");
}

fn colour(width: u32, height: u32, rgb: [u8; 3]) -> DynamicImage {
    DynamicImage::ImageRgb8(image::RgbImage::from_pixel(width, height, Rgb(rgb)))
}

/// Classes `a` and `b` of `count` images each.
fn home(count: u8) -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    for i in (0..count).rev() {
        put(
            home.path(),
            &format!("a/{i:02}.png"),
            &colour(4, 3, [i, 0, 0]),
        );
        put(
            home.path(),
            &format!("b/{i:02}.png"),
            &colour(3, 5, [i, 0, 1]),
        );
    }
    home
}

fn opened(home: &Path) -> Result<DataSet, DataError> {
    open(&data(Source::Folder, home))
}

fn names(set: &dyn crate::engine::data::Images) -> Vec<String> {
    (0..set.len()).map(|i| set.name(i)).collect()
}

#[test]
fn a_tenth_of_each_class_is_held_out_and_said() {
    let home = home(20);
    let set = opened(home.path()).expect("a good folder");
    assert_eq!((set.train.len(), set.test.len()), (36, 4));
    assert_eq!(set.classes, ["a", "b"]);
    let labels: Vec<_> = (0..4).map(|i| set.test.label(i)).collect();
    assert_eq!(labels, [0, 0, 1, 1]);
    let train = names(&*set.train);
    assert!(train.is_sorted(), "{train:?}");
    assert!(names(&*set.test).iter().all(|name| !train.contains(name)));
    set.notes[0].says("4 images, is held out");
    let again = opened(home.path()).expect("a good folder");
    assert_eq!(
        (names(&*again.train), again.fingerprint),
        (train, set.fingerprint)
    );
}

#[test]
fn opening_tells_of_each_file_and_header_and_ends_where_its_watcher_wants() {
    let home = home(20);
    let data = data(Source::Folder, home.path());
    // What was told until the watcher wanted no more, and whether it was obeyed.
    let told = |enough: fn(Progress) -> bool| {
        let told = Mutex::new(Vec::new());
        let tell = |progress| {
            told.lock().expect("no panic").push(progress);
            !enough(progress)
        };
        let opened = open_watched(&data, &Watch::new(&tell));
        let stopped = matches!(opened, Err(DataError::Stopped));
        assert_eq!(stopped, opened.is_err());
        (told.into_inner().expect("no panic"), stopped)
    };
    let (whole, stopped) = told(|_| false);
    // Two folders of twenty files each, seen from above, too.
    let files = (1..=44).map(Progress::Found);
    let headers = (1..=36).map(|done| Progress::Checked(done, 36));
    let test = (1..=4).map(|done| Progress::Checked(done, 4));
    for progress in files.chain(headers).chain(test) {
        assert!(whole.contains(&progress), "{progress}");
    }
    assert_eq!((whole.len(), stopped), (84, false));
    // A thread may be at one more file by then.
    let threads = rayon::current_num_threads();
    let (few, stopped) = told(|progress| matches!(progress, Progress::Found(7..)));
    assert!(stopped && few.len() <= 7 + threads, "{few:?}");
    let (some, stopped) = told(|progress| matches!(progress, Progress::Checked(5.., _)));
    assert!(stopped && some.len() <= 44 + 5 + threads, "{some:?}");
}

#[test]
fn train_and_test_folders_are_taken_as_they_are() {
    let home = tempfile::tempdir().expect("a folder");
    for file in [
        "train/a/1.png",
        "train/b/deeper/2.PNG",
        "train/c/3.png",
        "val/b/4.png",
        "val/c/5.png",
        "val/new/6.png",
    ] {
        put(home.path(), file, &colour(2, 2, [9, 9, 9]));
    }
    let set = opened(home.path()).expect("a good folder");
    assert_eq!(
        (set.train.len(), set.test.len(), set.classes.len()),
        (3, 2, 3)
    );
    assert_eq!((set.test.label(0), set.test.label(1)), (1, 2));
    assert_eq!(set.train.name(1), "train/b/deeper/2.PNG");
    assert_eq!(set.notes[0], "kNN is tested on val");
    set.notes[1].ends("left out: new");
}

/// A folder of these files, each an image of one colour.
fn laid_out(files: &[&str]) -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    for file in files {
        put(home.path(), file, &colour(2, 2, [9, 9, 9]));
    }
    home
}

const TRAIN: [&str; 4] = [
    "train/a/1.png",
    "train/a/2.png",
    "train/b/1.png",
    "train/b/2.png",
];

#[test]
fn the_labelled_test_folder_is_found_and_named() {
    for (files, first, note) in [
        (&["test/a/1.png", "test/b/2.png"][..], "test/a/1.png", None),
        (
            &["test/a/1.png", "test/b/2.png", "val/a/3.png", "val/b/3.png"],
            "test/a/1.png",
            Some("kNN is tested on test; val is not used"),
        ),
        (
            &["test/images/1.png", "val/a/3.png", "val/b/3.png"],
            "val/a/3.png",
            Some("kNN is tested on val; test is left out: it holds no folder of a training class"),
        ),
    ] {
        let home = laid_out(&[&TRAIN[..], files].concat());
        let set = opened(home.path()).expect("a good folder");
        assert_eq!((set.train.len(), set.test.len()), (4, 2));
        assert_eq!(set.test.name(0), first);
        let said = set.notes.first().map(String::as_str);
        assert_eq!(said.is_some(), note.is_some(), "{said:?}");
        assert!(
            said.unwrap_or("").starts_with(note.unwrap_or("")),
            "{said:?}"
        );
    }
}

#[test]
fn test_images_without_labels_are_said_and_a_tenth_held_out() {
    let home = laid_out(&[&TRAIN[..], &["test/1.png", "test/2.png"]].concat());
    let set = opened(home.path()).expect("a good folder");
    assert_eq!((set.train.len(), set.test.len()), (2, 2));
    set.notes[0].begins("test is left out");
    set.notes[1].says("a tenth of each class");
}

/// Tiny ImageNet with two classes and as many validation images as lines of annotations.
fn tiny(annotations: &str) -> TempDir {
    let home = laid_out(&[
        "train/n01/images/n01_0.JPEG",
        "train/n01/images/n01_1.JPEG",
        "train/n02/images/n02_0.JPEG",
        "val/images/val_0.JPEG",
        "val/images/val_1.JPEG",
        "val/images/val_2.JPEG",
        "test/images/test_0.JPEG",
    ]);
    let write = |file: &str, text: &str| fs::write(home.path().join(file), text).expect("written");
    write("train/n01/n01_boxes.txt", "n01_0.JPEG\t0\t0\t1\t1\n");
    write("val/val_annotations.txt", annotations);
    write(
        "words.txt",
        "n00\tthing\nn01\tcrane, bird\nn02\tgoldfish, Carassius auratus\n",
    );
    home
}

#[test]
fn tiny_imagenet_keeps_its_validation_labels_in_a_file() {
    let home = tiny(
        "val_2.JPEG\tn01\t0\t0\t9\t9\nval_0.JPEG\tn02\t0\t0\t9\t9\nval_1.JPEG\tn01\t1\t1\t2\t2\n",
    );
    let set = opened(home.path()).expect("a good folder");
    assert_eq!(set.classes, ["crane", "goldfish"]);
    assert_eq!((set.train.len(), set.bank.len(), set.test.len()), (3, 3, 3));
    let of = |i: usize| (set.test.name(i), set.test.label(i));
    assert_eq!(of(0), ("val/images/val_1.JPEG".to_owned(), 0));
    assert_eq!(of(1), ("val/images/val_2.JPEG".to_owned(), 0));
    assert_eq!(of(2), ("val/images/val_0.JPEG".to_owned(), 1));
    set.notes[0].begins("kNN is tested on val; test is left out");
}

#[test]
fn annotations_that_do_not_fit_the_images_are_said() {
    let home = tiny("val_0.JPEG n02\nval_9.JPEG n01\n\nval_1.JPEG n77\n");
    let set = opened(home.path()).expect("a good folder");
    assert_eq!((set.test.len(), set.test.label(0)), (1, 1));
    let notes = set.notes.join("\n");
    notes.says("1 images named in it but not there: val_9.JPEG");
    notes.says("left out: val_2.JPEG");
    notes.says("left out: n77");
    opened(tiny("val_0.JPEG\n").path())
        .expect_err("no class")
        .says("val_annotations.txt: line 1 names no image and its class");
}

#[test]
fn classes_of_one_word_keep_their_numbers() {
    let home = tiny("val_0.JPEG\tn02\n");
    fs::write(
        home.path().join("words.txt"),
        "n01\tcrane, bird\nn02\tcrane, machine\n",
    )
    .expect("written");
    let set = opened(home.path()).expect("a good folder");
    assert_eq!(set.classes, ["crane (n01)", "crane (n02)"]);
}

#[test]
fn texts_too_large_for_tiny_imagenet_are_not_read() {
    let home = tiny("val_0.JPEG\tn02\n");
    // What follows the text is a hole.
    let lengthen = |file: &str| {
        let file = fs::File::options().write(true).open(home.path().join(file));
        file.and_then(|file| file.set_len((32 << 20) + 1))
            .expect("lengthened");
    };
    lengthen("words.txt");
    let set = opened(home.path()).expect("a good folder");
    assert_eq!(set.classes, ["n01", "n02"]);
    lengthen("val/val_annotations.txt");
    opened(home.path())
        .expect_err("no text")
        .says("is larger than");
}

#[test]
fn the_folder_above_will_do() {
    let home = laid_out(
        &TRAIN
            .map(|file| format!("deeper/{file}"))
            .each_ref()
            .map(String::as_str),
    );
    let above = opened(home.path()).expect("a good folder");
    let itself = opened(&home.path().join("deeper")).expect("a good folder");
    assert_eq!(above.fingerprint, itself.fingerprint);
    above.notes[0].ends("deeper");
}

#[test]
fn every_kind_of_image_becomes_rgb() {
    let home = home(2);
    let gray = DynamicImage::ImageLuma8(image::GrayImage::from_pixel(2, 2, Luma([77])));
    let deep = DynamicImage::ImageRgb16(image::ImageBuffer::from_pixel(
        2,
        2,
        Rgb([0x1234, 0xffff, 0]),
    ));
    let clear = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(2, 2, Rgba([1, 2, 3, 0])));
    put(home.path(), "a/x_gray.png", &gray);
    put(home.path(), "a/x_deep.png", &deep);
    put(home.path(), "a/x_clear.webp", &clear);
    put(
        home.path(),
        "a/x_photo.JPEG",
        &colour(16, 8, [200, 100, 50]),
    );
    put(home.path(), "a/x_bitmap.BMP", &colour(2, 2, [5, 6, 7]));
    let set = opened(home.path()).expect("a good folder");
    let find = |name: &str| {
        let both = [&set.train, &set.test];
        let at = |part: &&std::sync::Arc<dyn crate::engine::data::Images>| {
            (0..part.len())
                .find(|i| part.name(*i).contains(name))
                .map(|i| part.image(i).expect(name))
        };
        both.iter().find_map(at).expect(name)
    };
    assert_eq!(find("gray").pixels[..3], [77, 77, 77]);
    assert_eq!(find("deep").pixels[..3], [0x12, 255, 0]);
    assert_eq!(find("clear").pixels[..3], [1, 2, 3]);
    assert_eq!(find("bitmap").pixels[..3], [5, 6, 7]);
    let photo = find("photo");
    assert_eq!((photo.width, photo.height), (16, 8));
    assert!(
        photo.pixels[0].abs_diff(200) < 4,
        "{:?}",
        &photo.pixels[..3]
    );
}

#[test]
fn unreadable_images_are_counted_and_named() {
    let home = home(10);
    for i in 0..5 {
        fs::write(
            home.path().join(format!("a/bad{i}.jpg")),
            b"not an image at all",
        )
        .expect("written");
    }
    fs::write(home.path().join("b/empty.png"), b"").expect("written");
    fs::write(home.path().join("b/._hidden.png"), b"").expect("written");
    let set = opened(home.path()).expect("a good folder");
    assert_eq!(set.train.len() + set.test.len(), 20);
    let note = set.notes.last().expect("a note");
    note.begins("6 unreadable images skipped: a/bad");
    note.ends("and 3 more");
}

#[test]
fn images_cut_short_are_named_when_they_are_decoded() {
    let home = home(3);
    let noise =
        image::RgbImage::from_fn(64, 64, |x, y| Rgb([(x * y % 251) as u8, x as u8, y as u8]));
    for name in ["a/cut.png", "a/cut.jpg", "b/cut.bmp", "b/cut.webp"] {
        let path = home.path().join(name);
        put(home.path(), name, &DynamicImage::ImageRgb8(noise.clone()));
        let bytes = fs::read(&path).expect("just written");
        fs::write(&path, &bytes[..bytes.len() * 3 / 4]).expect("cut");
    }
    let set = opened(home.path()).expect("headers are whole");
    assert_eq!(set.train.len() + set.test.len(), 10);
    for part in [&set.train, &set.test] {
        for i in 0..part.len() {
            let cut = part.name(i).contains("cut");
            assert_eq!(part.image(i).is_err(), cut, "{}", part.name(i));
        }
    }
}

#[test]
fn what_follows_a_photograph_does_no_harm() {
    let home = home(2);
    put(home.path(), "a/x.jpg", &colour(9, 9, [1, 2, 3]));
    let path = home.path().join("a/x.jpg");
    let mut bytes = fs::read(&path).expect("just written");
    bytes.extend([0, 0xff, 0xda, 7, 0xff, 0xd8, 0xff]);
    fs::write(&path, bytes).expect("written");
    assert!(crate::engine::data::decode::decode(&path, Bounds::new(64)).is_ok());
}

#[test]
fn folders_without_images_are_a_sentence() {
    let sentence = |home: &TempDir| opened(home.path()).expect_err("no data set").to_string();
    let empty = tempfile::tempdir().expect("a folder");
    sentence(&empty).says("holds no images (jpg, png, webp, bmp, gif or tif)");
    let bad = tempfile::tempdir().expect("a folder");
    for file in ["a/1.png", "a/2.png", "b/1.png", "b/2.png"] {
        put(bad.path(), file, &colour(2, 2, [0; 3]));
        fs::write(bad.path().join(file), b"junk").expect("written");
    }
    let text = sentence(&bad);
    text.says("has no readable training images");
    text.says("4 unreadable");
}

mod images;
mod layouts;
