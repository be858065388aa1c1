//! Where the cursor stands in the form, and which sections are open.

use super::super::sections::{self, Folded, OPENED, Part, SECTIONS};
use super::Form;
use super::place::Row;
use crate::hparam::Field;
use std::ops::Range;

impl Form {
    /// The hyperparameter under the cursor; none on a heading.
    #[must_use]
    pub fn field(&self) -> Option<&Field> {
        match self.place.at {
            Row::Field(nth) => self.fields.get(nth),
            Row::Heading(_) => None,
        }
    }

    /// The section whose heading is under the cursor.
    #[must_use]
    pub const fn heading(&self) -> Option<usize> {
        match self.place.at {
            Row::Heading(section) => Some(section),
            Row::Field(_) => None,
        }
    }

    /// The hyperparameter under the cursor, or the first below the heading there.
    #[must_use]
    pub fn nearest_field(&self) -> &Field {
        let nth = match self.place.at {
            Row::Field(nth) => nth,
            Row::Heading(section) => self.fields_of(section).start,
        };
        &self.fields[nth.min(self.fields.len() - 1)]
    }

    /// The section of a hyperparameter.
    #[must_use]
    pub fn section(&self, nth: usize) -> usize {
        self.sections[nth]
    }

    /// The places of a section's hyperparameters.
    #[must_use]
    pub fn fields_of(&self, section: usize) -> Range<usize> {
        let start = self.sections.partition_point(|s| *s < section);
        start..self.sections.partition_point(|s| *s <= section)
    }

    /// Whether a section has a heading, and can be folded: not where it would be as long as what it hides.
    #[must_use]
    pub fn folds(&self, section: usize) -> bool {
        !SECTIONS[section].title.is_empty() && self.fields_of(section).len() > 1
    }

    /// Whether a section is open.
    #[must_use]
    pub fn is_open(&self, section: usize) -> bool {
        let room = || self.opened_by_room().contains(&section);
        !self.folds(section) || self.place.open[section].unwrap_or_else(room)
    }

    /// The sections that open by themselves: in their order as long as the whole form fits.
    fn opened_by_room(&self) -> &'static [usize] {
        let lines = |section: usize| {
            if self.folds(section) {
                1
            } else {
                self.fields_of(section).len()
            }
        };
        let folded: usize = (0..SECTIONS.len()).map(lines).sum();
        let mut left = self.place.room.get().checked_sub(folded);
        let fit = OPENED.iter().take_while(|section| {
            left = left.and_then(|left| left.checked_sub(self.fields_of(**section).len()));
            left.is_some()
        });
        &OPENED[..fit.count()]
    }

    /// What a section says in one line.
    #[must_use]
    pub fn summary(&self, section: usize) -> Vec<Part> {
        let folded = |nth: usize| Folded {
            field: &self.fields[nth],
            changed: self.is_changed(nth),
            usual: self.is_usual(nth),
        };
        let all: Vec<Folded> = self.fields_of(section).map(folded).collect();
        sections::summary(&all)
    }

    /// Says how many lines there are to show.
    pub fn set_room(&self, lines: usize) {
        self.place.room.set(lines);
    }

    /// The rows that are to be seen, in order.
    #[must_use]
    pub fn lines(&self) -> Vec<Row> {
        let mut lines = Vec::new();
        for section in 0..SECTIONS.len() {
            if self.folds(section) {
                lines.push(Row::Heading(section));
            }
            if self.is_open(section) {
                lines.extend(self.fields_of(section).map(Row::Field));
            }
        }
        lines
    }

    /// Opens or closes a section, the cursor on its heading if it closes around it.
    pub fn set_open(&mut self, section: usize, open: bool) {
        self.place.open[section] = Some(open);
        if let Row::Field(nth) = self.place.at
            && !open
            && self.folds(section)
            && self.section(nth) == section
        {
            self.go_row(Row::Heading(section));
        }
    }

    /// Opens all sections, or closes them where all are open.
    pub fn fold_all(&mut self) {
        let all = 0..SECTIONS.len();
        let open = !all.clone().all(|section| self.is_open(section));
        all.for_each(|section| self.set_open(section, open));
    }

    /// Moves the cursor to a row; the section of a hyperparameter opens, and stays open.
    pub fn go_row(&mut self, row: Row) {
        if let Row::Field(nth) = row {
            let section = self.section(nth);
            if self.folds(section) {
                self.place.open[section] = Some(true);
            }
        }
        self.place.at = row;
        self.nudging = None;
    }

    /// Moves the cursor to a hyperparameter by its place.
    pub fn go(&mut self, nth: usize) {
        self.go_row(Row::Field(nth.min(self.fields.len() - 1)));
    }

    /// Moves the cursor to a hyperparameter.
    pub fn go_to(&mut self, path: &str) {
        if let Some(nth) = self.fields.iter().position(|f| f.path == path) {
            self.go(nth);
        }
    }

    /// Moves the cursor by so many rows.
    pub fn move_by(&mut self, rows: isize) {
        let lines = self.lines();
        let at = self.line_of_cursor(&lines).saturating_add_signed(rows);
        self.go_row(lines[at.min(lines.len() - 1)]);
    }

    /// Moves the cursor to the first row (false) or the last one.
    pub fn move_to_end(&mut self, last: bool) {
        self.move_by(if last { isize::MAX } else { isize::MIN });
    }

    /// Which of the lines the cursor is on.
    #[must_use]
    pub fn line_of_cursor(&self, lines: &[Row]) -> usize {
        lines
            .iter()
            .position(|row| *row == self.place.at)
            .unwrap_or(0)
    }

    /// Moves the cursor to the first row of the next section, or of this or the one before.
    pub fn move_by_section(&mut self, down: bool) {
        let lines = self.lines();
        let at = self.line_of_cursor(&lines);
        let section = |row: &Row| match row {
            Row::Heading(section) => *section,
            Row::Field(nth) => self.section(*nth),
        };
        let mut starts =
            (0..lines.len()).filter(|i| *i == 0 || section(&lines[*i]) != section(&lines[i - 1]));
        let target = if down {
            starts.find(|i| *i > at)
        } else {
            starts.rfind(|i| *i < at)
        };
        self.go_row(lines[target.unwrap_or(at)]);
    }

    /// The hyperparameters whose path, label or title contains the text, or which have words that begin with those of the text, in any
    /// order; those from the cursor on first.
    #[must_use]
    pub fn matches(&self, text: &str) -> Vec<usize> {
        let plain = |text: &str| text.to_lowercase().replace(' ', "_");
        let wanted = plain(text.trim());
        let typed = words(text);
        let from = match self.place.at {
            Row::Field(nth) => nth,
            Row::Heading(section) => self.fields_of(section).start,
        };
        let len = self.fields.len();
        let order = (0..len).map(|i| (from + i) % len);
        let fits = |nth: &usize| {
            let field = &self.fields[*nth];
            let title = SECTIONS[self.section(*nth)].title;
            let names = [&field.path, field.group, title, &sections::label(field)];
            let words: Vec<String> = names.iter().flat_map(|name| words(name)).collect();
            let begun = |typed: &String| words.iter().any(|word| word.starts_with(typed));
            names.iter().any(|name| plain(name).contains(&wanted)) || typed.iter().all(begun)
        };
        order.filter(fits).collect()
    }
}

/// The words of a text, in small letters.
fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
