//! `explore`: maps, lists of images, and what views are to a network.

use crate::scratch::{Says, Scratch, TINY};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

#[test]
fn a_map_has_the_runs_own_knn_and_is_the_same_again() {
    let scratch = Scratch::new();
    scratch.prints(TINY);
    let mapped = scratch.json(&["explore", "tiny", "--json"]);
    let points = mapped["map"]["points"].as_array().unwrap();
    let right = points.iter().filter(|p| p["class"] == p["taken_for"]);
    let share = 100.0 * right.count() as f64 / points.len() as f64;
    let knn = scratch.json(&["show", "tiny", "--json"])["knn"]
        .as_f64()
        .unwrap();
    assert!((share - knn).abs() < 1e-9, "{share} and {knn}");
    let page = scratch.path("map.html");
    let again = ["explore", "tiny", "--json", "--to", page.to_str().unwrap()];
    let output = scratch.output(&again);
    let kept: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(kept, mapped, "the very same map, its time too");
    String::from_utf8_lossy(&output.stderr).says("map is of this network and these images already");
    let page = fs::read_to_string(page).unwrap();
    page.says("data:image/jpeg;base64,");
    assert!(!page.contains("{{"), "something was not filled in");
    scratch
        .prints(&["explore", "tiny", "--limit", "10"])
        .says("10 of 40 test images in h");
    let mut again = scratch.json(&["explore", "tiny", "--json"]);
    assert_ne!(again["map"]["at"], mapped["map"]["at"]);
    again["map"]["at"] = mapped["map"]["at"].clone();
    assert_eq!(again, mapped, "made anew, as other images were on the map");
    let made_of = |args: &[&str]| {
        let args = [&["explore", "tiny", "--no-save", "--json"], args].concat();
        scratch.json(&args)["map"]["made_of"].clone()
    };
    assert_eq!(made_of(&[]), mapped["map"]["made_of"]);
    assert_ne!(
        made_of(&["--set", "data.image_size=12"]),
        mapped["map"]["made_of"],
        "other sizes make another map"
    );
    let itself = scratch.json(&["explore", "tiny", "--json", "--with", "tiny", "--no-save"]);
    assert!(
        (itself["with"]["cka"].as_f64().unwrap() - 1.0).abs() < 1e-9,
        "{itself}"
    );
    assert_eq!(itself["with"]["neighbours"], 1.0);
    let refused = scratch.refuses(&["explore", "tiny", "--to", "map.gif"]);
    refused.says("has to end with .html, .png, .svg, .csv or projector_config.pbtxt");
}

fn numbers(pairs: &Value) -> Vec<(f64, f64)> {
    let pairs = pairs.as_array().unwrap().iter();
    let number = |pair: &Value, nth: usize| pair[nth].as_f64().unwrap();
    pairs
        .map(|pair| (number(pair, 0), number(pair, 1)))
        .collect()
}

#[test]
fn views_fall_where_their_cosines_say_and_invariance_is_measured() {
    let scratch = Scratch::new();
    scratch.prints(TINY);
    let map = &scratch.json(&["explore", "tiny", "--json"])["map"];
    assert_eq!(
        (&map["bank_images"], &map["invariance"]["images"]),
        (&64.into(), &40.into())
    );
    for point in map["points"].as_array().unwrap() {
        let (bank, views) = (numbers(&point["bank"]), numbers(&point["views"]));
        assert_eq!((bank.len(), views.len()), (8, 8), "{point}");
        assert!(bank.is_sorted_by(|a, b| a.1 >= b.1), "{point}");
        for (cosine, nearer) in views {
            let among = bank
                .iter()
                .filter(|(_, near)| *near > cosine + 1e-6)
                .count();
            let least = bank
                .iter()
                .filter(|(_, near)| *near > cosine - 1e-6)
                .count();
            let kept = nearer.min(8.0) as usize;
            assert!((among..=least).contains(&kept), "{cosine} {nearer} {point}");
        }
    }
    let of = map["invariance"]["of"].as_array().unwrap();
    let names: Vec<&str> = of
        .iter()
        .map(|one| one["augmentation"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "crop",
            "hue",
            "saturation",
            "brightness",
            "contrast",
            "blur",
            "noise",
            "rotation"
        ]
    );
    for one in of {
        let cosines = numbers(&one["cosines"]);
        assert!(
            cosines
                .iter()
                .all(|(_, cosine)| (-1.0..1.0).contains(cosine)),
            "{one}"
        );
        assert!(cosines.is_sorted_by(|a, b| a.0 < b.0), "{one}");
    }
    let printed = scratch.prints(&["explore", "tiny"]);
    printed.says("Invariance: the cosine of h before and after, 40 images");
    printed.says("views of 40 images have a mean cosine of");
}

#[test]
fn lists_and_the_projectors_files_have_what_the_map_has() {
    let scratch = Scratch::new();
    scratch.prints(TINY);
    let csv = scratch.path("list.csv");
    let csv = csv.to_str().unwrap();
    let list = "explore tiny --no-save --list duplicates --above 0.5 --json --to";
    let args: Vec<&str> = list.split(' ').chain([csv]).collect();
    let listed = scratch.json(&args);
    let list = listed["list"].as_array().unwrap();
    assert!(!list.is_empty());
    let wrong = |row: &Value| row["class"] != row["other_class"];
    assert!(list.is_sorted_by_key(|row| !wrong(row)), "{listed}");
    let text = fs::read_to_string(csv).unwrap();
    assert!(
        text.starts_with("cosine,name,class,other,other_class,other_in\r\n"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1 + list.len());
    let outliers = scratch.json(&["explore", "tiny", "--list", "outliers", "--json"]);
    let outliers = outliers["list"].as_array().unwrap();
    assert_eq!(outliers.len(), 40);
    assert!(outliers.is_sorted_by_key(|row| row["cosine"].as_f64().unwrap()));
    scratch
        .prints(&["explore", "tiny", "--list", "outliers"])
        .says("and 20 more");
    scratch
        .refuses(&["explore", "tiny", "--list", "outliers", "--to", "a.html"])
        .says("a list is written to .csv");

    let config = scratch.path("projector_config.pbtxt");
    scratch.prints(&["explore", "tiny", "--to", config.to_str().unwrap()]);
    let text = |name: &str| fs::read_to_string(scratch.path(name)).unwrap();
    let named: BTreeMap<String, String> = text("projector_config.pbtxt")
        .lines()
        .filter_map(|line| line.trim().split_once(": "))
        .map(|(key, value)| (key.to_owned(), value.trim_matches('"').to_owned()))
        .collect();
    let tensors = text(&named["tensor_path"]);
    let numbers = |line: &str| {
        line.split('\t')
            .filter(|v| v.parse::<f32>().is_ok())
            .count()
    };
    let dims = numbers(tensors.lines().next().unwrap());
    assert!(dims > 1 && tensors.lines().all(|line| numbers(line) == dims));
    assert_eq!(tensors.lines().count(), 40);
    assert_eq!(text(&named["metadata_path"]).lines().count(), 41);
    let sprite = image::open(scratch.path(&named["image_path"])).unwrap();
    let side: u32 = named["single_image_dim"].parse().unwrap();
    assert_eq!((sprite.width(), sprite.height()), (7 * side, 7 * side));
    scratch
        .refuses(&["explore", "tiny", "--to", "other.pbtxt"])
        .says("TensorBoard looks for projector_config.pbtxt alone");
}
