//! What a text has to say: asserts that show the text where it doesn't.

use std::fmt::Display;

/// Asserts on a text.
pub trait Says: Display {
    /// It contains this.
    #[track_caller]
    fn says(&self, part: impl AsRef<str>) {
        let (text, part) = (self.to_string(), part.as_ref());
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    /// It begins with this.
    #[track_caller]
    fn begins(&self, part: impl AsRef<str>) {
        let (text, part) = (self.to_string(), part.as_ref());
        assert!(text.starts_with(part), "{part:?} does not begin {text}");
    }
    /// It ends with this.
    #[track_caller]
    fn ends(&self, part: impl AsRef<str>) {
        let (text, part) = (self.to_string(), part.as_ref());
        assert!(text.ends_with(part), "{part:?} does not end {text}");
    }
}

impl<T: Display + ?Sized> Says for T {}
