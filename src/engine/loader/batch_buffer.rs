//! Numbers that several threads write at once, each its own slice, and that become one vector without being copied.
//!
//! Batches are large: at 224 px a view is 600 kB. Were each written to a buffer of its thread first, copying it into the
//! batch would take longer than making it, and if that happened behind a lock, more threads would not help.

use crate::engine::data::DataError;
use std::mem::ManuallyDrop;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Numbers in slices. The thread that is the first to write allocates them, so that the one that waits for the batch
/// need not clear them.
pub struct BatchBuffer {
    length: usize,
    memory: OnceLock<Memory>,
}

/// A part of a buffer that nobody else can reach.
pub struct BufferSlice {
    buffer: Arc<BatchBuffer>,
    range: Range<usize>,
}

/// A boxed slice, held by its address because several slices of it may be written at a time.
struct Memory(*mut [f32]);

#[expect(
    unsafe_code,
    reason = "it owns its numbers, as a box does, and only slices, which are disjoint, reach them"
)]
unsafe impl Send for Memory {}

#[expect(unsafe_code, reason = "as above")]
unsafe impl Sync for Memory {}

impl BatchBuffer {
    /// A buffer of zeros cut into slices of these lengths, one after the other.
    pub fn split(lengths: impl IntoIterator<Item = usize>) -> (Arc<Self>, Vec<BufferSlice>) {
        let mut end = 0;
        let ranges: Vec<_> = lengths
            .into_iter()
            .map(|length| {
                end += length;
                end - length..end
            })
            .collect();
        let buffer = Arc::new(Self {
            length: end,
            memory: OnceLock::new(),
        });
        let slice = |range| BufferSlice {
            buffer: buffer.clone(),
            range,
        };
        let slices = ranges.into_iter().map(slice).collect();
        (buffer, slices)
    }

    /// All numbers; `None` while a slice is left.
    pub fn into_vec(self: Arc<Self>) -> Option<Vec<f32>> {
        let buffer = Arc::into_inner(self)?;
        let memory = buffer.memory.into_inner();
        Some(memory.map_or_else(|| vec![0.0; buffer.length], Memory::numbers))
    }
}

/// What to say where [`BatchBuffer::into_vec`] finds that a slice is left, which would be a mistake of the program.
pub fn unfinished() -> DataError {
    DataError::Loader("a batch was asked for before it was made".to_owned())
}

impl BufferSlice {
    /// The slice's numbers.
    pub fn as_mut_slice(&mut self) -> &mut [f32] {
        let Memory(all) = self
            .buffer
            .memory
            .get_or_init(|| Memory::new(self.buffer.length));
        let Range { start, end } = self.range;
        #[expect(
            unsafe_code,
            reason = "slices lie within the buffer and apart from one another; this one is borrowed as long as its numbers, and keeps the buffer"
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
    fn slices_written_by_several_threads_become_one_vector() {
        let (buffer, slices) = BatchBuffer::split([3, 0, 1000, 1, 500]);
        std::thread::scope(|scope| {
            for (i, mut slice) in slices.into_iter().enumerate() {
                scope.spawn(move || slice.as_mut_slice().fill(i as f32));
            }
        });
        let want = [vec![0.0; 3], vec![2.0; 1000], vec![3.0], vec![4.0; 500]].concat();
        assert_eq!(buffer.into_vec(), Some(want));
    }

    #[test]
    fn what_nobody_wrote_is_zero_and_a_slice_that_is_left_holds_the_whole_back() {
        let (buffer, slices) = BatchBuffer::split([2, 2]);
        drop(slices);
        assert_eq!(buffer.into_vec(), Some(vec![0.0; 4]));
        let (buffer, mut slices) = BatchBuffer::split([2, 2]);
        slices[1].as_mut_slice().fill(1.0);
        slices.truncate(1);
        assert_eq!(buffer.into_vec(), None);
        assert_eq!(slices[0].as_mut_slice(), [0.0, 0.0]);
    }

    #[test]
    fn a_buffer_of_many_large_pages_is_zero_too_and_holds_what_is_written() {
        const LARGE: usize = 1 << 20;
        let (buffer, mut slices) = BatchBuffer::split([LARGE, 2 * LARGE + 3]);
        slices[1].as_mut_slice()[LARGE..].fill(1.0);
        drop(slices);
        let whole = buffer.into_vec().expect("no slice is left");
        assert_eq!(whole.len(), 3 * LARGE + 3);
        assert!(whole[..2 * LARGE].iter().all(|v| v.abs() < f32::EPSILON));
        assert!(
            whole[2 * LARGE..]
                .iter()
                .all(|v| (v - 1.0).abs() < f32::EPSILON)
        );
    }
}
