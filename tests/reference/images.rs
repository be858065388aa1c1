//! Checks of the augmentations' arithmetic against torchvision's.

use crate::case::Case;
use simclr_tui::engine::augment::{blur, crop::Area, cutout, grayscale, jitter, noise};
use simclr_tui::engine::augment::{resize, rotate, sobel, solarize};
use simclr_tui::engine::random::{Purpose, Stream};

/// Images agree within 1/255 everywhere and a tenth of that on average.
fn same(case: &Case, found: &[f32]) -> Result<(), String> {
    let wanted = case.values("want");
    if found.len() != wanted.len() {
        return Err(format!(
            "{} values in place of {}",
            found.len(),
            wanted.len()
        ));
    }
    let away = || found.iter().zip(wanted).map(|(f, w)| (f - w).abs());
    // A comparison with NaN is false, so that NaN counts as the largest difference.
    let most = away().fold(0.0_f32, |a, b| if a >= b { a } else { b });
    let mean = away().sum::<f32>() / wanted.len() as f32;
    if most <= 1.0 / 255.0 && mean <= 0.1 / 255.0 {
        Ok(())
    } else {
        Err(format!(
            "differs by {:.3}/255 at most, {:.3}/255 on average",
            most * 255.0,
            mean * 255.0
        ))
    }
}

fn changed(case: &Case, change: impl FnOnce(&mut [f32])) -> Result<(), String> {
    let mut image = case.values("image").to_vec();
    change(&mut image);
    same(case, &image)
}

pub fn colour(case: &Case) -> Result<(), String> {
    let factor = case.number("factor") as f32;
    changed(case, |image| match case.kind() {
        "brightness" => jitter::adjust_brightness(image, factor),
        "contrast" => jitter::adjust_contrast(image, factor),
        "saturation" => jitter::adjust_saturation(image, factor),
        _ => jitter::adjust_hue(image, factor),
    })
}

pub fn grayscale(case: &Case) -> Result<(), String> {
    changed(case, grayscale::grayscale)
}

pub fn blur(case: &Case) -> Result<(), String> {
    let width = case.shape("image")[2];
    changed(case, |image| {
        blur::gaussian_blur(
            image,
            width,
            case.whole("kernel"),
            case.number("sigma"),
            &mut blur::Buffers::default(),
        );
    })
}

pub fn resized_crop(case: &Case) -> Result<(), String> {
    let (height, width) = (case.shape("image")[1], case.shape("image")[2]);
    let area = Area {
        top: case.whole("top"),
        left: case.whole("left"),
        height: case.whole("height"),
        width: case.whole("width"),
    };
    let planes = resize::Planes {
        width,
        height,
        values: case.values("image"),
    };
    let size = case.whole("size");
    let mut found = vec![0.0; 3 * size * size];
    resize::crop_planes(
        planes,
        area,
        size,
        &mut found,
        &mut resize::Buffers::default(),
    );
    same(case, &found)
}

pub fn cutout(case: &Case) -> Result<(), String> {
    let (top, left) = (case.whole("top"), case.whole("left"));
    let hole = cutout::Hole {
        rows: top..top + case.whole("height"),
        columns: left..left + case.whole("width"),
    };
    let side = case.shape("image")[2];
    changed(case, |image| cutout::cut(image, side, &hole))
}

pub fn sobel(case: &Case) -> Result<(), String> {
    let side = case.shape("image")[2];
    changed(case, |image| sobel::sobel(image, side, &mut Vec::new()))
}

pub fn noise(case: &Case) -> Result<(), String> {
    let words: Vec<u64> = case
        .text("words")
        .split(' ')
        .map(|word| word.parse().unwrap())
        .collect();
    let mut stream = Stream::new(case.whole("seed") as u64, Purpose::Views, &words);
    changed(case, |image| {
        noise::add_noise(image, case.number("sigma"), &mut stream);
    })
}

pub fn rotate(case: &Case) -> Result<(), String> {
    let side = case.shape("image")[2];
    changed(case, |image| {
        rotate::rotate(image, side, case.whole("turns"));
    })
}

pub fn solarize(case: &Case) -> Result<(), String> {
    let threshold = case.number("threshold") as f32;
    changed(case, |image| solarize::solarize(image, threshold))
}
