//! Colour jitter: brightness, contrast, saturation and hue in random order (paper, appendix A).

use super::grayscale::luma;
use super::planes::planes;
use super::wide::wide;
use crate::engine::random::Stream;
use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Colour jitter
    pub struct Jitter {
        /// Chance that a view's colours are jittered.
        p: f64 = 0.8 => Hparam::linear(0.0, 1.0, 0.05).paper("App. A");
        /// The brightness factor is drawn from 1 − v to 1 + v, where v is this times the strength s.
        brightness: f64 = 0.8 => Hparam::linear(0.0, 2.0, 0.05).paper("App. A");
        /// The contrast factor is drawn from 1 − v to 1 + v, where v is this times the strength s.
        contrast: f64 = 0.8 => Hparam::linear(0.0, 2.0, 0.05).paper("App. A");
        /// The saturation factor is drawn from 1 − v to 1 + v, where v is this times the strength s.
        saturation: f64 = 0.8 => Hparam::linear(0.0, 2.0, 0.05).paper("App. A");
        /// The hue turns by −v to +v of the colour circle, where v is this times the strength s, at most .5.
        hue: f64 = 0.2 => Hparam::linear(0.0, 0.5, 0.01).paper("App. A");
    }
}

/// One of the four adjustments with its drawn amount; what has no amount to draw from is left out, as in torchvision.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Adjust {
    Brightness(f32),
    Contrast(f32),
    Saturation(f32),
    Hue(f32),
    Nothing,
}

/// What a jitter does to one view: its adjustments, in drawn order.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift([Adjust; 4]);

impl Jitter {
    /// What happens to one view at colour strength s; `None`, after as many draws, where the chance says no.
    pub fn draw(&self, strength: f64, stream: &mut Stream) -> Option<Shift> {
        let applied = stream.chance(self.p);
        let mut factor = |amount: f64, adjust: fn(f32) -> Adjust| {
            let v = amount * strength;
            let factor = stream.range((1.0 - v).max(0.0), 1.0 + v);
            if v > 0.0 {
                adjust(factor as f32)
            } else {
                Adjust::Nothing
            }
        };
        let mut adjusts = [
            factor(self.brightness, Adjust::Brightness),
            factor(self.contrast, Adjust::Contrast),
            factor(self.saturation, Adjust::Saturation),
            Adjust::Nothing,
        ];
        let v = (self.hue * strength).min(0.5);
        let turn = stream.range(-v, v);
        if v > 0.0 {
            adjusts[3] = Adjust::Hue(turn as f32);
        }
        stream.shuffle(&mut adjusts);
        applied.then_some(Shift(adjusts))
    }
}

impl Shift {
    const fn one(adjust: Adjust) -> Self {
        Self([adjust, Adjust::Nothing, Adjust::Nothing, Adjust::Nothing])
    }

    /// Whether it has any amount.
    pub fn adjusts(&self) -> bool {
        self.0
            .iter()
            .any(|adjust| !matches!(adjust, Adjust::Nothing))
    }

    /// Adjusts an image `[3, S, S]` from 0 to 1 in place, in the drawn order (paper, appendix A).
    ///
    /// Contrast needs the mean of what the adjustments before it make; so one pass over the image does all of those and
    /// another the rest, block by block.
    pub fn apply(&self, image: &mut [f32]) {
        let contrast = |adjust: &Adjust| matches!(adjust, Adjust::Contrast(_));
        let split = self.0.iter().position(contrast).unwrap_or(self.0.len());
        let (before, after) = self.0.split_at(split);
        let mut mean = Mean::default();
        for mut block in blocks(image) {
            for adjust in before {
                adjust.apply(&mut block, 0.0);
            }
            mean.add(&block);
        }
        let gray = mean.value();
        for mut block in blocks(image).take_while(|_| !after.is_empty()) {
            for adjust in after {
                adjust.apply(&mut block, gray);
            }
        }
    }
}

impl Adjust {
    /// Adjusts a part of an image; `gray` is the mean of the whole image's luma, where contrast comes from.
    fn apply(self, colours: &mut [&mut [f32]; 3], gray: f32) {
        match self {
            Self::Brightness(factor) => blend(colours, factor, 0.0),
            Self::Contrast(factor) => blend(colours, factor, (1.0 - factor) * gray),
            Self::Saturation(factor) => saturate(colours, factor),
            Self::Hue(turn) => turn_hue(colours, turn),
            Self::Nothing => {}
        }
    }
}

/// Blends an image `[3, S, S]` from 0 to 1 with black, clamped, as torchvision's function of this name: 0 is black, 1
/// leaves the image.
pub fn adjust_brightness(image: &mut [f32], factor: f32) {
    Shift::one(Adjust::Brightness(factor)).apply(image);
}

