//! Gaussian noise on every value of a view (paper, §3.2).

use crate::engine::random::Stream;
use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Gaussian noise
    pub struct Noise {
        /// Chance that Gaussian noise is added to a view, to each pixel and channel separately, clipped to 0 to 1.
        p: f64 = 0.0 => Hparam::linear(0.0, 1.0, 0.05).paper("§3.2, Fig. 4 and 5");
        /// Smallest standard deviation of the noise, where 0 is black and 1 is white.
        sigma_min: f64 = 0.02 => Hparam::linear(0.0, 1.0, 0.01);
        /// Largest standard deviation of the noise, where 0 is black and 1 is white.
        sigma_max: f64 = 0.1 => Hparam::linear(0.0, 1.0, 0.01);
    }
}

/// The noise of one view: how strong it is, and the stream that the rest of it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Grain {
    sigma: f64,
    stream: Stream,
}

impl Noise {
    /// The noise of one view, sigma uniform between its bounds; `None` where the chance says no. It takes the rest of
    /// the stream, which therefore must be its own.
    #[must_use]
    pub fn draw(&self, mut stream: Stream) -> Option<Grain> {
        let applied = stream.chance(self.p);
        let sigma = stream.range(self.sigma_min, self.sigma_max);
        applied.then_some(Grain { sigma, stream })
    }
}

impl Grain {
    /// Adds the noise to an image from 0 to 1, clipped, in place.
    pub fn add(&self, image: &mut [f32]) {
        add_noise(image, self.sigma, &mut self.stream.clone());
    }
}

/// Adds `sigma` times standard normals to an image from 0 to 1, in order of its values, clipped, in place.
pub fn add_noise(image: &mut [f32], sigma: f64, stream: &mut Stream) {
    for values in image.chunks_mut(2) {
        for (v, normal) in values.iter_mut().zip(stream.normals()) {
            *v = (*v + (sigma * normal) as f32).clamp(0.0, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Purpose;

    #[test]
    fn the_noise_has_the_drawn_deviation_and_no_drift() {
        let noise = Noise {
            p: 1.0,
            sigma_min: 0.05,
            sigma_max: 0.05,
        };
        let grain = noise.draw(Stream::new(1, Purpose::Views, &[]));
        let mut image = vec![0.5_f32; 30_001];
        grain.as_ref().expect("p is 1").add(&mut image);
        let n = image.len() as f32;
        let mean = image.iter().sum::<f32>() / n;
        let deviation = (image.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / n).sqrt();
        assert!((mean - 0.5).abs() < 1e-3, "{mean}");
        assert!((deviation - 0.05).abs() < 1e-3, "{deviation}");
        let mut again = vec![0.5_f32; 30_001];
        grain.expect("p is 1").add(&mut again);
        assert_eq!(image, again);
    }

    #[test]
    fn what_leaves_the_range_is_clipped() {
        let mut image = [0.0_f32, 1.0].repeat(500);
        add_noise(&mut image, 1.0, &mut Stream::new(0, Purpose::Views, &[]));
        assert!(image.iter().all(|v| (0.0..=1.0).contains(v)));
        assert!(image.contains(&0.0) && image.contains(&1.0));
    }
}
