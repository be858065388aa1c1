//! Cases computed by PyTorch and torchvision (`tests/reference/generate.py`): one function a kind of case.
//!
//! `SIMCLR_REFERENCE` names another folder of cases, such as one made with another seed.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use safetensors::{Dtype, SafeTensors};
use simclr_tui::engine::augment::{blur, crop::Area, grayscale, jitter, resize};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// One case: tensors with their shapes, and the scalars of its metadata.
struct Case {
    name: String,
    meta: HashMap<String, String>,
    floats: HashMap<String, (Vec<usize>, Vec<f32>)>,
}

impl Case {
    fn load(path: &Path) -> Self {
        let bytes = std::fs::read(path).expect("a readable case");
        let (_, header) = SafeTensors::read_metadata(&bytes).expect("a safetensors file");
        let tensors = SafeTensors::deserialize(&bytes).expect("a safetensors file");
        let floats = tensors.iter().filter(|(_, t)| t.dtype() == Dtype::F32);
        let floats = floats.map(|(name, t)| {
            let words = t.data().as_chunks::<4>().0;
            let values = words.iter().map(|w| f32::from_le_bytes(*w)).collect();
            (name.to_owned(), (t.shape().to_vec(), values))
        });
        Self {
            name: path.file_stem().expect("a file").display().to_string(),
            meta: header.metadata().clone().unwrap_or_default(),
            floats: floats.collect(),
        }
    }

    fn kind(&self) -> &str {
        self.meta.get("kind").map_or("", String::as_str)
    }

    fn scalar<T: std::str::FromStr>(&self, key: &str) -> T {
        let text = self
            .meta
            .get(key)
            .unwrap_or_else(|| panic!("{}: no {key}", self.name));
        text.parse()
            .unwrap_or_else(|_| panic!("{}: {key} is {text}", self.name))
    }

    fn values(&self, key: &str) -> &[f32] {
        &self
            .floats
            .get(key)
            .unwrap_or_else(|| panic!("{}: no {key}", self.name))
            .1
    }

    /// Height and width of the case's image.
    fn size(&self) -> (usize, usize) {
        let shape = &self.floats["image"].0;
        (shape[1], shape[2])
    }

    /// Applies `change` to a copy of the image, which then must be what is wanted.
    fn changed(&self, change: impl FnOnce(&mut [f32])) {
        let mut image = self.values("image").to_vec();
        change(&mut image);
        self.compare(&image);
    }

    /// Images agree within 1/255 everywhere and a tenth of that on average.
    fn compare(&self, got: &[f32]) {
        let want = self.values("want");
        assert_eq!(got.len(), want.len(), "{}: size", self.name);
        let away = || got.iter().zip(want).map(|(g, w)| (g - w).abs());
        let most = away().fold(0.0_f32, |a, b| if a >= b { a } else { b });
        let mean = away().sum::<f32>() / want.len() as f32;
        assert!(
            most <= 1.0 / 255.0 && mean <= 0.1 / 255.0,
            "{}: {most} at most, {mean} on average",
            self.name
        );
    }
}

fn folder() -> PathBuf {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    std::env::var_os("SIMCLR_REFERENCE").map_or_else(own, PathBuf::from)
}

fn check(case: &Case) {
    match case.kind() {
        "brightness" => case.changed(|im| jitter::adjust_brightness(im, case.scalar("factor"))),
        "contrast" => case.changed(|im| jitter::adjust_contrast(im, case.scalar("factor"))),
        "saturation" => case.changed(|im| jitter::adjust_saturation(im, case.scalar("factor"))),
        "hue" => case.changed(|im| jitter::adjust_hue(im, case.scalar("factor"))),
        "grayscale" => case.changed(grayscale::grayscale),
        "blur" => blurred(case),
        "resized_crop" => resized_crop(case),
        other => panic!("{}: nothing here reproduces the kind {other:?}", case.name),
    }
}

#[test]
fn every_case_is_reproduced() {
    let folder = folder();
    let entries =
        std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<_> = entries
        .map(|e| e.expect("a readable folder").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "safetensors"));
    paths.sort();
    assert!(!paths.is_empty(), "{} holds no cases", folder.display());
    for path in paths {
        check(&Case::load(&path));
    }
}

fn blurred(case: &Case) {
    let (kernel, sigma) = (case.scalar("kernel"), case.scalar("sigma"));
    let (_, width) = case.size();
    case.changed(|image| {
        blur::gaussian_blur(image, width, kernel, sigma, &mut blur::Buffers::default());
    });
}

fn resized_crop(case: &Case) {
    let (height, width) = case.size();
    let values = case.values("image");
    let area = Area {
        top: case.scalar("top"),
        left: case.scalar("left"),
        height: case.scalar("height"),
        width: case.scalar("width"),
    };
    let planes = resize::Planes {
        width,
        height,
        values,
    };
    case.compare(&resize::resized_crop(planes, area, case.scalar("size")));
}
