//! Braille dots: two columns and four rows in each cell. Each column keeps its lowest and highest point, so that a
//! spike is seen however many points there are.

/// Dots of curves in a grid of cells.
#[derive(Debug)]
pub struct Raster {
    width: u16,
    height: u16,
    /// The dots of each cell, and whose they are.
    cells: Vec<(u8, usize)>,
    /// The row through which each curve goes last, by column.
    paths: Vec<Vec<Option<u16>>>,
    /// Whether curves share the cells that several of them go through, some columns each.
    peers: bool,
}

/// Columns for which a curve keeps cells that it shares.
const TURN: usize = 3;

/// Rows of dots in a cell.
pub const DOTS: u16 = 4;

/// The bit of each dot of a braille cell, by row and column.
const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// The row, from the top, of a share of the height.
#[must_use]
pub fn row(share: f64, height: u16) -> u16 {
    dot(1.0 - share, i32::from(height) * 4).div_euclid(4) as u16
}

/// The column, from the left, of a share of the width.
#[must_use]
pub fn column(share: f64, width: u16) -> u16 {
    dot(share, i32::from(width) * 2).div_euclid(2) as u16
}

/// The dot at a share of so many dots.
fn dot(share: f64, dots: i32) -> i32 {
    ((share * f64::from(dots - 1)).round() as i32).clamp(0, dots - 1)
}

/// The points that fall into one column of dots.
#[derive(Clone, Copy)]
struct Run {
    column: i32,
    low: i32,
    high: i32,
    last: i32,
}

/// Points, and where the lines between them cross the left and the right edge: a line doesn't end because its next point
/// lies outside.
fn with_edges(points: impl Iterator<Item = (f64, f64)>) -> impl Iterator<Item = (f64, f64)> {
    let mut before: Option<(f64, f64)> = None;
    points.flat_map(move |(x, y)| {
        let crossed = |edge: f64| {
            let (x0, y0) = before.filter(|(x0, _)| y.is_finite() && *x0 < edge && edge < x)?;
            Some((edge, y0 + (y - y0) * (edge - x0) / (x - x0)))
        };
        let found = [crossed(0.0), crossed(1.0), Some((x, y))];
        before = Some((x, y)).filter(|_| y.is_finite());
        found.into_iter().flatten()
    })
}

impl Raster {
    /// No dots yet.
    #[must_use]
    pub fn new(width: u16, height: u16) -> Self {
        Self {
            width,
            height,
            cells: vec![(0, 0); usize::from(width) * usize::from(height)],
            paths: Vec::new(),
            peers: false,
        }
    }

    /// The same where no curve covers another one: in cells that several go through they take turns.
    #[must_use]
    pub const fn of_peers(mut self, peers: bool) -> Self {
        self.peers = peers;
        self
    }

    /// Draws a curve of shares of width and height; it covers those before it, cell by cell.
    pub fn curve(&mut self, index: usize, points: impl Iterator<Item = (f64, f64)>) {
        let empty = vec![None; usize::from(self.width)];
        self.paths.resize(index + 1, empty);
        let (across, down) = (i32::from(self.width) * 2, i32::from(self.height) * 4);
        let mut before: Option<Run> = None;
        for (x, y) in with_edges(points) {
            if !y.is_finite() || !(-0.001..=1.001).contains(&x) {
                self.close(index, before.take());
                continue;
            }
            let (column, y) = (dot(x, across), dot(1.0 - y, down));
            match &mut before {
                Some(run) if run.column == column => {
                    (run.low, run.high, run.last) = (run.low.min(y), run.high.max(y), y);
                }
                other => {
                    let run = Run {
                        column,
                        low: y,
                        high: y,
                        last: y,
                    };
                    let earlier = other.replace(run);
                    self.close(index, earlier);
                    if let Some(earlier) = earlier {
                        self.line(index, (earlier.column, earlier.last), (column, y));
                    }
                }
            }
        }
        self.close(index, before);
    }

    fn close(&mut self, index: usize, run: Option<Run>) {
        if let Some(run) = run {
            self.line(index, (run.column, run.low), (run.column, run.high));
            // Its last point is where the curve leaves the column.
            self.set(index, run.column, run.last);
        }
    }

    /// Bresenham's line.
    fn line(&mut self, index: usize, (mut x, mut y): (i32, i32), to: (i32, i32)) {
        let (dx, dy) = ((to.0 - x).abs(), -(to.1 - y).abs());
        let (sx, sy) = ((to.0 - x).signum(), (to.1 - y).signum());
        let mut error = dx + dy;
        loop {
            self.set(index, x, y);
            if (x, y) == to {
                return;
            }
            let twice = 2 * error;
            if twice >= dy {
                error += dy;
                x += sx;
            }
            if twice <= dx {
                error += dx;
                y += sy;
            }
        }
    }

