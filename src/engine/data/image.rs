//! Images of a data set.

use super::DataError;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// An image of bytes: red, green and blue of each pixel in turn, row by row.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Image {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Image({} x {})", self.width, self.height)
    }
}

/// What [`Images::label`] says of an image whose class nobody knows.
pub const UNLABELLED: u32 = u32::MAX;

/// Images that many threads may read at once.
pub trait Images: Send + Sync {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The class of image `i`: an index into the data set's classes, or [`UNLABELLED`].
    fn label(&self, i: usize) -> u32;

    /// Image `i`; shared rather than copied where it is kept in memory.
    ///
    /// # Errors
    /// A sentence that names the file, if it can't be decoded.
    fn image(&self, i: usize) -> Result<Arc<Image>, DataError>;

    /// Bytes of memory that [`image`](Self::image) takes for image `i` at most, about, while it is decoded and used; 0
    /// where it lies in memory already.
    fn memory(&self, _i: usize) -> u64 {
        0
    }

    /// The stretches of files that hold these images, where a file holds many of them.
    fn stretches(&self, _images: Range<usize>) -> Vec<(PathBuf, Range<u64>)> {
        Vec::new()
    }

    /// What a user would call image `i`: its file, or its place in the data set's files, such as `train #1834`.
    fn name(&self, i: usize) -> String;
}
