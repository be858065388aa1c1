//! The box in which the columns of the list of runs are chosen, ordered and sorted by.

use super::layout::Layout;
use crate::runs::Column;
use crate::text::fit;
use crate::ui::draw_context::DrawContext;
use crate::ui::keymap::history::ColumnsAction;
use crate::ui::keys::Table;
use crate::ui::prompt::{self, Prompt};
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use crate::ui::widgets::table::Scroll;
use crossterm::event::KeyEvent;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The box while it is open.
#[derive(Debug, Default)]
pub struct ColumnPicker {
    prompt: Prompt,
    cursor: usize,
    scroll: Scroll,
}

impl ColumnPicker {
    /// The columns with every word that was typed: those that are shown from the left, then the others; those that have
    /// the words in their names before those that have them in their sentences.
    fn found(&self, layout: &Layout) -> Vec<Column> {
        let typed = self.prompt.text().to_lowercase();
        let words: Vec<&str> = typed.split_whitespace().collect();
        let others = Column::all().filter(|c| !layout.columns.contains(c));
        let all = layout.columns.iter().copied().chain(others);
        let far = |column: Column| {
            let name = format!("{} {}", column.name(), column.title()).to_lowercase();
            let help = column.help().to_lowercase();
            let of_word = |word: &&str| match (name.contains(word), help.contains(word)) {
                (true, _) => Some(0),
                (false, true) => Some(1),
                (false, false) => None,
            };
            let far: Option<usize> = words.iter().map(of_word).sum();
            Some((far?, column))
        };
        let mut found: Vec<_> = all.filter_map(far).collect();
        found.sort_by_key(|(far, _)| *far);
        found.into_iter().map(|(_, column)| column).collect()
    }

    /// Takes a key; returns whether the box is still open.
    pub fn update(
        &mut self,
        key: &KeyEvent,
        keys: &Table<ColumnsAction>,
        layout: &mut Layout,
    ) -> bool {
        let action = keys.action(key);
        let chosen = self.found(layout).get(self.cursor).copied();
        match (action, chosen) {
            (Some(ColumnsAction::Close), _) => return false,
            (Some(ColumnsAction::Move(rows)), _) => self.go(rows, layout),
            (Some(ColumnsAction::Reset), _) => *layout = Layout::default(),
            (Some(ColumnsAction::Toggle), Some(column)) => layout.toggle(column),
            (Some(ColumnsAction::Shift(places)), Some(column)) => layout.shift(column, places),
            (Some(ColumnsAction::Sort), Some(column)) if column.sorts() => layout.sort_by(column),
            (Some(_), _) => {}
            (None, _) => {
                self.prompt.key(key);
                self.cursor = 0;
                return true;
            }
        }
        // The cursor goes along with the column.
        let at = |column| self.found(layout).iter().position(|c| *c == column);
        if let (false, Some(at)) = (
            matches!(action, Some(ColumnsAction::Move(_))),
            chosen.and_then(at),
        ) {
            self.cursor = at;
        }
        true
    }

    /// Chooses so many rows further.
    pub fn go(&mut self, rows: isize, layout: &Layout) {
        let last = self.found(layout).len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(rows).min(last);
    }

    /// Takes a click: on a row it chooses, on the chosen row it shows or hides.
    pub fn click(&mut self, row: usize, layout: &mut Layout) {
        let chosen = self.found(layout).get(row).copied();
        match chosen {
            Some(column) if row == self.cursor => layout.toggle(column),
            Some(_) => self.cursor = row,
            None => {}
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        self.prompt.paste(text);
        self.cursor = 0;
    }

    /// Draws it over the list.
    pub fn view(&self, layout: &Layout, ctx: &mut DrawContext, shared: &Shared) {
        let (theme, area) = (&shared.theme, ctx.area);
        let size = (92, 26.min(area.height.saturating_sub(2)));
        let keys = shared.keys.history_columns.line();
        let inner = popup::open(ctx.frame, theme, area, size, "columns", &keys);
        let found = self.found(layout);
        let typed = Rect { height: 1, ..inner };
        let counts = (found.len(), Column::all().count());
        prompt::narrow(&self.prompt, counts, ctx.frame, theme, typed);
        let list = Rect {
            y: inner.y + 2,
            height: inner.height.saturating_sub(2),
            ..inner
        };
        let list = list.intersection(inner);
        // What lies under the box takes no clicks.
        ctx.rows.clear();
        ctx.headings.clear();
        if found.is_empty() {
            let line = Line::styled("  no column has these words", theme.dim);
            let first = Rect { height: 1, ..list };
            return ctx.frame.render_widget(line, first.intersection(list));
        }
        let height = usize::from(list.height);
        let first = self.scroll.fit(self.cursor, found.len(), height);
        let rows = found.iter().enumerate().skip(first);
        for (y, (nth, column)) in (list.y..list.bottom()).zip(rows) {
            let at = Rect {
                y,
                height: 1,
                ..list
            };
            let line = line(*column, nth == self.cursor, layout, at.width, theme);
            ctx.frame.render_widget(line, at);
            ctx.rows.push((at, nth));
        }
    }
}

/// A row: whether it is shown, its name, its sentence.
fn line(column: Column, chosen: bool, layout: &Layout, room: u16, theme: &Theme) -> Line<'static> {
    let shown = layout.columns.contains(&column);
    let (cursor, plain) = if chosen {
        ("▸", theme.selected)
    } else {
        (" ", theme.text)
    };
    let (check, style) = if shown {
        ("✓", theme.good)
    } else {
        (" ", theme.dim)
    };
    let sort = match (column == layout.sort, layout.reversed) {
        (false, _) => " ",
        (true, false) => "▾",
        (true, true) => "▴",
    };
    let name = fit::left(&column.name(), 26);
    let help = fit::shorten(&column.help(), usize::from(room).saturating_sub(35));
    Line::from(vec![
        Span::styled(format!("{cursor} "), plain),
        Span::styled(format!("{check} "), style),
        Span::styled(format!("{sort} "), theme.accent),
        Span::styled(name, if shown || chosen { plain } else { theme.dim }),
        Span::raw("  "),
        Span::styled(help, theme.dim),
    ])
}
