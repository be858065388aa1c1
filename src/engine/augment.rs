//! The augmentations that make views, in SimCLR's order and torchvision's arithmetic (paper, appendix A).
//!
//! Each augmentation is one file: its hyperparameters, what it draws at random, and its arithmetic as pure functions on
//! planes (`[3, height, width]`, 0 to 1, row by row). [`Augmenter::view`] strings them together: crop, flip, rotation,
//! colour jitter, grayscale, blur, solarization, Sobel filter, noise, cutout. `docs/augmentations.md` says why.

pub mod blur;
pub mod crop;
pub mod cutout;
mod describe;
pub mod flip;
pub mod grayscale;
pub mod jitter;
pub mod noise;
mod planes;
pub mod resize;
pub mod rising;
pub mod rotate;
pub mod sobel;
pub mod solarize;
#[cfg(test)]
mod tests;
pub(in crate::engine) mod wide;

use crate::engine::data::Image;
use crate::engine::random::{Purpose, Stream};
use crate::hparam::Hparam;
use crate::{choices, hparams};
pub use describe::Applied;

choices! {
    /// Which of an image's two views are augmented.
    pub enum Branches {
        /// Both views, each with its own draw.
        Both = "both",
        /// Only the second: one random crop, resized, is the first view, and the second is made from it.
        One = "one",
    }
}

hparams! {
    /// Augmentation
    pub struct Augment {
        /// Multiplies brightness, contrast, saturation and hue of the jitter.
        strength: f64 = 0.5 => Hparam::linear(0.0, 2.0, 0.05).paper("§3.2, Table 1; .5 for CIFAR-10, App. B.9");
        /// Which views are augmented: both, or only one: then the other is the plain crop that it is made from, to study each augmentation alone.
        branches: Branches = Branches::Both => Hparam::one_of(Branches::CHOICES).paper("§3.2, Fig. 5");
    }
    groups {
        crop: crop::Crop,
        flip: flip::Flip,
        rotate: rotate::Rotate,
        jitter: jitter::Jitter,
        grayscale: grayscale::Grayscale,
        blur: blur::Blur,
        solarize: solarize::Solarize,
        sobel: sobel::Sobel,
        noise: noise::Noise,
        cutout: cutout::Cutout,
    }
}

impl Augment {
    /// Whether any augmentation that does something has a chance.
    #[must_use]
    pub fn any(&self) -> bool {
        self.draws() || self.chances().into_iter().any(|p| p > 0.0)
    }

    /// Whether two views of an image, both augmented, can differ: what is done to every view, and with nothing drawn at
    /// random, makes no difference.
    #[must_use]
    pub fn varies(&self) -> bool {
        let (blur, sometimes) = (&self.blur, |p: f64| p > 0.0 && p < 1.0);
        let blurs = blur.p > 0.0 && blur.sigma_min < blur.sigma_max;
        self.draws() || blurs || self.chances().into_iter().any(sometimes)
    }

    /// Those of the augmentations that do the same each time.
    const fn chances(&self) -> [f64; 5] {
        [
            self.flip.p,
            self.grayscale.p,
            self.blur.p,
            self.solarize.p,
            self.sobel.p,
        ]
    }

    /// Whether an augmentation has a chance that does something else each time.
    fn draws(&self) -> bool {
        let (crop, jitter) = (&self.crop, &self.jitter);
        let cuts = crop.area_min < 1.0 || crop.ratio_min < 1.0 || crop.ratio_max > 1.0;
        let amounts = [
            jitter.brightness,
            jitter.contrast,
            jitter.saturation,
            jitter.hue,
        ];
        let shifts = self.strength > 0.0 && amounts.into_iter().any(|v| v > 0.0);
        (crop.p > 0.0 && cuts)
            || (jitter.p > 0.0 && shifts)
            || (self.noise.p > 0.0 && self.noise.sigma_max > 0.0)
            || self.rotate.p > 0.0
            || self.cutout.p > 0.0
    }
}

/// Augmentations that draw from a stream apart, so that the draws of all others are what they were before these
/// existed. The numbers are part of what a seed means: none may change.
#[derive(Clone, Copy)]
#[repr(u64)]
enum OwnStream {
    Rotate = 1,
    Solarize = 2,
    Sobel = 3,
    Noise = 4,
    Cutout = 5,
}

/// Buffers that one thread uses again for every view, so that views cost no allocation.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) resize: resize::Buffers,
    pub(crate) blur: blur::Buffers,
    /// The crop that a view is made from, and the padded plane of the Sobel filter.
    pub(crate) planes: Vec<f32>,
}

/// Makes views of one size under one set of hyperparameters.
#[derive(Clone, Debug)]
pub struct Augmenter {
    augment: Augment,
    size: usize,
}

/// Everything random about one view.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "augmentations without an amount"
)]
struct Draw {
    flip: bool,
    jitter: Option<jitter::Shift>,
    grayscale: bool,
    blur: Option<f64>,
    crop: Option<crop::Area>,
    turns: usize,
    solarize: bool,
    sobel: bool,
    noise: Option<noise::Grain>,
    cutout: Option<cutout::Hole>,
}

