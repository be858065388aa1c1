//! What a fence around panics catches, in words.

use std::any::Any;

/// What a panic said, where that was text.
#[must_use]
pub fn said(panic: &(dyn Any + Send)) -> Option<&str> {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
}