    fn set(&mut self, index: usize, x: i32, y: i32) {
        let at = (y / 4) as usize * usize::from(self.width) + (x / 2) as usize;
        let Some((dots, owner)) = self.cells.get_mut(at) else {
            return;
        };
        let column = (x / 2) as usize;
        self.paths[index][column] = Some((y / 4) as u16);
        if *owner != index {
            let turn = (column / TURN) % (index + 1) == index;
            if self.peers && *dots > 0 && !turn {
                return;
            }
            (*dots, *owner) = (0, index);
        }
        *dots |= BITS[(y % 4) as usize][(x % 2) as usize];
    }

    /// Calls `draw` with column, row, sign and curve of each cell that has a dot.
    pub fn each(&self, mut draw: impl FnMut(u16, u16, char, usize)) {
        for (at, (dots, owner)) in self.cells.iter().enumerate() {
            if *dots > 0 {
                let (row, column) = (at / usize::from(self.width), at % usize::from(self.width));
                let sign = char::from_u32(0x2800 + u32::from(*dots)).unwrap_or('·');
                draw(column as u16, row as u16, sign, *owner);
            }
        }
    }

    /// The cells through which a curve goes, one a column.
    #[must_use]
    pub fn path(&self, index: usize) -> Vec<(u16, u16)> {
        let rows = self.paths.get(index).into_iter().flatten().enumerate();
        rows.filter_map(|(column, row)| row.map(|row| (column as u16, row)))
            .collect()
    }

    /// A place for a label of so many cells on or beside a row where no curve runs: at the right, else at the left,
    /// else in between.
    #[must_use]
    pub fn free_place(&self, row: u16, cells: u16) -> (u16, u16) {
        let right = self.width.saturating_sub(cells);
        let rows = [Some(row), row.checked_add(1), row.checked_sub(1)];
        let places = rows.into_iter().flatten().filter(|r| *r < self.height);
        places
            .flat_map(|r| [8, 0, 4, 6, 2, 7, 1, 5, 3].map(|eighths| (right * eighths / 8, r)))
            .find(|place| self.is_free(*place, cells))
            .unwrap_or((right, row))
    }

    fn is_free(&self, (column, row): (u16, u16), cells: u16) -> bool {
        let start = usize::from(row) * usize::from(self.width) + usize::from(column);
        let cells = self.cells.get(start..start + usize::from(cells));
        cells.is_some_and(|cells| cells.iter().all(|(dots, _)| *dots == 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_among_many_points_is_seen() {
        let mut raster = Raster::new(10, 5);
        let share = |i: u32| (f64::from(i) / 99_999.0, if i == 50_123 { 1.0 } else { 0.0 });
        raster.curve(0, (0..100_000).map(share));
        let mut highest = u16::MAX;
        raster.each(|_, row, _, _| highest = highest.min(row));
        assert_eq!(highest, 0);
    }

    #[test]
    fn a_line_goes_on_to_the_edges_though_its_points_lie_outside() {
        for points in [[(-1.0, 0.0), (2.0, 1.0)], [(0.5, 0.5), (9.0, 0.5)]] {
            let mut raster = Raster::new(10, 4);
            raster.curve(0, points.into_iter());
            let mut columns = Vec::new();
            raster.each(|column, _, _, _| columns.push(column));
            let first = if points[0].0 < 0.0 { 0 } else { 5 };
            assert!((first..10).all(|c| columns.contains(&c)), "{columns:?}");
        }
    }

    #[test]
    fn peers_on_the_same_way_are_all_seen() {
        let mut raster = Raster::new(24, 4).of_peers(true);
        for index in 0..3 {
            raster.curve(index, [(0.0, 0.5), (1.0, 0.5)].into_iter());
        }
        let mut cells = [0; 3];
        raster.each(|_, _, _, owner| cells[owner] += 1);
        assert!(cells.iter().all(|n| *n >= 4), "{cells:?}");
        assert_eq!(cells.iter().sum::<i32>(), 24);
    }

    #[test]
    fn no_number_leaves_a_gap() {
        let mut raster = Raster::new(10, 1);
        let points = [
            (0.0, 0.5),
            (0.3, 0.5),
            (0.5, f64::NAN),
            (0.7, 0.5),
            (1.0, 0.5),
        ];
        raster.curve(0, points.into_iter());
        let mut columns = Vec::new();
        raster.each(|column, _, _, _| columns.push(column));
        assert!(
            !columns.contains(&4) && columns.contains(&1) && columns.contains(&8),
            "{columns:?}"
        );
    }
}
