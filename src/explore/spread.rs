//! A part of many rows that stands for all.

/// At most `limit` of `count` rows, evenly spread.
pub fn spread(count: usize, limit: usize) -> Vec<usize> {
    let taken = count.min(limit);
    (0..taken).map(|i| i * count / taken).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_spread_over_all() {
        assert_eq!(spread(10, 4), [0, 2, 5, 7]);
        assert_eq!(spread(3, 9), [0, 1, 2]);
        assert!(spread(0, 9).is_empty() && spread(9, 0).is_empty());
    }
}
