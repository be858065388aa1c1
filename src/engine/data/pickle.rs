//! Pickles, as far as torchvision's CIFAR files need them: plain values, and arrays of bytes as NumPy leaves them.
//!
//! A pickle is a program. Nothing of it is run here: a small machine puts values together, knows the few names that these
//! files hold, and refuses all others, deep nesting, and more values than such a file has.

mod machine;
mod value;

pub use machine::value;
pub use value::Value;