/// Blends an image `[3, S, S]` from 0 to 1 with the mean of its luma, clamped, as torchvision's function of this name:
/// 0 is that gray, 1 leaves the image.
pub fn adjust_contrast(image: &mut [f32], factor: f32) {
    Shift::one(Adjust::Contrast(factor)).apply(image);
}

/// Blends an image `[3, S, S]` from 0 to 1 with its luma, clamped, as torchvision's function of this name: 0 is gray, 1
/// leaves the image.
pub fn adjust_saturation(image: &mut [f32], factor: f32) {
    Shift::one(Adjust::Saturation(factor)).apply(image);
}

/// Turns the hue of an image `[3, S, S]` from 0 to 1 by `turn` of the colour circle, from -.5 to .5, in HSV, as
/// torchvision's function of this name.
pub fn adjust_hue(image: &mut [f32], turn: f32) {
    Shift::one(Adjust::Hue(turn)).apply(image);
}

/// The pixels that several adjustments change in turn while they are in the processor's nearest cache.
const BLOCK: usize = 1024;

/// An image `[3, S, S]` in parts of so many pixels: red, green and blue of each.
fn blocks(image: &mut [f32]) -> impl Iterator<Item = [&mut [f32]; 3]> {
    let (red, green, blue) = planes(image);
    red.chunks_mut(BLOCK)
        .zip(green.chunks_mut(BLOCK))
        .zip(blue.chunks_mut(BLOCK))
        .map(|((red, green), blue)| [red, green, blue])
}

wide! {
    /// `factor` of each value and a constant of another image.
    fn blend(colours: &mut [&mut [f32]; 3], factor: f32, rest: f32) {
        for plane in colours {
            for v in plane.iter_mut() {
                *v = clip(factor * *v + rest);
            }
        }
    }
}

wide! {
    /// `factor` of each value and the rest of its pixel's luma.
    fn saturate(colours: &mut [&mut [f32]; 3], factor: f32) {
        let [red, green, blue] = colours;
        for ((r, g), b) in red.iter_mut().zip(green.iter_mut()).zip(blue.iter_mut()) {
            let rest = (1.0 - factor) * luma(*r, *g, *b);
            *r = clip(factor * *r + rest);
            *g = clip(factor * *g + rest);
            *b = clip(factor * *b + rest);
        }
    }
}

wide! {
    /// Every pixel takes the same steps without branches, so that the loop runs on vectors: with the hue h from 0 to 6, a
    /// channel is `max - (max - min) * clip(min(k, 4 - k))` where k = (h + 5, 3 or 1) mod 6 for red, green and blue.
    fn turn_hue(colours: &mut [&mut [f32]; 3], turn: f32) {
        let turn = turn.rem_euclid(1.0) * 6.0;
        let [to_red, to_green, to_blue] = [5.0, 3.0, 1.0].map(|offset| wrap(turn + offset));
        let [red, green, blue] = colours;
        for ((r, g), b) in red.iter_mut().zip(green.iter_mut()).zip(blue.iter_mut()) {
            let most = larger(larger(*r, *g), *b);
            let range = most - smaller(smaller(*r, *g), *b);
            let inverse = 1.0 / if range > 0.0 { range } else { 1.0 };
            let (from_red, from_green, from_blue) = (
                (*g - *b) * inverse,
                (*b - *r) * inverse,
                (*r - *g) * inverse,
            );
            let hue = if most <= *g {
                from_green + 2.0
            } else {
                from_blue + 4.0
            };
            let hue = if most <= *r { from_red } else { hue };
            let hue = if hue < 0.0 { hue + 6.0 } else { hue };
            *r = clip(most - range * share(hue + to_red));
            *g = clip(most - range * share(hue + to_green));
            *b = clip(most - range * share(hue + to_blue));
        }
    }
}

/// How much of the range a channel lacks at `k`, the hue from that channel's zero, below 12.
#[inline]
fn share(k: f32) -> f32 {
    let k = wrap(k);
    clip(smaller(k, 4.0 - k))
}

/// `k` modulo 6, for `k` from 0 to below 12.
#[inline]
fn wrap(k: f32) -> f32 {
    if k >= 6.0 { k - 6.0 } else { k }
}

/// Unlike `f32::max` free of rules for NaN, so that it is one instruction.
#[inline]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline]
fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

#[inline]
fn clip(v: f32) -> f32 {
    smaller(larger(v, 0.0), 1.0)
}

/// The mean of an image's luma, block by block.
#[derive(Default)]
struct Mean {
    sum: f32,
    pixels: usize,
}

impl Mean {
    fn add(&mut self, block: &[&mut [f32]; 3]) {
        let mut sums = [0.0; 3];
        for (sum, plane) in sums.iter_mut().zip(block) {
            add_up(plane, sum);
        }
        let [red, green, blue] = sums;
        self.sum += luma(red, green, blue);
        self.pixels += block[0].len();
    }

    fn value(&self) -> f32 {
        self.sum / self.pixels.max(1) as f32
    }
}

