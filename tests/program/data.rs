//! Data sets of every kind: found without being named, described, and trained on.

use crate::scratch::{Says, Scratch};
use std::fs;
use std::path::Path;

fn fixture(name: &str) -> String {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/data");
    home.join(name).to_str().unwrap().to_owned()
}

#[test]
fn every_kind_is_found_without_being_named() {
    let scratch = Scratch::new();
    for (name, source, says) in [
        ("numpy/colour.npz", "npz", "3: 0, 1, 2"),
        ("numpy/plain", "npz", "2: 0, 1"),
        ("parquet/hub", "parquet", "3: cat, dog, eel"),
        ("parquet/kinds/zstd.parquet", "parquet", "3: 0, 1, 2"),
        ("webdataset", "webdataset", "3: 0, 1, 2"),
        (
            "webdataset-json/000000.tar",
            "webdataset",
            "3: cat, dog, eel",
        ),
    ] {
        let path = fixture(name);
        let text = scratch.prints(&["data", "check", &path, "--all"]);
        for said in [
            says,
            &format!("--set data.source={source} --set data.path="),
            "none is damaged",
        ] {
            assert!(text.contains(said), "{name}: {text}");
        }
    }
    let loose = scratch.path("loose");
    fs::create_dir(&loose).unwrap();
    for shade in [10, 200] {
        let image = image::RgbImage::from_pixel(16, 16, image::Rgb([shade; 3]));
        image.save(loose.join(format!("{shade}.bmp"))).unwrap();
    }
    let text = scratch.prints(&["data", "check", loose.to_str().unwrap()]);
    text.says("(A folder of images, in one sub-folder per class if they have labels,");
    text.says("none: the images have no labels");
    let (bank, path) = (fixture("parquet/hub"), fixture("webdataset"));
    let text = scratch.prints(&["data", "check", &path, "--bank", &bank]);
    text.says("--set data.bank=");
    text.says("3: cat, dog, eel");
    scratch
        .refuses(&["data", "check", &fixture("parquet/kinds/text.parquet")])
        .says("has no column of images");
}

#[test]
fn stats_say_what_images_are_like_and_which_come_twice() {
    let scratch = Scratch::new();
    let home = tempfile::tempdir().unwrap();
    let put = |name: &str, value: u8, side: u32| {
        let path = home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        image::RgbImage::from_pixel(side, 2, image::Rgb([value, 0, 255]))
            .save(path)
            .unwrap();
    };
    for (name, value, side) in [
        ("train/cat/1.png", 0, 2),
        ("train/cat/2.png", 255, 2),
        ("train/dog/1.png", 0, 2),
        ("train/dog/2.png", 9, 4),
        ("test/cat/1.png", 255, 2),
        ("test/dog/1.png", 7, 2),
    ] {
        put(name, value, side);
    }
    let path = home.path().to_str().unwrap();
    let found = scratch.json(&["data", "stats", path, "--json"]);
    let train = &found["parts"][0];
    assert_eq!(
        (&train["images"], &train["classes"]),
        (&4.into(), &serde_json::json!([2, 2]))
    );
    assert_eq!(train["width"], serde_json::json!([2, 2, 4]));
    assert_eq!(train["mean"][2], 1.0);
    assert_eq!(
        train["duplicates"],
        serde_json::json!([["train/dog/1.png", "train/cat/1.png"]])
    );
    assert_eq!(found["leaked"][0]["same"], "train/cat/2.png");
    let text = scratch.prints(&["data", "stats", path]);
    text.says("training     4 images");
    text.says("2  cat");
    text.says("  sizes      2 to 4 wide, 2 to 2 high");
    text.says("train/dog/1.png is train/cat/1.png");
    text.says("warning      1 image is among the training or labelled images, too");
}

#[test]
fn an_epoch_on_every_kind_is_judged_by_knn() {
    let scratch = Scratch::new();
    for (path, bank) in [
        ("numpy/colour.npz", None),
        ("parquet/hub", None),
        ("webdataset", None),
        ("numpy/gray-multi-label.npz", Some("parquet/hub")),
    ] {
        let path = format!("data.path={}", fixture(path));
        let bank = bank.map_or_else(String::new, |bank| {
            format!("--set data.bank={}", fixture(bank))
        });
        let text = scratch.prints(&format!(
            "run quick --json --epochs 1 --set data.source=folder --set {path} {bank} --set train.batch=4 \
             --set train.warmup=0 --set model.width=4 --set model.encoder=resnet10 --set knn.k=2 --set knn.every=1 \
             --set data.image_size=8"
        ));
        text.says("\"knn\":");
        text.says("\"outcome\":\"completed\"");
    }
}

#[test]
fn a_pack_is_made_once_and_trained_on() {
    let scratch = Scratch::new();
    let home = tempfile::tempdir().unwrap();
    let to = home.path().join("small.tar");
    let to = to.to_str().unwrap();
    let pack = format!("data pack {} --to {to} --size 8", fixture("parquet/hub"));
    scratch.prints(&pack).says("3: cat, dog, eel");
    scratch.refuses(&pack).says("is there already");
    let other = format!("data pack {} --to small.zip", fixture("webdataset"));
    scratch.refuses(&other).says("must end in .tar");
    let check = format!("data check {to} --all");
    scratch.prints(&check).says("none is damaged");
}
