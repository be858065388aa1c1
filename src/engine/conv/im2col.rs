//! im2col: each column holds what the kernel sees at one output position; col2im adds columns back onto the images.
//!
//! ```text
//!                       positions of image 1    of image 2   ...
//!              c 0, tap 0,0  [ x x x x x x x x | x x x x x x x x | ]
//!              c 0, tap 0,1  [ x x x x x x x x | x x x x x x x x | ]
//! patch = in * k * k  ...
//! weights [out, patch] * columns [patch, positions] = outputs [out, positions]
//! ```
//!
//! Each number is written `k * k` times, which is why kernels in `direct` and `winograd` come first (Chellapilla, Puri and
//! Simard, High Performance Convolutional Neural Networks for Document Processing, 2006). Images of few positions share one
//! product, so that it is at least `WIDE` columns wide.

/// The sizes of one convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    /// Images.
    pub n: usize,
    /// Channels of the input.
    pub input: usize,
    /// Rows and columns of an input plane.
    pub plane: [usize; 2],
    /// Channels of the output.
    pub output: usize,
    /// Rows and columns of an output plane.
    pub out_plane: [usize; 2],
    /// Side of the kernel.
    pub k: usize,
    /// Step of the kernel.
    pub stride: usize,
    /// Zeros around the input.
    pub padding: usize,
}

/// So many numbers of a buffer, which grows where it has to; what they hold is left from before.
pub fn sized(buffer: &mut Vec<f32>, len: usize) -> &mut [f32] {
    if buffer.len() < len {
        buffer.resize(len, 0.0);
    }
    &mut buffer[..len]
}

/// Columns that one product should have at least, to keep its kernels busy.
const WIDE: usize = 256;

impl ConvShape {
    /// From the shapes of input and weights.
    pub fn new(x: [usize; 4], weight: [usize; 4], stride: usize, padding: usize) -> Self {
        let [n, input, h, w] = x;
        let [output, _, k, _] = weight;
        let out = |side: usize| (side + 2 * padding).saturating_sub(k) / stride + 1;
        Self {
            n,
            input,
            plane: [h, w],
            output,
            out_plane: [out(h), out(w)],
            k,
            stride,
            padding,
        }
    }

    /// Numbers in an input image.
    pub const fn image(&self) -> usize {
        self.input * self.plane[0] * self.plane[1]
    }

    /// Output positions of an image.
    pub const fn positions(&self) -> usize {
        self.out_plane[0] * self.out_plane[1]
    }

    /// Numbers in an output image.
    pub const fn out_image(&self) -> usize {
        self.output * self.positions()
    }

    /// Numbers that the kernel sees at one position.
    pub const fn patch(&self) -> usize {
        self.input * self.k * self.k
    }

    /// Images whose columns share one product.
    pub const fn group(&self) -> usize {
        WIDE.div_ceil(if self.positions() == 0 {
            1
        } else {
            self.positions()
        })
    }

    /// For a kernel column, the output columns whose input lies inside: from, to.
    fn inside(&self, at: usize, axis: usize) -> (usize, usize) {
        let from = self.padding.saturating_sub(at).div_ceil(self.stride);
        let last = (self.plane[axis] + self.padding).saturating_sub(at + 1);
        let to = (last / self.stride + 1).min(self.out_plane[axis]);
        let none = self.plane[axis] + self.padding <= at;
        if none || from >= to {
            (0, 0)
        } else {
            (from, to)
        }
    }

    /// Whether the columns of one image are the image itself.
    pub const fn is_plain(&self) -> bool {
        self.k == 1 && self.stride == 1 && self.padding == 0
    }

    /// Writes the columns of consecutive images, row-major `[seen, images * positions]`.
    pub fn im2col(&self, images: &[f32], columns: &mut [f32]) {
        let count = images.len() / self.image().max(1);
        let width = count * self.positions();
        for (row, line) in columns.chunks_exact_mut(width).enumerate() {
            let (channel, ky, kx) = self.tap(row);
            for (image, line) in images
                .chunks_exact(self.image())
                .zip(line.chunks_exact_mut(self.positions()))
            {
                let area = self.plane[0] * self.plane[1];
                self.im2col_plane(&image[channel * area..][..area], ky, kx, line);
            }
        }
    }

    fn tap(&self, row: usize) -> (usize, usize, usize) {
        (row / (self.k * self.k), row / self.k % self.k, row % self.k)
    }

    fn im2col_plane(&self, plane: &[f32], ky: usize, kx: usize, line: &mut [f32]) {
        let (wide, out_wide) = (self.plane[1], self.out_plane[1]);
        let ((top, bottom), (left, right)) = (self.inside(ky, 0), self.inside(kx, 1));
        line[..top * out_wide].fill(0.0);
        line[bottom * out_wide..].fill(0.0);
        for y in top..bottom {
            let to = &mut line[y * out_wide..][..out_wide];
            to[..left].fill(0.0);
            to[right..].fill(0.0);
            if left == right {
                continue;
            }
            let from = &plane[(y * self.stride + ky - self.padding) * wide..][..wide];
            let start = left * self.stride + kx - self.padding;
            if self.stride == 1 {
                to[left..right].copy_from_slice(&from[start..start + right - left]);
            } else {
                for (to, from) in to[left..right]
                    .iter_mut()
                    .zip(from[start..].iter().step_by(self.stride))
                {
                    *to = *from;
                }
            }
        }
    }

    /// Adds columns as [`im2col`](Self::im2col) lays them back onto the images they came from.
    pub fn col2im(&self, columns: &[f32], images: &mut [f32]) {
        let count = images.len() / self.image().max(1);
        let width = count * self.positions();
        for (row, line) in columns.chunks_exact(width).enumerate() {
            let (channel, ky, kx) = self.tap(row);
            for (image, line) in images
                .chunks_exact_mut(self.image())
                .zip(line.chunks_exact(self.positions()))
            {
                let area = self.plane[0] * self.plane[1];
                self.col2im_plane(line, ky, kx, &mut image[channel * area..][..area]);
            }
        }
    }

    fn col2im_plane(&self, line: &[f32], ky: usize, kx: usize, plane: &mut [f32]) {
        let (wide, out_wide) = (self.plane[1], self.out_plane[1]);
        let ((top, bottom), (left, right)) = (self.inside(ky, 0), self.inside(kx, 1));
        if left == right {
            return;
        }
        for y in top..bottom {
            let from = &line[y * out_wide..][left..right];
            let to = &mut plane[(y * self.stride + ky - self.padding) * wide..][..wide];
            let start = left * self.stride + kx - self.padding;
            for (to, from) in to[start..].iter_mut().step_by(self.stride).zip(from) {
                *to += *from;
            }
        }
    }
}
