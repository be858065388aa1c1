//! Random rotation by quarter turns (paper, §3.2).

use crate::engine::random::Stream;
use crate::hparam::Hparam;
use crate::hparams;

hparams! {
    /// Rotation
    pub struct Rotate {
        /// Chance that a view is turned by 90, 180 or 270 degrees, chosen evenly; .75 makes 0, 90, 180 and 270 equally likely.
        p: f64 = 0.0 => Hparam::linear(0.0, 1.0, 0.05).paper("§3.2, Fig. 4 and 5");
    }
}

impl Rotate {
    /// The quarter turns of one view: 1 to 3, or 0 where the chance says no.
    pub fn draw(&self, stream: &mut Stream) -> usize {
        let applied = stream.chance(self.p);
        let turns = 1 + stream.below(3);
        if applied { turns } else { 0 }
    }
}

/// Turns an image `[3, S, S]` by so many quarter turns, counter-clockwise, in place.
pub fn rotate(image: &mut [f32], side: usize, turns: usize) {
    for plane in image.chunks_exact_mut((side * side).max(1)) {
        // Three quarters are a transposition with its rows turned round, a half is the plane from its end.
        if turns % 2 == 1 {
            transpose(plane, side);
            plane.chunks_exact_mut(side).for_each(<[f32]>::reverse);
        }
        if turns % 4 == 1 || turns % 4 == 2 {
            plane.reverse();
        }
    }
}

fn transpose(plane: &mut [f32], side: usize) {
    for y in 1..side {
        for x in 0..y {
            plane.swap(y * side + x, x * side + y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Purpose;

    #[test]
    fn turns_add_up_and_go_against_the_clock() {
        let image: Vec<f32> = (0..27_u8).map(f32::from).collect();
        let turned = |turns| {
            let mut image = image.clone();
            rotate(&mut image, 3, turns);
            image
        };
        assert_eq!(
            turned(1)[..9],
            [2.0, 5.0, 8.0, 1.0, 4.0, 7.0, 0.0, 3.0, 6.0]
        );
        for turns in 0..4 {
            let mut again = turned(turns);
            rotate(&mut again, 3, 1);
            assert_eq!(again, turned((turns + 1) % 4), "{turns} turns and one more");
        }
    }

    #[test]
    fn three_quarters_of_a_chance_make_all_four_turns_alike() {
        let rotate = Rotate { p: 0.75 };
        let mut stream = Stream::new(0, Purpose::Views, &[]);
        let mut counts = [0; 4];
        for _ in 0..4000 {
            counts[rotate.draw(&mut stream)] += 1;
        }
        assert!(counts.iter().all(|n| (900..1100).contains(n)), "{counts:?}");
    }
}
