//! Random crop and resize (paper, §3.1 and appendix A).

use crate::engine::random::Stream;
use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Random resized crop
    pub struct Crop {
        /// Chance that a view is a random crop; otherwise it is the whole image.
        p: f64 = 1.0 => Hparam::linear(0.0, 1.0, 0.05).paper("App. A");
        /// Smallest share of the image's area that a crop keeps.
        area_min: f64 = 0.08 => Hparam::linear(0.02, 1.0, 0.01).paper("App. A, Fig. 5");
        /// Largest share of the image's area that a crop keeps.
        area_max: f64 = 1.0 => Hparam::linear(0.02, 1.0, 0.01).paper("App. A");
        /// Narrowest aspect ratio (width over height) of a crop.
        ratio_min: f64 = 0.75 => Hparam::linear(0.1, 1.0, 0.05).paper("App. A");
        /// Widest aspect ratio (width over height) of a crop.
        ratio_max: f64 = 1.3333 => Hparam::linear(1.0, 10.0, 0.05).paper("App. A");
    }
}

/// A rectangle of an image, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Area {
    pub top: usize,
    pub left: usize,
    pub height: usize,
    pub width: usize,
}

impl Area {
    /// The rectangle of this size in the middle of an image.
    #[must_use]
    pub const fn centred(height: usize, width: usize, in_height: usize, in_width: usize) -> Self {
        Self {
            top: (in_height - height) / 2,
            left: (in_width - width) / 2,
            height,
            width,
        }
    }
}

impl Crop {
    /// The crop of one view in px; `None`, after as many draws, where the chance says no.
    pub fn draw(&self, width: usize, height: usize, stream: &mut Stream) -> Option<Area> {
        let applied = stream.chance(self.p);
        let area = self.area(width, height, stream);
        applied.then_some(area)
    }

    /// A crop in px, whatever the chance, as torchvision's `RandomResizedCrop.get_params` draws it: ten tries, then
    /// the centre.
    pub fn area(&self, width: usize, height: usize, stream: &mut Stream) -> Area {
        (0..10)
            .find_map(|_| self.attempt(width, height, stream))
            .unwrap_or_else(|| self.central(width, height))
    }

    /// One try; `None` if the crop would not fit into the image.
    fn attempt(&self, in_width: usize, in_height: usize, stream: &mut Stream) -> Option<Area> {
        let area = (in_width * in_height) as f64 * stream.range(self.area_min, self.area_max);
        let ratio = stream.range(self.ratio_min.ln(), self.ratio_max.ln()).exp();
        let width = (area * ratio).sqrt().round_ties_even() as usize;
        let height = (area / ratio).sqrt().round_ties_even() as usize;
        let fits = (1..=in_width).contains(&width) && (1..=in_height).contains(&height);
        fits.then(|| Area {
            top: stream.below(in_height - height + 1),
            left: stream.below(in_width - width + 1),
            height,
            width,
        })
    }

    /// When ten tries failed: the largest central crop within the aspect ratios.
    fn central(&self, in_width: usize, in_height: usize) -> Area {
        let (w, h) = (in_width as f64, in_height as f64);
        let (width, height) = if w / h < self.ratio_min {
            (in_width, (w / self.ratio_min).round_ties_even() as usize)
        } else if w / h > self.ratio_max {
            ((h * self.ratio_max).round_ties_even() as usize, in_height)
        } else {
            (in_width, in_height)
        };
        Area::centred(
            height.clamp(1, in_height),
            width.clamp(1, in_width),
            in_height,
            in_width,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Purpose;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn crops_stay_inside(
            width in 1_usize..400, height in 1_usize..400, seed: u64,
            areas in (0.02_f64..1.0, 0.02_f64..1.0), ratios in (0.1_f64..1.0, 1.0_f64..10.0),
        ) {
            let crop = Crop {
                p: 1.0,
                area_min: areas.0.min(areas.1),
                area_max: areas.0.max(areas.1),
                ratio_min: ratios.0,
                ratio_max: ratios.1,
            };
            let mut stream = Stream::new(seed, Purpose::Views, &[]);
            for _ in 0..20 {
                let area = crop.draw(width, height, &mut stream).expect("p is 1");
                prop_assert!(area.width > 0 && area.left + area.width <= width, "{area:?}");
                prop_assert!(area.height > 0 && area.top + area.height <= height, "{area:?}");
            }
        }
    }

    #[test]
    fn areas_and_places_spread_over_their_range() {
        let crop = Crop::default();
        let mut stream = Stream::new(0, Purpose::Views, &[]);
        let areas: Vec<_> = (0..4000)
            .filter_map(|_| crop.draw(100, 100, &mut stream))
            .collect();
        let shares: Vec<_> = areas
            .iter()
            .map(|a| (a.width * a.height) as f64 / 1e4)
            .collect();
        let mean = shares.iter().sum::<f64>() / 4000.0;
        // Below .54, the mean of the range, because large crops of other ratios than the image's are drawn again.
        assert!((0.44..0.52).contains(&mean), "{mean}");
        assert!(shares.iter().all(|s| (0.07..=1.0).contains(s)));
        let mean_left = areas
            .iter()
            .map(|a| a.left as f64 / (101 - a.width) as f64)
            .sum::<f64>()
            / 4000.0;
        assert!((0.45..0.55).contains(&mean_left), "{mean_left}");
    }

    #[test]
    fn a_ribbon_falls_back_to_its_centre() {
        let crop = Crop {
            area_min: 1.0,
            ..Crop::default()
        };
        let mut stream = Stream::new(0, Purpose::Views, &[]);
        let area = crop.draw(300, 9, &mut stream).expect("p is 1");
        assert_eq!(
            area,
            Area {
                top: 0,
                left: 144,
                height: 9,
                width: 12
            }
        );
    }
}
