//! Views a second of one core: SimCLR's set for CIFAR-10 at 32 px, and for ImageNet from 256 px to 224, with a blur of half
//! the views. The whole pipeline, then a crop with each of its parts alone, then what the loader's threads deliver.
//!
//! `cargo bench --bench augment`; divan's filters pick some, as in `cargo bench --bench augment -- view`.

use divan::Bencher;
use divan::counter::ItemsCount;
use simclr_tui::engine::augment::{Augment, Augmenter, Scratch, clean_with, view_stream};
use simclr_tui::engine::data::{DataError, Image, Images};
use simclr_tui::engine::loader::{Loader, TrainPlan};
use std::sync::Arc;

fn main() {
    divan::main();
}

/// Side of the images, and of their views.
const SIZES: [(usize, usize); 2] = [(32, 32), (256, 224)];

/// Enough images that they don't all stay in a nearer cache than a data set would.
const IMAGES: usize = 200;

/// Waves in each colour with some grain.
struct Waves(Vec<Arc<Image>>);

impl Waves {
    fn new(side: usize) -> Self {
        let image = |i: usize| {
            let value = |at: usize| {
                let (x, y, c) = (at / 3 % side, at / 3 / side, at % 3);
                let wave = ((x * (c + 1) + 2 * y + 17 * i) as f32 * 6.0 / side as f32).sin();
                let grain = ((x * 7 + y * 13 + i * 5 + c * 3) % 11) as f32;
                (120.0 + 110.0 * wave + grain) as u8
            };
            Arc::new(Image {
                width: side,
                height: side,
                pixels: (0..3 * side * side).map(value).collect(),
            })
        };
        Self((0..IMAGES).map(image).collect())
    }
}

impl Images for Waves {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn label(&self, _: usize) -> u32 {
        0
    }

    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        Ok(self.0[i].clone())
    }

    fn name(&self, i: usize) -> String {
        format!("waves #{i}")
    }
}

/// All of SimCLR's augmentations; blur where the paper blurs.
fn simclr(size: usize) -> Augment {
    let mut all = Augment::default();
    all.blur.p = if size > 32 { 0.5 } else { 0.0 };
    all
}

/// Nothing but a crop.
fn crop() -> Augment {
    let mut crop = Augment::default();
    (crop.flip.p, crop.jitter.p, crop.grayscale.p) = (0.0, 0.0, 0.0);
    crop
}

/// Views of one image after another, each time anew.
fn views(bencher: Bencher, (side, size): (usize, usize), augment: &Augment) {
    let (images, augmenter) = (Waves::new(side), Augmenter::new(augment, size));
    let (mut out, mut scratch) = (vec![0.0; augmenter.len()], Scratch::default());
    let mut i = 0;
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        i += 1;
        let image = &images.0[i % IMAGES];
        augmenter.view(image, &mut view_stream(1, 0, i, 1), &mut out, &mut scratch);
        out[0]
    });
}

#[divan::bench(args = SIZES)]
fn view(bencher: Bencher, sizes: (usize, usize)) {
    views(bencher, sizes, &simclr(sizes.1));
}

#[divan::bench(args = SIZES)]
fn view_clean(bencher: Bencher, (side, size): (usize, usize)) {
    let images = Waves::new(side);
    let (mut out, mut scratch) = (vec![0.0; 3 * size * size], Scratch::default());
    let mut i = 0;
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        i += 1;
        clean_with(&images.0[i % IMAGES], size, &mut out, &mut scratch);
        out[0]
    });
}

/// A crop and one augmentation that is always on.
macro_rules! crop_and {
    ($($name:ident => $change:expr;)+) => { $(
        #[divan::bench(args = SIZES)]
        fn $name(bencher: Bencher, sizes: (usize, usize)) {
            let mut augment = crop();
            let change: fn(&mut Augment) = $change;
            change(&mut augment);
            views(bencher, sizes, &augment);
        }
    )+ };
}

crop_and! {
    crop_alone => |_| {};
    crop_and_flip => |a| a.flip.p = 1.0;
    crop_and_jitter => |a| a.jitter.p = 1.0;
    crop_and_hue => |a| {
        a.jitter.p = 1.0;
        (a.jitter.brightness, a.jitter.contrast, a.jitter.saturation) = (0.0, 0.0, 0.0);
    };
    crop_and_grayscale => |a| a.grayscale.p = 1.0;
    crop_and_blur => |a| a.blur.p = 1.0;
}

/// Batches of a training, by as many threads as there are cores.
#[divan::bench(args = SIZES, sample_size = 1)]
fn loader(bencher: Bencher, (side, size): (usize, usize)) {
    let loader = Loader::new(0);
    let batch = if size > 32 { 32 } else { 128 };
    let mut batches = loader.train(TrainPlan {
        images: Arc::new(Waves::new(side)),
        augmenter: Arc::new(Augmenter::new(&simclr(size), size)),
        piece: 0,
        batch,
        views: 2,
        epochs: u64::MAX / 1000,
        seed: 1,
        from_step: 0,
    });
    // Without those that were made ahead while nobody asked.
    (0..10).for_each(|_| drop(batches.next()));
    bencher
        .counter(ItemsCount::new(2 * batch))
        .bench_local(|| batches.next().map(|batch| batch.map(|b| b.views.len())));
}