/// The random numbers of one view.
#[derive(Clone, Debug)]
pub struct ViewStream {
    own: Stream,
    /// Those that the views of one image share.
    shared: Stream,
    /// Whether it is the image's first view.
    first: bool,
}

/// The random numbers of one view: they depend on these four words alone, never on threads or on other views.
#[must_use]
pub fn view_stream(seed: u64, epoch: u64, image: usize, view: u64) -> ViewStream {
    let image = image as u64;
    ViewStream {
        own: Stream::new(seed, Purpose::Views, &[epoch, image, view]),
        shared: Stream::new(seed, Purpose::Shared, &[epoch, image]),
        first: view == 0,
    }
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
    pub fn view(
        &self,
        image: &Image,
        stream: &mut ViewStream,
        out: &mut [f32],
        scratch: &mut Scratch,
    ) {
        match self.augment.branches {
            Branches::Both => {
                let draw = self.draw(image.width, image.height, &mut stream.own);
                match draw.crop {
                    Some(area) => {
                        resize::crop_bytes(image, area, self.size, out, &mut scratch.resize);
                    }
                    None => resize::whole(image, self.size, out, &mut scratch.resize),
                }
                self.distort(&draw, out, scratch);
            }
            Branches::One => self.view_of_one_branch(image, stream, out, scratch),
        }
    }

    /// As the paper studies augmentations apart (§3.2): images are first cropped and resized, whatever the crop's
    /// chance; this is the first view, and the second is what the augmentations, a further crop among them, make of it.
    fn view_of_one_branch(
        &self,
        image: &Image,
        stream: &mut ViewStream,
        out: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let (crop, size) = (&self.augment.crop, self.size);
        let area = crop.area(image.width, image.height, &mut stream.shared);
        resize::crop_bytes(image, area, size, out, &mut scratch.resize);
        if stream.first {
            return;
        }
        let draw = self.draw(size, size, &mut stream.own);
        if let Some(area) = draw.crop {
            scratch.planes.clear();
            scratch.planes.extend_from_slice(out);
            let base = resize::Planes {
                width: size,
                height: size,
                values: &scratch.planes,
            };
            resize::crop_planes(base, area, size, out, &mut scratch.resize);
        }
        self.distort(&draw, out, scratch);
    }

    /// What comes after the crop. First what moves pixels, then what changes colours, then filters; noise after them,
    /// so that none smooths or sharpens it, and cutout last, so that what is covered stays flat and its edge clean.
    fn distort(&self, draw: &Draw, out: &mut [f32], scratch: &mut Scratch) {
        let size = self.size;
        if draw.flip {
            flip::flip(out, size);
        }
        rotate::rotate(out, size, draw.turns);
        if let Some(shift) = &draw.jitter {
            shift.apply(out);
        }
        if draw.grayscale {
            grayscale::grayscale(out);
        }
        if let Some(sigma) = draw.blur {
            let kernel = self.augment.blur.kernel_side(size);
            blur::gaussian_blur(out, size, kernel, sigma, &mut scratch.blur);
        }
        if draw.solarize {
            solarize::solarize(out, self.augment.solarize.threshold as f32);
        }
        if draw.sobel {
            sobel::sobel(out, size, &mut scratch.planes);
        }
        if let Some(grain) = &draw.noise {
            grain.add(out);
        }
        if let Some(hole) = &draw.cutout {
            cutout::cut(out, size, hole);
        }
    }

    /// Draws every parameter first, applied or not, and the crop last, because how many numbers it takes depends on
    /// luck. So two experiments that differ in one augmentation see the same views otherwise.
    fn draw(&self, width: usize, height: usize, stream: &mut Stream) -> Draw {
        let a = &self.augment;
        let whole = stream.clone();
        let own = |of: OwnStream| whole.fork(of as u64);
        Draw {
            flip: stream.chance(a.flip.p),
            jitter: a.jitter.draw(a.strength, stream),
            grayscale: stream.chance(a.grayscale.p),
            blur: a.blur.draw(stream),
            crop: a.crop.draw(width, height, stream),
            turns: a.rotate.draw(&mut own(OwnStream::Rotate)),
            solarize: own(OwnStream::Solarize).chance(a.solarize.p),
            sobel: own(OwnStream::Sobel).chance(a.sobel.p),
            noise: a.noise.draw(own(OwnStream::Noise)),
            cutout: a.cutout.draw(self.size, &mut own(OwnStream::Cutout)),
        }
    }
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

/// A view of `size` by `size` as a picture.
#[must_use]
pub fn rgb(view: &[f32], size: usize) -> image::RgbImage {
    let (plane, side) = (size * size, size as u32);
    let byte = |v: f32| (v * 255.0).round().clamp(0.0, 255.0) as u8;
    image::RgbImage::from_fn(side, side, |x, y| {
        let at = y as usize * size + x as usize;
        image::Rgb([0, 1, 2].map(|channel| byte(view[channel * plane + at])))
    })
}
