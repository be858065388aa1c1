//! What a thread keeps from one piece of work to the next.

use super::padded::Room;
use std::cell::RefCell;

/// Padded planes, packed numbers and sums.
#[derive(Default)]
pub struct Buffers {
    /// What the forward pass sees, and what the gradient of the weights does: they take turns, and have zeros in other places.
    pub padded: [Room; 2],
    pub packed: Vec<f32>,
    pub sums: Vec<f32>,
}

thread_local! {
    /// Kept, since fresh memory costs a page fault every 4 KiB.
    static BUFFERS: RefCell<Buffers> = RefCell::default();
}

/// Does some work with those of this thread.
pub fn with_buffers(work: impl FnOnce(&mut Buffers)) {
    BUFFERS.with_borrow_mut(work);
}
