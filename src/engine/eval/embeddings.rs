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

    /// Some of the rows, in the order given.
    #[must_use]
    pub fn rows(&self, rows: &[usize]) -> Self {
        let values = |row: &usize| &self.values[row * self.dims..][..self.dims];
        Self {
            values: rows.iter().flat_map(values).copied().collect(),
            dims: self.dims,
            labels: rows.iter().map(|row| self.labels[*row]).collect(),
        }
    }

    /// The values in f64, each dimension from its mean.
    #[must_use]
    pub fn centred(&self) -> Vec<f64> {
        let count = self.len().max(1) as f64;
        let mut mean = vec![0.0; self.dims];
        for row in self.values.chunks_exact(self.dims.max(1)) {
            for (m, v) in mean.iter_mut().zip(row) {
                *m += f64::from(*v) / count;
            }
        }
        let values = self.values.iter().zip(mean.iter().cycle());
        values.map(|(v, m)| f64::from(*v) - m).collect()
    }
}
