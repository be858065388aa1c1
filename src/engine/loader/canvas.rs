//! Numbers that several threads write at once, each its own piece, and that become one vector without being copied.
//!
//! Batches are large: at 224 px a view is 600 kB. Were each written to a buffer of its thread first, copying it into the
//! batch would take longer than making it, and if that happened behind a lock, more threads would not help.

use crate::engine::data::DataError;
use std::mem::ManuallyDrop;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Numbers in pieces. The thread that is the first to write allocates them, so that the one that waits for the batch
/// need not clear them.
pub struct Canvas {
    length: usize,
    memory: OnceLock<Memory>,
}

/// A part of a canvas that nobody else can reach.
pub struct Piece {
    canvas: Arc<Canvas>,
    range: Range<usize>,
}

/// A boxed slice, held by its address because several pieces of it may be written at a time.
struct Memory(*mut [f32]);

#[expect(
    unsafe_code,
    reason = "it owns its numbers, as a box does, and only pieces, which are disjoint, reach them"
)]
unsafe impl Send for Memory {}

#[expect(unsafe_code, reason = "as above")]
unsafe impl Sync for Memory {}

impl Canvas {
    /// A canvas of zeros cut into pieces of these lengths, one after the other.
    pub fn cut(lengths: impl IntoIterator<Item = usize>) -> (Arc<Self>, Vec<Piece>) {
        let mut end = 0;
        let ranges: Vec<_> = lengths
            .into_iter()
            .map(|length| {
                end += length;
                end - length..end
            })
            .collect();
        let canvas = Arc::new(Self {
            length: end,
            memory: OnceLock::new(),
        });
        let piece = |range| Piece {
            canvas: canvas.clone(),
            range,
        };
        let pieces = ranges.into_iter().map(piece).collect();
        (canvas, pieces)
    }

    /// All numbers; `None` while a piece is left.
    pub fn whole(self: Arc<Self>) -> Option<Vec<f32>> {
        let canvas = Arc::into_inner(self)?;
        let memory = canvas.memory.into_inner();
        Some(memory.map_or_else(|| vec![0.0; canvas.length], Memory::numbers))
    }
}

/// What to say where [`Canvas::whole`] finds that a piece is left, which would be a mistake of the program.
pub fn unfinished() -> DataError {
    DataError::Loader("a batch was asked for before it was made".to_owned())
}

impl Piece {
    /// The piece's numbers.
    pub fn numbers(&mut self) -> &mut [f32] {
        let Memory(all) = self
            .canvas
            .memory
            .get_or_init(|| Memory::new(self.canvas.length));
        let Range { start, end } = self.range;
        #[expect(
            unsafe_code,
            reason = "pieces lie within the canvas and apart from one another; this one is borrowed as long as its numbers, and keeps the canvas"
        )]
        unsafe {
            std::slice::from_raw_parts_mut(all.cast::<f32>().add(start), end - start)
        }
    }
}

impl Memory {
    fn new(length: usize) -> Self {
        let mut numbers = vec![0.0; length].into_boxed_slice();
        in_large_pages(&mut numbers);
        Self(Box::into_raw(numbers))
    }

    fn numbers(self) -> Vec<f32> {
        let memory = ManuallyDrop::new(self);
        #[expect(unsafe_code, reason = "the address is a box's, and is not used again")]
        unsafe { Box::from_raw(memory.0) }.into_vec()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "the address is a box's, and is not used again")]
        drop(unsafe { Box::from_raw(self.0) });
    }
}

/// Asks the system to back numbers by large pages where it has them: the first touch of each page of 4 KiB costs more
/// than making the part of a view that it holds.
#[cfg(target_os = "linux")]
fn in_large_pages(numbers: &mut [f32]) {
    const LARGE: usize = 1 << 21;
    let bytes = numbers.as_mut_ptr_range();
    let (start, end) = (bytes.start.addr().next_multiple_of(LARGE), bytes.end.addr());
    if let Some(length) = end.checked_sub(start).filter(|length| *length >= LARGE) {
        let place = bytes.start.with_addr(start).cast();
        #[expect(
            unsafe_code,
            reason = "advice on a part of these numbers, which changes none of them; whether it is taken is no matter"
        )]
        unsafe {
            libc::madvise(place, length, libc::MADV_HUGEPAGE);
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn in_large_pages(_: &mut [f32]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_written_by_several_threads_become_one_vector() {
        let (canvas, pieces) = Canvas::cut([3, 0, 1000, 1, 500]);
        std::thread::scope(|scope| {
            for (i, mut piece) in pieces.into_iter().enumerate() {
                scope.spawn(move || piece.numbers().fill(i as f32));
            }
        });
        let want = [vec![0.0; 3], vec![2.0; 1000], vec![3.0], vec![4.0; 500]].concat();
        assert_eq!(canvas.whole(), Some(want));
    }

    #[test]
    fn what_nobody_wrote_is_zero_and_a_piece_that_is_left_holds_the_whole_back() {
        let (canvas, pieces) = Canvas::cut([2, 2]);
        drop(pieces);
        assert_eq!(canvas.whole(), Some(vec![0.0; 4]));
        let (canvas, mut pieces) = Canvas::cut([2, 2]);
        pieces[1].numbers().fill(1.0);
        pieces.truncate(1);
        assert_eq!(canvas.whole(), None);
        assert_eq!(pieces[0].numbers(), [0.0, 0.0]);
    }

    #[test]
    fn a_canvas_of_many_large_pages_is_zero_too_and_holds_what_is_written() {
        const LARGE: usize = 1 << 20;
        let (canvas, mut pieces) = Canvas::cut([LARGE, 2 * LARGE + 3]);
        pieces[1].numbers()[LARGE..].fill(1.0);
        drop(pieces);
        let whole = canvas.whole().expect("no piece is left");
        assert_eq!(whole.len(), 3 * LARGE + 3);
        assert!(whole[..2 * LARGE].iter().all(|v| v.abs() < f32::EPSILON));
        assert!(
            whole[2 * LARGE..]
                .iter()
                .all(|v| (v - 1.0).abs() < f32::EPSILON)
        );
    }
}
