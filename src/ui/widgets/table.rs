//! Which columns of a table fit, and how far a list is scrolled.

use std::cell::Cell;

/// One column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Cells that it takes, the gap to its right left out.
    pub width: u16,
    /// Cells by which it grows where there is room.
    pub grows: u16,
    /// Whether its cells stand at the right.
    pub right: bool,
    /// Its place when the screen is narrow: the highest goes first, 0 never.
    pub drop: u8,
}

/// Cells between two columns.
pub const GAP: u16 = 2;

/// The columns that fit into `width` cells, each with its cells.
#[must_use]
pub fn fit(columns: &[Column], width: u16) -> Vec<(usize, u16)> {
    let mut kept: Vec<usize> = (0..columns.len()).collect();
    let taken = |kept: &[usize]| -> u16 {
        let cells = kept.iter().map(|i| columns[*i].width + GAP).sum::<u16>();
        cells.saturating_sub(GAP)
    };
    while taken(&kept) > width {
        let Some(at) = (0..kept.len())
            .filter(|at| columns[kept[*at]].drop > 0)
            .max_by_key(|at| columns[kept[*at]].drop)
        else {
            break;
        };
        kept.remove(at);
    }
    let mut spare = width.saturating_sub(taken(&kept));
    kept.into_iter()
        .map(|i| {
            let more = columns[i].grows.min(spare);
            spare -= more;
            (i, columns[i].width + more)
        })
        .collect()
}

/// How far a list is scrolled; moves no more than it must to keep the cursor in sight.
#[derive(Debug, Default)]
pub struct Scroll(Cell<usize>);

impl Scroll {
    /// The first row in sight, of `len` rows in a window of `height`, with some rows about the cursor.
    pub fn fit(&self, cursor: usize, len: usize, height: usize) -> usize {
        let margin = 2.min(height.saturating_sub(1) / 2);
        let lowest = (cursor + margin + 1).saturating_sub(height);
        let highest = cursor.saturating_sub(margin);
        let most = len.saturating_sub(height);
        let first = self.0.get().clamp(lowest.min(highest), highest).min(most);
        self.0.set(first);
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn column(width: u16, grows: u16, drop: u8) -> Column {
        Column {
            width,
            grows,
            right: false,
            drop,
        }
    }

    #[test]
    fn columns_leave_in_their_order() {
        let columns = [column(10, 20, 0), column(8, 0, 2), column(6, 0, 1)];
        assert_eq!(fit(&columns, 40), [(0, 22), (1, 8), (2, 6)]);
        assert_eq!(fit(&columns, 20), [(0, 12), (2, 6)]);
        assert_eq!(fit(&columns, 12), [(0, 12)]);
        assert_eq!(fit(&columns, 3), [(0, 10)]);
    }

    #[test]
    fn the_cursor_stays_in_sight() {
        let scroll = Scroll::default();
        for cursor in [0, 5, 99, 50, 49, 0] {
            let first = scroll.fit(cursor, 100, 10);
            assert!(
                (first..first + 10).contains(&cursor),
                "{cursor} from {first}"
            );
            assert!(first <= 90);
        }
        assert_eq!(scroll.fit(3, 100, 0), 3);
    }
}
