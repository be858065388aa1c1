//! Cases computed by PyTorch, torchvision and scikit-learn (the scripts beside this file), and our answer to each.
//!
//! Reads every file of `tests/reference/cases`, or of `$SIMCLR_REFERENCE`, and picks the check by the file's `kind`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

mod case;
mod engine;
mod explore;
mod images;

use case::Case;

fn check(case: &Case) -> Result<(), String> {
    match case.kind() {
        "nt_xent" => engine::nt_xent(case),
        "loss" => engine::loss(case),
        "cross_entropy" => engine::cross_entropy(case),
        "schedule" => engine::schedule(case),
        "adamw" | "adamw_excluded" | "lars" | "lars_excluded" | "sgd" | "nesterov" => {
            engine::optimizer(case)
        }
        "group_norm" => engine::group_norm(case),
        "knn" => engine::knn(case),
        "probe" => engine::linear(case),
        "resnet" => engine::resnet(case),
        "pca" => explore::pca(case),
        "clusters" => explore::clusters(case),
        "mutual_information" => explore::mutual_information(case),
        "cka" => explore::cka(case),
        "shared_neighbours" => explore::neighbours(case),
        "map" => explore::map(case),
        "brightness" | "contrast" | "saturation" | "hue" => images::colour(case),
        "grayscale" => images::grayscale(case),
        "blur" => images::blur(case),
        "cutout" => images::cutout(case),
        "sobel" => images::sobel(case),
        "noise" => images::noise(case),
        "rotate" => images::rotate(case),
        "solarize" => images::solarize(case),
        "resized_crop" => images::resized_crop(case),
        other => Err(format!("no check for kind {other:?}")),
    }
}

#[test]
fn every_reference_case_is_reproduced() {
    let folder = std::env::var("SIMCLR_REFERENCE").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/cases").to_owned()
    });
    let cases = case::read_folder(&folder);
    assert!(!cases.is_empty(), "no cases in {folder}");
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| check(case).err().map(|why| format!("{}: {why}", case.name)))
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases failed:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

#[test]
fn a_wrong_answer_and_an_unknown_kind_are_noticed() {
    let mut case = Case::of_kind(
        "schedule",
        &[("base_lr", "1"), ("warmup", "0"), ("total", "2")],
    );
    case.floats
        .insert("want_lr".to_owned(), (vec![2], vec![1.0, 0.5]));
    assert_eq!(check(&case), Ok(()));
    case.floats
        .insert("want_lr".to_owned(), (vec![2], vec![1.0, 0.51]));
    assert!(check(&case).is_err());
    assert!(check(&Case::of_kind("nonsense", &[])).is_err());
}
