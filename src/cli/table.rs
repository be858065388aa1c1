//! Tables for terminals: columns as wide as they need to be, cut or wrapped where the screen is narrower.

use super::format;
use super::output::{Screen, Style};
use crate::export::svg::escaped;
use crate::text::{fit, head, shown, width};
use std::io;

/// Columns between two columns.
const GAP: usize = 2;
/// A column is not cut below this width.
const NARROWEST: usize = 8;

/// A table that is laid out when it is printed.
#[derive(Debug, Default)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

#[derive(Debug)]
struct Column {
    title: String,
    right: bool,
    narrow: Narrow,
}

/// What becomes of a column's texts where there is too little room.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Narrow {
    Whole,
    Cut,
    /// Cut where they are alike, so that they can still be told from each other.
    Apart,
    Wrapped,
    /// On lines of their own below the row.
    Below,
}

/// A text in a table.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    text: String,
    style: Style,
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self {
            text: shown(text.as_ref()).into_owned(),
            style: Style::Plain,
        }
    }
}

impl Cell {
    /// A text in a style.
    pub fn styled(style: Style, text: &str) -> Self {
        Self {
            style,
            ..Self::from(text)
        }
    }
}

impl Table {
    /// Adds a column of texts.
    pub fn text(self, title: &str) -> Self {
        self.column(title, false, Narrow::Cut)
    }
    /// Adds a column of names.
    pub fn name(self, title: &str) -> Self {
        self.column(title, false, Narrow::Apart)
    }
    /// Adds a column of sentences.
    pub fn sentence(self, title: &str) -> Self {
        self.column(title, false, Narrow::Wrapped)
    }
    /// Adds the last column, of remarks.
    pub fn remark(self, title: &str) -> Self {
        self.column(title, false, Narrow::Below)
    }
    /// Adds a column of words that are never cut.
    pub fn word(self, title: &str) -> Self {
        self.column(title, false, Narrow::Whole)
    }
    /// Adds a column of numbers.
    pub fn number(self, title: &str) -> Self {
        self.column(title, true, Narrow::Whole)
    }

    fn column(mut self, title: &str, right: bool, narrow: Narrow) -> Self {
        let title = shown(title).into_owned();
        self.columns.push(Column {
            title,
            right,
            narrow,
        });
        self
    }

    /// Adds a row; cells that are missing are empty.
    pub fn row(&mut self, mut cells: Vec<Cell>) {
        cells.resize_with(self.columns.len(), Cell::default);
        self.rows.push(cells);
    }

    /// Prints the table, with a line of titles when any column has one.
    pub fn print(&self, screen: &mut Screen) -> io::Result<()> {
        let below = self.lacks_room(screen.width);
        let widths = self.widths(self.columns.len() - usize::from(below), screen.width);
        if self.columns.iter().any(|c| !c.title.is_empty()) {
            let titles = self.columns.iter().zip(&widths);
            let titles = titles.map(|(c, room)| (Style::Dim, vec![shorten(&c.title, *room)]));
            self.lines(&titles.collect::<Vec<_>>(), &widths, screen)?;
        }
        let columns: Vec<Vec<Vec<String>>> = (0..widths.len())
            .map(|nth| self.fitted(nth, widths[nth]))
            .collect();
        for (at, row) in self.rows.iter().enumerate() {
            let cells = row.iter().zip(&columns);
            let cells = cells.map(|(cell, column)| (cell.style, column[at].clone()));
            self.lines(&cells.collect::<Vec<_>>(), &widths, screen)?;
            let remark = row.last().filter(|cell| below && !cell.text.is_empty());
            if let (Some(cell), Some(room)) = (remark, screen.width) {
                for line in fit::wrap(&cell.text, room.saturating_sub(GAP).max(NARROWEST)) {
                    screen.line(&format!("{:GAP$}{line}", ""))?;
                }
            }
        }
        Ok(())
    }

    /// Whether it has remarks, and no room for them in its rows.
    fn lacks_room(&self, limit: Option<usize>) -> bool {
        let last = self.columns.last();
        let remarks = last.is_some_and(|column| column.narrow == Narrow::Below);
        let widths = self.widths(self.columns.len(), None);
        let whole = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        remarks && limit.is_some_and(|limit| whole > limit)
    }

