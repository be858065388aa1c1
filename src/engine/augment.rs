//! The augmentations that make views, in SimCLR's order and torchvision's arithmetic (paper, appendix A).
//!
//! Each augmentation is one file: its hyperparameters, what it draws at random, and its arithmetic as pure functions on
//! planes (`[3, height, width]`, 0 to 1, row by row). [`Augmenter::view`] strings them together: crop, flip, colour
//! jitter, grayscale, blur.

pub mod blur;
pub mod crop;
pub mod flip;
pub mod grayscale;
pub mod jitter;
pub mod resize;

use crate::engine::data::Image;
use crate::engine::random::{Purpose, Stream};
use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Augmentation
    pub struct Augment {
        /// Colour strength s: multiplies brightness, contrast, saturation and hue of the jitter.
        strength: f64 = 0.5 => Hparam::linear(0.0, 2.0, 0.05).paper("§3.2, Table 1; .5 for CIFAR-10, App. B.9");
    }
    groups {
        crop: crop::Crop,
        flip: flip::Flip,
        jitter: jitter::Jitter,
        grayscale: grayscale::Grayscale,
        blur: blur::Blur,
    }
}

/// Buffers that one thread uses again for every view, so that views cost no allocation.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) resize: resize::Buffers,
    pub(crate) blur: blur::Buffers,
}

/// Makes views of one size under one set of hyperparameters.
#[derive(Clone, Debug)]
pub struct Augmenter {
    augment: Augment,
    size: usize,
}

/// Everything random about one view.
#[derive(Clone, Debug, PartialEq)]
struct Draw {
    flip: bool,
    jitter: Option<jitter::Shift>,
    grayscale: bool,
    blur: Option<f64>,
    crop: Option<crop::Area>,
}

impl Augmenter {
    /// An augmenter of views of `size` by `size`.
    #[must_use]
    pub fn new(augment: &Augment, size: usize) -> Self {
        Self {
            augment: augment.clone(),
            size,
        }
    }

    /// The side of the views.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// The length of one view: three planes.
    #[must_use]
    pub const fn len(&self) -> usize {
        3 * self.size * self.size
    }

    /// Whether views hold nothing at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// Writes one view of the image to `out`, `[3, size, size]`.
    pub fn view(&self, image: &Image, stream: &mut Stream, out: &mut [f32], scratch: &mut Scratch) {
        let draw = self.draw(image, stream);
        match draw.crop {
            Some(area) => resize::crop_bytes(image, area, self.size, out, &mut scratch.resize),
            None => resize::whole(image, self.size, out, &mut scratch.resize),
        }
        if draw.flip {
            flip::flip(out, self.size);
        }
        if let Some(shift) = draw.jitter {
            shift.apply(out);
        }
        if draw.grayscale {
            grayscale::grayscale(out);
        }
        if let Some(sigma) = draw.blur {
            let kernel = self.augment.blur.kernel_side(self.size);
            blur::gaussian_blur(out, self.size, kernel, sigma, &mut scratch.blur);
        }
    }

    /// Draws every parameter first, applied or not, and the crop last, because how many numbers it takes depends on
    /// luck. So two experiments that differ in one augmentation see the same views otherwise.
    fn draw(&self, image: &Image, stream: &mut Stream) -> Draw {
        let a = &self.augment;
        Draw {
            flip: stream.chance(a.flip.p),
            jitter: a.jitter.draw(a.strength, stream),
            grayscale: stream.chance(a.grayscale.p),
            blur: a.blur.draw(stream),
            crop: a.crop.draw(image.width, image.height, stream),
        }
    }
}

/// The random numbers of one view: they depend on these four words alone, never on threads or on other views.
#[must_use]
pub fn view_stream(seed: u64, epoch: u64, image: usize, view: u64) -> Stream {
    Stream::new(seed, Purpose::Views, &[epoch, image as u64, view])
}

/// The view that evaluation sees, `[3, size, size]`: the short side resized to `size` and the centre cropped, which is
/// the whole image where it is square.
pub fn clean(image: &Image, size: usize, out: &mut [f32]) {
    clean_with(image, size, out, &mut Scratch::default());
}

