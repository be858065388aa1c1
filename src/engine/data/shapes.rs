//! The embedded data set: coloured shapes made from a seed, so that a first experiment needs no download.
//!
//! Ten classes that form and texture alone tell apart. Colours of figure and ground, place, size, rotation and lighting
//! are drawn at random, so an encoder that matches views by colour learns nothing of the classes: the paper's lesson on
//! crop and colour (§3.1, Fig. 5) in minutes.

use super::memory::{Memory, data_set};
use super::{Data, DataError, DataSet, Image, Split};
use crate::engine::random::{Purpose, Stream};
use std::f64::consts::TAU;

/// Side of the images.
const SIDE: usize = 32;
/// Images made where no limit says how many.
pub const TRAIN: usize = 2_000;
const TEST: usize = 600;
/// More would not fit into memory on many machines.
const MOST: usize = 1_000_000;
/// Samples a pixel in each direction: edges are smooth.
const SAMPLES: usize = 3;
const NOISE: f64 = 0.04;

/// Whether a point belongs to a figure.
pub type Inside = fn(f64, f64) -> bool;

/// The classes: each a name and the points that belong to the figure, whose radius is about 1.
pub const CLASSES: [(&str, Inside); 10] = [
    ("disc", |x, y| x.hypot(y) < 1.0),
    ("square", |x, y| x.abs().max(y.abs()) < 0.85),
    ("triangle", triangle),
    ("cross", |x, y| {
        x.abs().max(y.abs()) < 1.0 && x.abs().min(y.abs()) < 0.3
    }),
    ("ring", |x, y| (0.6..1.0).contains(&x.hypot(y))),
    ("star", star),
    ("stripes", |x, y| in_block(x, y) && band(y, 6.0)),
    ("checker", |x, y| {
        in_block(x, y) && (band(x, 4.0) == band(y, 4.0))
    }),
    ("bar", |x, y| x.abs() < 1.1 && y.abs() < 0.3),
    ("half disc", |x, y| y > -0.45 && x.hypot(y + 0.45) < 1.1),
];

fn triangle(x: f64, y: f64) -> bool {
    let slope = 0.75_f64.sqrt();
    let sides = [y, -0.5 * y + slope * x, -0.5 * y - slope * x];
    sides.iter().all(|away| *away < 0.6)
}

/// Five points at radius 1.15 and five notches at .48.
fn star(x: f64, y: f64) -> bool {
    let point = TAU / 5.0;
    let angle = (x.atan2(-y).rem_euclid(point) - point / 2.0).abs();
    let from_point = point / 2.0 - angle;
    let (along, across) = (x.hypot(y) * from_point.cos(), x.hypot(y) * from_point.sin());
    let (notch_along, notch_across) = (0.48 * (point / 2.0).cos(), 0.48 * (point / 2.0).sin());
    (along - 1.15) * notch_across < across * (notch_along - 1.15)
}

fn in_block(x: f64, y: f64) -> bool {
    x.abs().max(y.abs()) < 0.95
}

/// Whether `v` lies in every other one of `count` bands across the block.
fn band(v: f64, count: f64) -> bool {
    ((v + 0.95) / 1.9 * count).floor().rem_euclid(2.0) < 1.0
}

/// Makes the data set; the limits say how many images.
pub fn open(data: &Data) -> Result<DataSet, DataError> {
    let train = make(Split::Train, data, TRAIN)?;
    let test = make(Split::Test, data, TEST)?;
    let classes = CLASSES.iter().map(|(name, _)| (*name).to_owned()).collect();
    Ok(data_set("shapes", train, test, classes))
}

fn make(split: Split, data: &Data, default: usize) -> Result<Memory, DataError> {
    let count = match split.limit(data) {
        0 => default,
        limit => limit,
    };
    if count > MOST {
        let why = format!(
            "data.{}_limit: {count} shapes don't fit into memory; make it at most {MOST}",
            split.name()
        );
        return Err(DataError::Unusable(why));
    }
    let label = |i| label(i) as u32;
    Ok(Memory::gather(split, data, count, |i| {
        (draw(split, i), label(i))
    }))
}

const fn label(i: usize) -> usize {
    i % CLASSES.len()
}

/// Where a figure stands.
struct Pose {
    x: f64,
    y: f64,
    radius: f64,
    sin: f64,
    cos: f64,
}

impl Pose {
    fn draw(stream: &mut Stream) -> Self {
        let centre = SIDE as f64 / 2.0;
        let (x, y) = (stream.range(-3.0, 3.0), stream.range(-3.0, 3.0));
        let radius = stream.range(7.0, 12.0);
        let (sin, cos) = stream.range(-0.3, 0.3).sin_cos();
        Self {
            x: centre + x,
            y: centre + y,
            radius,
            sin,
            cos,
        }
    }

    /// The share of a pixel that the figure covers.
    fn cover(&self, inside: Inside, column: usize, row: usize) -> f64 {
        let offset = |sample: usize| (sample as f64 + 0.5) / SAMPLES as f64;
        let hits = (0..SAMPLES * SAMPLES).filter(|sample| {
            let x = (column as f64 + offset(sample % SAMPLES) - self.x) / self.radius;
            let y = (row as f64 + offset(sample / SAMPLES) - self.y) / self.radius;
            inside(self.cos * x + self.sin * y, self.cos * y - self.sin * x)
        });
        hits.count() as f64 / (SAMPLES * SAMPLES) as f64
    }
}