wide! {
    /// The sum by many running sums, which vectors can keep and rounding spares.
    fn add_up(plane: &[f32], sum: &mut f32) {
        let mut sums = [0.0_f32; 32];
        let (chunks, rest) = plane.as_chunks::<32>();
        for chunk in chunks {
            for (sum, v) in sums.iter_mut().zip(chunk) {
                *sum += v;
            }
        }
        *sum = sums.iter().sum::<f32>() + rest.iter().sum::<f32>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Purpose;

    #[test]
    fn a_third_of_a_turn_makes_red_green() {
        let mut image = [0.9, 0.1, 0.2];
        adjust_hue(&mut image, 1.0 / 3.0);
        for (got, want) in image.iter().zip([0.2, 0.9, 0.1]) {
            assert!((got - want).abs() < 1e-6, "{image:?}");
        }
    }

    #[test]
    fn gray_has_no_hue_to_turn() {
        let mut image = vec![0.4, 0.4, 0.4];
        adjust_hue(&mut image, 0.2);
        assert_eq!(image, vec![0.4, 0.4, 0.4]);
    }

    #[test]
    fn no_amount_is_no_adjustment_and_the_draws_stay() {
        let none = Jitter {
            brightness: 0.0,
            contrast: 0.0,
            saturation: 0.0,
            hue: 0.0,
            ..Jitter::default()
        };
        let (mut a, mut b) = (stream(), stream());
        let drawn: Vec<_> = (0..50).filter_map(|_| none.draw(1.0, &mut a)).collect();
        assert!(drawn.iter().all(|s| s.0 == [Adjust::Nothing; 4]));
        for _ in 0..50 {
            let _ = Jitter::default().draw(0.5, &mut b);
        }
        assert_eq!(a.bits(), b.bits());
    }

    #[test]
    fn factors_stay_in_their_range_and_every_order_comes() {
        let jitter = Jitter {
            p: 1.0,
            ..Jitter::default()
        };
        let mut stream = stream();
        let mut orders = std::collections::BTreeSet::new();
        for _ in 0..2000 {
            let Some(Shift(adjusts)) = jitter.draw(1.0, &mut stream) else {
                panic!("p is 1")
            };
            orders.insert(
                adjusts
                    .map(|adjust| match adjust {
                        Adjust::Brightness(f) => (f, 0.2, 1.8, 'b'),
                        Adjust::Contrast(f) => (f, 0.2, 1.8, 'c'),
                        Adjust::Saturation(f) => (f, 0.2, 1.8, 's'),
                        Adjust::Hue(f) => (f, -0.2, 0.2, 'h'),
                        Adjust::Nothing => (0.0, 1.0, 1.0, 'n'),
                    })
                    .map(|(f, low, high, name)| {
                        assert!((low..=high).contains(&f), "{name} {f}");
                        name
                    }),
            );
        }
        assert_eq!(orders.len(), 24);
    }

    #[test]
    fn hues_turn_by_half_the_circle_at_most() {
        let jitter = Jitter {
            p: 1.0,
            hue: 0.5,
            ..Jitter::default()
        };
        let mut stream = stream();
        let mut furthest = 0.0_f32;
        for _ in 0..1000 {
            let drawn = jitter
                .draw(2.0, &mut stream)
                .map_or([Adjust::Nothing; 4], |s| s.0);
            for adjust in drawn {
                if let Adjust::Hue(turn) = adjust {
                    furthest = furthest.max(turn.abs());
                }
            }
        }
        assert!((0.49..=0.5).contains(&furthest), "{furthest}");
    }

    #[test]
    fn adjustments_together_are_each_of_them_alone_whatever_the_order() {
        let pixels = 2 * BLOCK + 77;
        let image: Vec<f32> = (0..3 * pixels)
            .map(|i| (i * i % 1009) as f32 / 1008.0)
            .collect();
        let mut stream = stream();
        for _ in 0..100 {
            let drawn = Jitter::default().draw(1.0, &mut stream);
            let shift = drawn.unwrap_or(Shift::one(Adjust::Nothing));
            let (mut together, mut apart) = (image.clone(), image.clone());
            shift.apply(&mut together);
            for adjust in shift.0 {
                Shift::one(adjust).apply(&mut apart);
            }
            assert_eq!(together, apart, "{shift:?}");
        }
    }

    #[test]
    fn contrast_is_about_the_mean_of_the_whole_image() {
        let pixels = 3 * BLOCK + 5;
        let value = |i: usize| (i % pixels) as f32 / pixels as f32;
        let mut image: Vec<f32> = (0..3 * pixels).map(value).collect();
        adjust_contrast(&mut image, 0.0);
        let mean = 0.9999 * (pixels - 1) as f32 / (2 * pixels) as f32;
        assert!(image.iter().all(|v| (v - mean).abs() < 1e-4), "{mean}");
    }

    fn stream() -> Stream {
        Stream::new(5, Purpose::Views, &[])
    }
}
