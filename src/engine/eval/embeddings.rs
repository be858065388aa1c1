//! Embeddings of labelled images.

/// Embeddings of labelled images, on the host.
#[derive(Clone, Debug, Default)]
pub struct Embeddings {
    /// Row-major `[len, dims]`.
    pub values: Vec<f32>,
    /// Dimensions of one embedding.
    pub dims: usize,
    /// Class of each row.
    pub labels: Vec<u32>,
}

impl Embeddings {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}
