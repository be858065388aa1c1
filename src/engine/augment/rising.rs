//! One augmentation at a time at a strength of one's choice: what invariance is measured with.

use super::blur::gaussian_blur;
use super::crop::Crop;
use super::jitter::{adjust_brightness, adjust_contrast, adjust_hue, adjust_saturation};
use super::noise::add_noise;
use super::{Scratch, clean_with, resize, rotate};
use crate::engine::data::Image;
use crate::engine::random::Stream;

/// An augmentation whose strength can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Rising {
    Crop,
    Rotation,
    Brightness,
    Contrast,
    Saturation,
    Hue,
    Blur,
    Noise,
}

impl Rising {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Crop,
        Self::Hue,
        Self::Saturation,
        Self::Brightness,
        Self::Contrast,
        Self::Blur,
        Self::Noise,
        Self::Rotation,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crop => "crop",
            Self::Rotation => "rotation",
            Self::Brightness => "brightness",
            Self::Contrast => "contrast",
            Self::Saturation => "saturation",
            Self::Hue => "hue",
            Self::Blur => "blur",
            Self::Noise => "noise",
        }
    }

    /// What its strength is.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Crop => "share cut",
            Self::Rotation => "degrees",
            Self::Brightness | Self::Contrast | Self::Saturation => "factor 1 ±",
            Self::Hue => "turn",
            Self::Blur => "sigma in px",
            Self::Noise => "sigma",
        }
    }

    /// Its strengths, from weak to strong: as far as the paper's recipes go, and what else the editor has.
    #[must_use]
    pub const fn strengths(self) -> &'static [f64] {
        match self {
            Self::Crop => &[0.2, 0.4, 0.6, 0.8, 0.92],
            Self::Rotation => &[90.0, 180.0, 270.0],
            Self::Brightness | Self::Contrast | Self::Saturation => &[0.2, 0.4, 0.6, 0.8],
            Self::Hue => &[0.1, 0.2, 0.3, 0.4, 0.5],
            Self::Blur => &[0.5, 1.0, 1.5, 2.0],
            Self::Noise => &[0.05, 0.1, 0.15, 0.2],
        }
    }

    /// Writes the view of an image that evaluation sees, changed by this alone, to `out`, `[3, size, size]` from 0 to 1.
    /// The stream says where a crop lies, and whether a factor or turn goes up or down.
    pub fn view(
        self,
        image: &Image,
        strength: f64,
        stream: &mut Stream,
        (out, size): (&mut [f32], usize),
        scratch: &mut Scratch,
    ) {
        if self == Self::Crop {
            let left = 1.0 - strength;
            let crop = Crop {
                p: 1.0,
                area_min: left,
                area_max: left,
                ratio_min: 1.0,
                ratio_max: 1.0,
            };
            let area = crop.area(image.width, image.height, stream);
            return resize::crop_bytes(image, area, size, out, &mut scratch.resize);
        }
        clean_with(image, size, out, scratch);
        let signed = if stream.chance(0.5) {
            strength
        } else {
            -strength
        } as f32;
        match self {
            Self::Crop => {}
            Self::Rotation => rotate::rotate(out, size, (strength / 90.0) as usize),
            Self::Brightness => adjust_brightness(out, 1.0 + signed),
            Self::Contrast => adjust_contrast(out, 1.0 + signed),
            Self::Saturation => adjust_saturation(out, 1.0 + signed),
            Self::Hue => adjust_hue(out, signed),
            Self::Blur => {
                // Three deviations to each side, so that the kernel cuts nothing off.
                let kernel = 2 * (3.0 * strength).ceil() as usize + 1;
                gaussian_blur(out, size, kernel, strength, &mut scratch.blur);
            }
            Self::Noise => add_noise(out, strength, stream),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Purpose;

    #[test]
    fn each_moves_an_image_further_the_stronger_it_is() {
        let size = 24;
        let (mut clean, mut view) = (vec![0.0; 3 * size * size], vec![0.0; 3 * size * size]);
        let byte = |i: usize| ((i % 3 + 1) * (i / 3 % size + i / (9 * size)) * 37 % 256) as u8;
        let image = Image {
            width: size,
            height: size,
            pixels: (0..3 * size * size).map(byte).collect(),
        };
        let mut scratch = Scratch::default();
        clean_with(&image, size, &mut clean, &mut scratch);
        for of in Rising::ALL {
            let mut before = 0.0;
            for strength in of.strengths() {
                let mut stream = Stream::new(7, Purpose::Views, &[]);
                of.view(
                    &image,
                    *strength,
                    &mut stream,
                    (&mut view, size),
                    &mut scratch,
                );
                let apart = clean.iter().zip(&view).map(|(a, b)| (a - b).powi(2));
                let apart: f32 = apart.sum::<f32>().sqrt();
                assert!(
                    apart > before || of == Rising::Rotation,
                    "{of:?} {strength}"
                );
                assert!(view.iter().all(|v| (0.0..=1.0).contains(v)), "{of:?}");
                // A crop further in is another place, not always further from the image.
                before = if of == Rising::Crop { 0.0 } else { apart };
            }
        }
    }
}
