//! What a reader takes of memory: every allocation of this binary is counted.
#![allow(
    unsafe_code,
    reason = "an allocator is unsafe; this one counts and hands on to the system's"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

#[global_allocator]
static COUNTING: Counting = Counting;

static USED: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

/// Readers are looked at one after another, so that none pays for another.
static TURN: Mutex<()> = Mutex::new(());

/// More than this is refused, which ends the test binary instead of the machine.
const REFUSED: usize = 4 << 30;

struct Counting;

fn admit(bytes: usize) -> bool {
    let used = USED.fetch_add(bytes, Ordering::Relaxed) + bytes;
    MOST.fetch_max(used, Ordering::Relaxed);
    if used > REFUSED {
        USED.fetch_sub(bytes, Ordering::Relaxed);
        return false;
    }
    true
}

// SAFETY: memory comes from the system's allocator and goes back to it with the same layout.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !admit(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's layout is valid.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !admit(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's layout is valid.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        USED.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: it was allocated above with this layout.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// What `read` gives, which may take so many bytes at once beyond what was taken before.
pub fn within<T>(bytes: usize, read: impl FnOnce() -> T) -> T {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let before = USED.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    let value = read();
    let took = MOST.load(Ordering::Relaxed).saturating_sub(before);
    assert!(
        took <= bytes,
        "{took} bytes were taken, {bytes} are allowed"
    );
    value
}
