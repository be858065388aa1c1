//! Training and test images, and what a limit keeps of them.

use super::Data;
use crate::engine::random::{Purpose, Stream};

/// Which of `count` images a limit keeps, in their order: all when it is 0, else the first of a fixed shuffle, so that
/// files sorted by class stay balanced and a smaller limit keeps a part of what a larger one keeps.
pub fn subset(count: usize, limit: usize, split: Split) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    if limit > 0 && limit < count {
        Stream::new(0, Purpose::Split, &[u64::MAX, split as u64]).shuffle(&mut order);
        order.truncate(limit);
        order.sort_unstable();
    }
    order
}

/// The two parts of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    Train = 0,
    Test = 1,
}

impl Split {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
        }
    }

    pub const fn limit(self, data: &Data) -> usize {
        match self {
            Self::Train => data.train_limit,
            Self::Test => data.test_limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_nest_and_spread_over_sorted_files() {
        let (few, more) = (
            subset(1000, 50, Split::Train),
            subset(1000, 200, Split::Train),
        );
        assert_eq!((few.len(), more.len()), (50, 200));
        assert!(few.iter().all(|i| more.contains(i)));
        assert!(few.is_sorted());
        let first_half = more.iter().filter(|i| **i < 500).count();
        assert!((80..120).contains(&first_half), "{first_half}");
        assert_ne!(few, subset(1000, 50, Split::Test));
        assert_eq!(subset(7, 0, Split::Test), subset(7, 9, Split::Test));
    }
}