    /// The texts of a column in so many cells, each in its lines.
    fn fitted(&self, nth: usize, room: usize) -> Vec<Vec<String>> {
        let texts: Vec<&str> = self.rows.iter().map(|row| row[nth].text.as_str()).collect();
        match self.columns[nth].narrow {
            Narrow::Apart => {
                let cut = fit::apart(&texts, room).into_iter();
                cut.map(|text| vec![text]).collect()
            }
            Narrow::Wrapped => {
                let lines = texts.iter().map(|text| match width(text) {
                    long if long > room => fit::wrap(text, room),
                    _ => vec![(*text).to_owned()],
                });
                lines.collect()
            }
            _ => texts.iter().map(|text| vec![shorten(text, room)]).collect(),
        }
    }

    /// Prints it as Markdown, every text whole.
    pub fn markdown(&self, screen: &mut Screen) -> io::Result<()> {
        let text = self.as_markdown();
        text.lines().try_for_each(|line| screen.line(line))
    }

    /// Its text as Markdown.
    pub fn as_markdown(&self) -> String {
        let line = |texts: Vec<String>| format!("| {} |\n", texts.join(" | "));
        let titles = self.columns.iter().map(|c| format::markdown(&c.title));
        let mut text = line(titles.collect());
        let rules = self
            .columns
            .iter()
            .map(|c| if c.right { "--:" } else { "---" });
        text.push_str(&line(rules.map(str::to_owned).collect()));
        for row in &self.rows {
            let texts = row.iter().map(|cell| format::markdown(&cell.text));
            text.push_str(&line(texts.collect()));
        }
        text
    }

    /// Its text as HTML.
    pub fn as_html(&self) -> String {
        let row = |tag: &str, texts: &mut dyn Iterator<Item = &str>| {
            let cells = texts.zip(&self.columns).map(|(text, column)| {
                let right = if column.right { " class=\"n\"" } else { "" };
                format!("<{tag}{right}>{}</{tag}>", escaped(text))
            });
            format!("<tr>{}</tr>\n", cells.collect::<String>())
        };
        let mut text = "<table>\n".to_owned();
        text.push_str(&row(
            "th",
            &mut self.columns.iter().map(|c| c.title.as_str()),
        ));
        for cells in &self.rows {
            text.push_str(&row("td", &mut cells.iter().map(|cell| cell.text.as_str())));
        }
        text + "</table>\n"
    }

    /// How wide the first columns are, within a limit.
    fn widths(&self, columns: usize, limit: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = (0..columns)
            .map(|nth| {
                let cells = self.rows.iter().map(|row| width(&row[nth].text));
                cells
                    .max()
                    .unwrap_or(0)
                    .max(width(&self.columns[nth].title))
            })
            .collect();
        let gaps = GAP * widths.len().saturating_sub(1);
        let mut over =
            (widths.iter().sum::<usize>() + gaps).saturating_sub(limit.unwrap_or(usize::MAX));
        // The widest gives first, so that no column is cut while a wider one is whole.
        while over > 0 {
            let widest = (0..widths.len())
                .filter(|&nth| self.columns[nth].narrow != Narrow::Whole && widths[nth] > NARROWEST)
                .max_by_key(|&nth| widths[nth]);
            let Some(widest) = widest else { break };
            widths[widest] -= 1;
            over -= 1;
        }
        widths
    }

    /// Prints a row, in as many lines as its longest text has.
    fn lines(
        &self,
        row: &[(Style, Vec<String>)],
        widths: &[usize],
        screen: &mut Screen,
    ) -> io::Result<()> {
        let most = row.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
        for at in 0..most {
            let mut line = String::new();
            for (nth, (style, lines)) in row.iter().enumerate() {
                let text = lines.get(at).map_or("", String::as_str);
                let pad = " ".repeat(widths[nth].saturating_sub(width(text)));
                let painted = screen.paint(*style, text);
                line.push_str(&if self.columns[nth].right {
                    pad + &painted
                } else {
                    painted + &pad
                });
                line.push_str(&" ".repeat(GAP));
            }
            screen.line(line.trim_end())?;
        }
        Ok(())
    }
}

