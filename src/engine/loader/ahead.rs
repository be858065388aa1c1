//! How far the loader works ahead.

/// Batches in preparation take at most about this many bytes, unless two alone take more.
const MEMORY: usize = 256 << 20;
/// Batches in preparation: at least and at most.
pub const AHEAD: (usize, usize) = (2, 8);

/// How many batches of so many numbers to prepare ahead.
#[must_use]
pub fn ahead(numbers: usize) -> usize {
    let bytes = numbers.saturating_mul(size_of::<f32>()).max(1);
    (MEMORY / bytes).clamp(AHEAD.0, AHEAD.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_batches_are_bounded_by_bytes() {
        assert_eq!(ahead(2 * 512 * 3 * 32 * 32), 8);
        assert_eq!(ahead(2 * 2048 * 3 * 32 * 32), 5);
        assert_eq!(ahead(2 * 256 * 3 * 224 * 224), 2);
        assert_eq!(ahead(2 * 4096 * 3 * 224 * 224), 2);
        assert_eq!(ahead(0), 8);
    }
}