/// Image `i` of a part; the same on every machine.
fn draw(split: Split, i: usize) -> Image {
    let mut stream = Stream::new(0, Purpose::Shapes, &[split as u64, i as u64]);
    let pose = Pose::draw(&mut stream);
    let (figure, ground) = colours(&mut stream);
    let (sin, cos) = stream.range(0.0, TAU).sin_cos();
    let light = stream.range(0.0, 0.3) / (SIDE as f64 / 2.0);
    let (_, inside) = CLASSES[label(i)];
    let mut pixels = Vec::with_capacity(3 * SIDE * SIDE);
    for at in 0..SIDE * SIDE {
        let (column, row) = (at % SIDE, at / SIDE);
        let cover = pose.cover(inside, column, row);
        let middle = (SIDE as f64 - 1.0) / 2.0;
        let lit = 1.0 + light * (cos * (column as f64 - middle) + sin * (row as f64 - middle));
        for (figure, ground) in figure.iter().zip(ground) {
            let v = lit * (cover * figure + (1.0 - cover) * ground) + NOISE * stream.normal();
            pixels.push((v.clamp(0.0, 1.0) * 255.0).round() as u8);
        }
    }
    Image {
        width: SIDE,
        height: SIDE,
        pixels,
    }
}

/// Colours of figure and ground. The figure is the brighter one, as things in light often are: with either brighter,
/// an encoder needs many times the steps before it looks at form, too many for a first trial on a processor.
fn colours(stream: &mut Stream) -> ([f64; 3], [f64; 3]) {
    loop {
        let pair = (colour(stream), colour(stream));
        if luma(pair.0) > luma(pair.1) + 0.3 {
            return pair;
        }
    }
}

fn luma([red, green, blue]: [f64; 3]) -> f64 {
    0.114f64.mul_add(blue, 0.587f64.mul_add(green, 0.299 * red))
}

fn colour(stream: &mut Stream) -> [f64; 3] {
    let hue = stream.range(0.0, 6.0);
    let saturation = stream.range(0.1, 1.0);
    let value = stream.range(0.2, 1.0);
    [5.0, 3.0, 1.0].map(|offset| {
        let k: f64 = (offset + hue) % 6.0;
        value * (1.0 - saturation * k.min(4.0 - k).clamp(0.0, 1.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::open as open_data;

    fn small(train: usize, test: usize) -> Data {
        Data {
            train_limit: train,
            test_limit: test,
            ..Data::default()
        }
    }

    #[test]
    fn limits_say_how_many_and_the_same_come_each_time() {
        let set = open_data(&small(40, 20)).expect("always there");
        assert_eq!(
            (set.train.len(), set.test.len(), set.classes.len()),
            (40, 20, 10)
        );
        assert_eq!(set.classes[set.train.label(7) as usize], "checker");
        let again = open_data(&small(40, 20)).expect("always there");
        assert_eq!(set.fingerprint, again.fingerprint);
        let more = open_data(&small(50, 20)).expect("always there");
        assert_eq!(
            more.train.image(39).expect("kept"),
            set.train.image(39).expect("kept")
        );
        assert_ne!(
            set.train.image(0).expect("kept"),
            set.test.image(0).expect("kept")
        );
        assert!(open_data(&small(MOST + 1, 1)).is_err());
    }

    #[test]
    fn figures_stand_out_and_leave_some_ground() {
        for i in 0..200 {
            let mut stream = Stream::new(0, Purpose::Shapes, &[0, i]);
            let pose = Pose::draw(&mut stream);
            let (figure, ground) = colours(&mut stream);
            let away = (0..3).map(|c| (figure[c] - ground[c]).abs());
            assert!(away.fold(0.0, f64::max) > 0.25, "{figure:?} {ground:?}");
            assert!(luma(figure) > luma(ground), "{figure:?} {ground:?}");
            let (name, inside) = CLASSES[label(i as usize)];
            let cover = (0..SIDE * SIDE).map(|at| pose.cover(inside, at % SIDE, at / SIDE));
            let share = cover.sum::<f64>() / (SIDE * SIDE) as f64;
            assert!((0.03..0.55).contains(&share), "{name} {i}: {share}");
        }
    }

    #[test]
    fn colour_alone_tells_no_class() {
        let set = open_data(&small(1000, 10)).expect("always there");
        let mut sums = [[0.0; 3]; 10];
        for i in 0..1000 {
            let image = set.train.image(i).expect("kept");
            for (at, v) in image.pixels.iter().enumerate() {
                sums[set.train.label(i) as usize][at % 3] += f64::from(*v) / (100.0 * 1024.0);
            }
        }
        for channel in 0..3 {
            let means = sums.map(|class| class[channel]);
            let spread = means.iter().copied().fold(f64::MIN, f64::max)
                - means.iter().copied().fold(f64::MAX, f64::min);
            assert!(spread < 35.0, "{means:?}");
        }
    }
}
