//! What was done to one view, in words: for people who look at views, not for training.

use super::jitter::Shift;
use super::{Augmenter, Branches, Draw, ViewStream};
use crate::engine::data::Image;

/// An augmentation that was applied to a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Its group of hyperparameters, as in `augment.jitter`.
    pub group: &'static str,
    /// What was done.
    pub words: String,
}

impl Augmenter {
    /// The augmentations that [`view`](Self::view) applies with these random numbers: those of colours first, then
    /// filters, then what moves pixels. Empty where the view is the whole image as it is.
    #[must_use]
    pub fn describe(&self, image: &Image, stream: &ViewStream) -> Vec<Applied> {
        let (mut stream, size) = (stream.clone(), self.size);
        if self.augment.branches == Branches::Both {
            let (width, height) = (image.width, image.height);
            let draw = self.draw(width, height, &mut stream.own);
            return draw.describe(width * height);
        }
        let mut applied = vec![Applied {
            group: "crop",
            words: "cropped".to_owned(),
        }];
        if !stream.first {
            applied.extend(self.draw(size, size, &mut stream.own).describe(size * size));
        }
        applied
    }
}

impl Draw {
    /// Of an image of so many pixels.
    fn describe(&self, pixels: usize) -> Vec<Applied> {
        let jittered = self.jitter.as_ref().is_some_and(Shift::adjusts);
        let area = self.crop.map_or(pixels, |area| area.width * area.height);
        let part = 100.0 * area as f64 / pixels.max(1) as f64;
        let crop = (area < pixels).then(|| format!("crop {part:.0} %"));
        let word = |applied: bool, word: &str| applied.then(|| word.to_owned());
        let all = [
            ("jitter", word(jittered, "jitter")),
            ("grayscale", word(self.grayscale, "gray")),
            ("blur", self.blur.map(|sigma| format!("blur {sigma:.1}"))),
            ("solarize", word(self.solarize, "solar")),
            ("sobel", word(self.sobel, "sobel")),
            ("noise", word(self.noise.is_some(), "noise")),
            ("cutout", word(self.cutout.is_some(), "cutout")),
            ("rotate", word(!self.turns.is_multiple_of(4), "turned")),
            ("flip", word(self.flip, "flip")),
            ("crop", crop),
        ];
        let applied = |(group, words): (_, Option<String>)| {
            Some(Applied {
                group,
                words: words?,
            })
        };
        all.into_iter().filter_map(applied).collect()
    }
}
