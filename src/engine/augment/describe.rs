//! What was done to one view, in words: for people who look at views, not for training.

use super::jitter::Shift;
use super::{Augmenter, Branches, Draw, ViewStream};
use crate::engine::data::Image;

impl Augmenter {
    /// The augmentations that [`view`](Self::view) applies with these random numbers: those of colours first, then
    /// filters, then what moves pixels. Empty where the view is the whole image as it is.
    #[must_use]
    pub fn describe(&self, image: &Image, stream: &ViewStream) -> Vec<String> {
        let (mut stream, size) = (stream.clone(), self.size);
        if self.augment.branches == Branches::Both {
            let (width, height) = (image.width, image.height);
            let draw = self.draw(width, height, &mut stream.own);
            return draw.describe(width * height);
        }
        let mut words = vec!["cropped".to_owned()];
        if !stream.first {
            words.extend(self.draw(size, size, &mut stream.own).describe(size * size));
        }
        words
    }
}

impl Draw {
    /// Of an image of so many pixels.
    fn describe(&self, pixels: usize) -> Vec<String> {
        let jittered = self.jitter.as_ref().is_some_and(Shift::adjusts);
        let area = self.crop.map_or(pixels, |area| area.width * area.height);
        let part = 100.0 * area as f64 / pixels.max(1) as f64;
        let crop = (area < pixels).then(|| format!("crop {part:.0} %"));
        let word = |applied: bool, word: &str| applied.then(|| word.to_owned());
        let words = [
            word(jittered, "jitter"),
            word(self.grayscale, "gray"),
            self.blur.map(|sigma| format!("blur {sigma:.1}")),
            word(self.solarize, "solar"),
            word(self.sobel, "sobel"),
            word(self.noise.is_some(), "noise"),
            word(self.cutout.is_some(), "cutout"),
            word(!self.turns.is_multiple_of(4), "turned"),
            word(self.flip, "flip"),
            crop,
        ];
        words.into_iter().flatten().collect()
    }
}