/// [`clean`] with buffers to use again.
pub fn clean_with(image: &Image, size: usize, out: &mut [f32], scratch: &mut Scratch) {
    resize::whole(image, size, out, &mut scratch.resize);
}

/// Red, green and blue planes of a view.
pub(crate) fn planes(image: &mut [f32]) -> (&mut [f32], &mut [f32], &mut [f32]) {
    let plane = image.len() / 3;
    let (red, rest) = image.split_at_mut(plane);
    let (green, rest) = rest.split_at_mut(plane);
    (red, green, &mut rest[..plane])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An image in which every pixel differs.
    pub fn gradient(width: usize, height: usize) -> Image {
        let pixels = (0..width * height)
            .flat_map(|i| {
                [
                    (i % 251) as u8,
                    (i * 7 % 256) as u8,
                    (i / width * 5 % 256) as u8,
                ]
            })
            .collect();
        Image {
            width,
            height,
            pixels,
        }
    }

    fn view(augment: &Augment, image: usize) -> Vec<f32> {
        let augmenter = Augmenter::new(augment, 24);
        let mut out = vec![f32::NAN; augmenter.len()];
        let mut stream = view_stream(3, 1, image, 0);
        augmenter.view(
            &gradient(40, 31),
            &mut stream,
            &mut out,
            &mut Scratch::default(),
        );
        out
    }

    #[test]
    fn views_are_whole_in_range_and_apart() {
        let mut all = Augment::default();
        all.blur.p = 0.5;
        let views: Vec<_> = (0..200).map(|i| view(&all, i)).collect();
        for v in &views {
            assert!(v.iter().all(|x| (0.0..=1.0).contains(x)), "{v:?}");
        }
        assert_ne!(views[0], views[1]);
        assert_eq!(views[7], view(&all, 7));
    }

    #[test]
    fn experiments_that_differ_in_one_augmentation_see_the_same_crops() {
        let mut changed = [(); 5].map(|()| Augment::default());
        changed[1].jitter.p = 0.0;
        changed[2].grayscale.p = 1.0;
        changed[3].blur.p = 1.0;
        changed[4].flip.p = 0.0;
        let image = gradient(40, 31);
        for i in 0..100 {
            let crops = changed.each_ref().map(|augment| {
                let mut stream = view_stream(0, 0, i, 1);
                Augmenter::new(augment, 24).draw(&image, &mut stream).crop
            });
            assert!(crops.iter().all(|c| *c == crops[0]), "{crops:?}");
        }
    }

    #[test]
    fn nothing_drawn_leaves_the_clean_view() {
        let mut none = Augment::default();
        none.crop.p = 0.0;
        none.flip.p = 0.0;
        none.jitter.p = 0.0;
        none.grayscale.p = 0.0;
        let mut want = vec![0.0; 3 * 24 * 24];
        clean(&gradient(40, 31), 24, &mut want);
        assert_eq!(view(&none, 0), want);
    }

    #[test]
    fn an_image_of_the_views_size_comes_through_untouched() {
        let image = gradient(24, 24);
        let mut out = vec![0.0; 3 * 24 * 24];
        clean(&image, 24, &mut out);
        for (i, pixel) in image.pixels.chunks_exact(3).enumerate() {
            for (c, byte) in pixel.iter().enumerate() {
                let got = out[c * 576 + i] * 255.0;
                assert!((got - f32::from(*byte)).abs() < 1e-3, "{i} {c}: {got}");
            }
        }
    }

    #[test]
    fn the_clean_view_of_a_wide_image_is_its_centre() {
        let mut image = gradient(30, 10);
        for (i, pixel) in image.pixels.chunks_exact_mut(3).enumerate() {
            pixel.fill(if (10..20).contains(&(i % 30)) { 200 } else { 0 });
        }
        let mut out = vec![0.0; 3 * 100];
        clean(&image, 10, &mut out);
        assert!(
            out.iter().all(|v| (v - 200.0 / 255.0).abs() < 1e-5),
            "{out:?}"
        );
    }
}
