//! Fences around what may panic.

use super::fault::Fault;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does something that may panic; a panic is a fault, by what it said.
///
/// # Errors
/// When it panics.
pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|panic| Fault::of(panic_text(panic.as_ref()).unwrap_or("it gave no reason")))
}

/// What a panic said, where that was text.
#[must_use]
pub fn panic_text(panic: &(dyn Any + Send)) -> Option<&str> {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
}