/// The text in at most so many columns, its end replaced by an ellipsis where it is cut; letters stay whole.
pub fn shorten(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let ellipsis = if columns > 0 { "\u{2026}" } else { "" };
    format!("{}{ellipsis}", head(text, columns.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::output::tests::Page;

    fn printed(table: &Table, width: Option<usize>) -> String {
        let page = Page::default();
        let mut screen = Screen::to(page.clone());
        screen.width = width;
        table.print(&mut screen).unwrap();
        page.text()
    }

    fn table() -> Table {
        let mut table = Table::default().text("name").word("status").number("kNN");
        table.row(vec![
            "a long name indeed".into(),
            "done".into(),
            "83.1".into(),
        ]);
        table.row(vec![
            "\u{e9}te\u{301} \u{8868}\u{8868}".into(),
            "failed".into(),
            "5.0".into(),
        ]);
        table
    }

    #[test]
    fn columns_line_up() {
        let wide = "name                status   kNN\na long name indeed  done    83.1\n\u{e9}te\u{301} \u{8868}\u{8868}            failed   5.0\n";
        assert_eq!(printed(&table(), None), wide);
        assert_eq!(printed(&table(), Some(80)), wide);
    }

    #[test]
    fn a_narrow_screen_cuts_texts_and_neither_words_nor_numbers() {
        let narrow = "name        status   kNN\na long na\u{2026}  done    83.1\n\u{e9}te\u{301} \u{8868}\u{8868}    failed   5.0\n";
        assert_eq!(printed(&table(), Some(24)), narrow);
    }

    #[test]
    fn a_narrow_screen_keeps_what_tells_names_apart() {
        let mut table = Table::default().name("run").number("kNN");
        for (run, knn) in [
            ("20261128-1904-quick-708e", "1"),
            ("20261128-1907-quick-b2f0", "2"),
        ] {
            table.row(vec![run.into(), knn.into()]);
        }
        let narrow = printed(&table, Some(20));
        for end in ["708e", "b2f0"] {
            assert!(narrow.contains(&format!("{end}  ")), "{narrow}");
        }
    }

    #[test]
    fn a_narrow_screen_wraps_sentences_between_words() {
        let mut table = Table::default().word("preset").sentence("about");
        table.row(vec!["quick".into(), "shapes in minutes".into()]);
        let narrow = "preset  about\nquick   shapes in\n        minutes\n";
        assert_eq!(printed(&table, Some(18)), narrow);
    }

    #[test]
    fn a_narrow_screen_has_remarks_below_their_rows() {
        let mut table = Table::default().word("on").remark("protocol");
        table.row(vec!["h".into(), "k 200, T 0.1, standardised".into()]);
        table.row(vec!["z".into(), Cell::default()]);
        let wide = "on  protocol\nh   k 200, T 0.1, standardised\nz\n";
        assert_eq!(printed(&table, Some(30)), wide);
        let narrow = "on\nh\n  k 200, T 0.1,\n  standardised\nz\n";
        assert_eq!(printed(&table, Some(18)), narrow);
    }

    #[test]
    fn html_keeps_its_columns_and_texts() {
        let mut table = Table::default().text("a").number("n");
        table.row(vec!["<b> & \"c\"".into(), "1".into()]);
        assert_eq!(
            table.as_html(),
            "<table>\n<tr><th>a</th><th class=\"n\">n</th></tr>\n\
             <tr><td>&lt;b&gt; &amp; &quot;c&quot;</td><td class=\"n\">1</td></tr>\n</table>\n"
        );
    }

    #[test]
    fn what_would_steer_the_terminal_is_written_out() {
        let mut table = Table::default().text("");
        table.row(vec!["a\u{1b}[2Jb\nc\u{202e}d".into()]);
        assert_eq!(printed(&table, None), "a\\u{1b}[2Jb\\nc\\u{202e}d\n");
    }
}
