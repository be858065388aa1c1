//! Which columns the History screen shows, in which order, and by what its rows are sorted.

use crate::runs::{Column, Fact, Run, column};
use crate::ui::saved_state::HistoryColumns;

/// The columns as they are before anybody chose.
const COLUMNS: [&str; 11] = [
    "status", "name", "recipe", "curve", "knn", "best", "loss", "progress", "took", "age", "id",
];

/// The columns of the list, from the left, and its order.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The columns that are shown.
    pub columns: Vec<Column>,
    /// By what the rows are sorted; it need not be shown.
    pub sort: Column,
    /// Whether they are sorted the other way around.
    pub reversed: bool,
}

impl Default for Layout {
    fn default() -> Self {
        let columns = COLUMNS.iter().filter_map(|name| Column::find(name).ok());
        Self {
            columns: columns.collect(),
            sort: Column::Fact(Fact::Age),
            reversed: false,
        }
    }
}

impl Layout {
    /// The layout that was remembered, as far as this version knows its columns.
    #[must_use]
    pub fn of(remembered: &HistoryColumns) -> Self {
        let plain = Self::default();
        let columns = remembered.columns.iter();
        let columns: Vec<Column> = columns.filter_map(|n| Column::find(n).ok()).collect();
        Self {
            columns: if columns.is_empty() {
                plain.columns
            } else {
                columns
            },
            sort: Column::find(&remembered.sort).unwrap_or(plain.sort),
            reversed: remembered.reversed,
        }
    }

    /// What to remember of it.
    #[must_use]
    pub fn words(&self) -> HistoryColumns {
        HistoryColumns {
            columns: self.columns.iter().map(|c| c.name()).collect(),
            sort: self.sort.name(),
            reversed: self.reversed,
        }
    }

    /// Puts runs into their order.
    pub fn sort(&self, runs: &mut [&Run], now: f64) {
        column::sort(runs, self.sort, self.reversed, now);
    }

    /// Sorts by the next column that can be sorted by.
    pub fn sort_by_next(&mut self) {
        let sorts: Vec<Column> = self.columns.iter().copied().filter(|c| c.sorts()).collect();
        let at = sorts.iter().position(|c| *c == self.sort);
        let next = at.map_or(0, |at| (at + 1) % sorts.len());
        if let Some(column) = sorts.get(next) {
            self.sort_by(*column);
        }
    }

    /// Sorts by a column, the other way around where it is that already.
    pub fn sort_by(&mut self, column: Column) {
        self.reversed = self.sort == column && !self.reversed;
        self.sort = column;
    }

    /// Shows a column at the right, or hides it; the last one stays.
    pub fn toggle(&mut self, column: Column) {
        match self.columns.iter().position(|c| *c == column) {
            Some(_) if self.columns.len() == 1 => {}
            Some(at) => drop(self.columns.remove(at)),
            None => self.columns.push(column),
        }
    }

    /// Moves a column that is shown so many places to the right.
    pub fn shift(&mut self, column: Column, places: isize) {
        let Some(at) = self.columns.iter().position(|c| *c == column) else {
            return;
        };
        let to = at.saturating_add_signed(places).min(self.columns.len() - 1);
        let column = self.columns.remove(at);
        self.columns.insert(to, column);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(layout: &Layout) -> String {
        layout.words().columns.join(" ")
    }

    #[test]
    fn what_is_remembered_comes_back() {
        let mut layout = Layout::default();
        layout.toggle(Column::find("temperature").unwrap());
        layout.toggle(Column::Curve);
        layout.sort_by(Column::find("best").unwrap());
        assert_eq!(Layout::of(&layout.words()), layout);
    }

    #[test]
    fn a_column_that_nobody_knows_any_more_is_left_out() {
        let mut words = Layout::default().words();
        words.columns = vec!["name".to_owned(), "phase_of_the_moon".to_owned()];
        words.sort = "phase_of_the_moon".to_owned();
        let layout = Layout::of(&words);
        assert_eq!(names(&layout), "name");
        assert_eq!(layout.sort, Layout::default().sort);
        assert_eq!(Layout::of(&HistoryColumns::default()), Layout::default());
    }

    #[test]
    fn columns_move_and_the_last_one_stays() {
        let mut layout = Layout {
            columns: Column::list("name,best,age").unwrap(),
            ..Layout::default()
        };
        let (name, age) = (Column::find("name").unwrap(), Column::find("age").unwrap());
        layout.shift(name, 1);
        assert_eq!(names(&layout), "knn.best name age");
        layout.shift(age, -5);
        assert_eq!(names(&layout), "age knn.best name");
        for column in Column::list("age,best,name").unwrap() {
            layout.toggle(column);
        }
        assert_eq!(names(&layout), "name");
    }
}
