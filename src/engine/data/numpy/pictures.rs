//! Images that lie as values of one array: gray or coloured, pixel by pixel or plane by plane.

use super::array::{Array, Values};
use super::npy::Kind;
use crate::disk::untrusted;
use crate::engine::data::parts::Stored;
use crate::engine::data::{DataError, Image};
use crc32fast::Hasher;
use std::sync::Arc;

/// Images whose pixels all count in a checksum; of more, so many are a sample.
const SAMPLED: usize = 4096;

/// How an array's values are images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    count: usize,
    height: usize,
    width: usize,
    channels: usize,
    /// Whether the values of each channel lie together.
    planes: bool,
}

/// The images of one part.
pub struct Pictures {
    part: &'static str,
    layout: Layout,
    values: Values,
}

impl Layout {
    fn of(shape: &[usize]) -> Option<Self> {
        let colour = |channels: usize| matches!(channels, 1 | 3 | 4);
        let (count, height, width, channels, planes) = match *shape {
            [count, height, width] => (count, height, width, 1, false),
            [count, height, width, channels] if colour(channels) => {
                (count, height, width, channels, false)
            }
            [count, channels, height, width] if colour(channels) => {
                (count, height, width, channels, true)
            }
            _ => return None,
        };
        (height > 0 && width > 0).then_some(Self {
            count,
            height,
            width,
            channels,
            planes,
        })
    }

    const fn pixels(self) -> usize {
        self.height * self.width
    }

    /// One image as red, green and blue; what follows these is dropped.
    fn image(self, values: &[u8]) -> Image {
        let pixels = self.pixels();
        let (step, channel) = if self.planes {
            (1, pixels)
        } else {
            (self.channels, 1)
        };
        let second = if self.channels == 1 {
            [0; 3]
        } else {
            [0, 1, 2]
        };
        let pixel = |i: usize| second.map(|c| values[i * step + c * channel]);
        Image {
            width: self.width,
            height: self.height,
            pixels: (0..pixels).flat_map(pixel).collect(),
        }
    }
}

/// How many images an array holds.
///
/// # Errors
/// A sentence that says what would be right, where it holds none.
pub fn count(array: &Array) -> Result<usize, DataError> {
    layout(array).map(|layout| layout.count)
}

fn layout(array: &Array) -> Result<Layout, DataError> {
    if array.header.kind != Kind::BYTES {
        return Err(
            array.refused("images must be bytes from 0 to 255: save them with .astype('uint8')")
        );
    }
    if array.header.fortran {
        return Err(array.refused("save them row by row, by numpy.ascontiguousarray(images)"));
    }
    let right = "images must have the shape (count, height, width), or that and 1, 3 or 4 channels";
    Layout::of(&array.header.shape).ok_or_else(|| array.refused(right))
}

impl Pictures {
    /// Those of an array.
    pub fn new(part: &'static str, array: &Array) -> Result<Self, DataError> {
        Ok(Self {
            part,
            layout: layout(array)?,
            values: array.values()?,
        })
    }

    fn with<T>(&self, i: usize, look: impl FnOnce(&[u8]) -> T) -> Result<T, DataError> {
        let size = self.layout.pixels() * self.layout.channels;
        match &self.values {
            Values::Held(bytes) => Ok(look(&bytes[i * size..][..size])),
            Values::At(path, at) => {
                let (at, size) = (at + (i * size) as u64, size as u64);
                let bytes = untrusted::stretch(path, at, size, size);
                bytes
                    .map(|bytes| look(&bytes))
                    .map_err(|e| DataError::io(path, &e))
            }
        }
    }
}

impl Stored for Pictures {
    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        self.with(i, |values| Arc::new(self.layout.image(values)))
    }

    fn name(&self, i: usize) -> String {
        format!("{} #{i}", self.part)
    }

    fn digest(&self, i: usize, label: u32, hash: &mut Hasher) -> Result<(), DataError> {
        hash.update(&label.to_le_bytes());
        hash.update(&(i as u64).to_le_bytes());
        hash.update(&(self.layout.width as u64).to_le_bytes());
        let step = self.layout.count.div_ceil(SAMPLED).max(1);
        // Memory is quick, but gigabytes of a file would take a minute.
        if matches!(self.values, Values::Held(_)) || i.is_multiple_of(step) {
            return self.with(i, |values| hash.update(values));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_gray_or_coloured() {
        let values: Vec<u8> = (0..24).collect();
        for (shape, first, second) in [
            (&[1, 2, 3][..], [0; 3], [1; 3]),
            (&[1, 2, 3, 1], [0; 3], [1; 3]),
            (&[1, 2, 2, 3], [0, 1, 2], [3, 4, 5]),
            (&[1, 2, 2, 4], [0, 1, 2], [4, 5, 6]),
            (&[1, 3, 2, 2], [0, 4, 8], [1, 5, 9]),
            (&[1, 1, 2, 2], [0; 3], [1; 3]),
        ] {
            let image = Layout::of(shape).unwrap().image(&values);
            assert_eq!(
                image.pixels.len(),
                image.width * image.height * 3,
                "{shape:?}"
            );
            assert_eq!(image.pixels[..3], first, "{shape:?}");
            assert_eq!(image.pixels[3..6], second, "{shape:?}");
        }
        for shape in [
            &[1][..],
            &[1, 28],
            &[1, 28, 28, 28],
            &[1, 0, 3],
            &[1, 2, 2, 3, 1],
        ] {
            assert_eq!(Layout::of(shape), None, "{shape:?}");
        }
    }
}
