//! How the History screen looks.

use super::detail::{lines, pane};
use super::rows::Row;
use super::{History, cells};
use crate::runs::{Column, Fact};
use crate::text::{self, figures, fit};
use crate::ui::draw_context::DrawContext;
use crate::ui::keymap::history::Action;
use crate::ui::screens::View;
use crate::ui::shared::Shared;
use crate::ui::status;
use crate::ui::theme::Theme;
use crate::ui::welcome;
use crate::ui::widgets::popup;
use crate::ui::widgets::table;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Padding, Paragraph};
use std::collections::HashSet;
use std::ops::RangeInclusive;

/// What a filter looks like, until one is typed.
const EXAMPLE: &str = "temperature<0.2 tag:crop status:done knn>=70 age<2d -tag:bad ";
/// Cells that a deviation takes behind its mean.
const DEVIATION: u16 = 6;
/// Most cells of a run's name.
const NAME: usize = 48;

impl View for History {
    fn view(&self, ctx: &mut DrawContext, shared: &Shared) {
        draw(self, ctx, shared);
        self.write.view(ctx, shared);
    }
}

/// Draws the screen.
fn draw(screen: &History, ctx: &mut DrawContext, shared: &Shared) {
    let theme = &shared.theme;
    if shared.listing.runs.is_empty() {
        let words = match (&shared.listing.trouble, shared.listing.unread()) {
            (Some(trouble), _) => trouble.clone(),
            (None, 1..) => {
                "Reading the logs for the first time; runs appear here one by one.".to_owned()
            }
            (None, 0) => return welcome::view(ctx.frame, ctx.area, "no runs yet", shared),
        };
        status::centred(
            ctx.frame,
            ctx.area,
            ("no runs yet", theme.bright),
            &words,
            theme,
        );
        return;
    }
    let area = ctx.area;
    let detail = match area.height {
        34.. => 14,
        _ => 2,
    };
    let [list, bottom] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(detail)]).areas(area);
    let rows = screen.visible(shared);
    let at = screen.row(&rows);
    list_of(screen, &rows, at, ctx, shared, list);
    match rows.get(at) {
        Some(row) if detail > 2 => pane(row, ctx, shared, bottom),
        Some(row) => lines(row, ctx, shared, bottom),
        None => {}
    }
    if let Some(editing) = &screen.editing {
        editing.view(ctx, shared);
    }
    if let Some(choosing) = &screen.choosing {
        choosing.view(&screen.layout, ctx, shared);
    }
    if let Some(text) = &screen.copied {
        copied(text, ctx, theme);
    }
}

/// What was copied, over the whole width and with nothing beside it, so that it can be selected where the terminal
/// doesn't take it.
fn copied(text: &str, ctx: &mut DrawContext, theme: &Theme) {
    let width = usize::from(ctx.area.width).max(1);
    let mut lines = vec![
        Line::styled("─".repeat(width), theme.faint),
        Line::styled(
            "copied, if the terminal allows it; else select it here (often with shift held)",
            theme.dim,
        ),
    ];
    lines.extend(
        fit::hard_wrap(text, width)
            .into_iter()
            .map(|l| Line::styled(l, theme.bright)),
    );
    let height = (lines.len() as u16).min(ctx.area.height);
    let area = Rect {
        y: ctx.area.bottom() - height,
        height,
        ..ctx.area
    };
    ctx.frame.render_widget(Clear, area);
    ctx.frame.render_widget(Paragraph::new(lines), area);
}

/// How many runs there are, are shown, and are still to be read.
fn count(shown: usize, shared: &Shared) -> String {
    let number = |n: usize| figures::thousands(n as u64);
    let all = shared.listing.runs.len();
    let mut count = number(shown);
    if shown < all {
        count.push_str(&format!(" of {}", number(all)));
    }
    match shared.listing.unread() {
        0 => format!(" {count} "),
        unread => format!(" {count} · reading {} more ", number(unread)),
    }
}

/// Why no row is shown though there are runs.
fn nothing(screen: &History, shared: &Shared) -> String {
    if screen.filter.text().trim().is_empty()
        || shared.listing.runs.iter().all(|run| run.notes.archived)
    {
        let key = shared.keys.history.key(Action::Archived);
        format!("all runs are archived; {key} shows them")
    } else {
        let key = shared.keys.history.key(Action::Clear);
        format!("no run passes the filter; {key} clears it")
    }
}

fn list_of(
    screen: &History,
    rows: &[Row],
    cursor: usize,
    ctx: &mut DrawContext,
    shared: &Shared,
    area: Rect,
) {
    let theme = &shared.theme;
    let shown = rows.iter().filter(|row| row.heads || row.sweep.is_none());
    let count = count(shown.map(|row| row.runs.len()).sum(), shared);
    let block = popup::pane(theme, Line::styled(" runs ", theme.bright))
        .title_top(Line::styled(count, theme.dim).right_aligned())
        .padding(Padding::horizontal(1));
    let inner = block.inner(area);
    ctx.frame.render_widget(block, area);
    filter(screen, ctx, theme, area);
    // Two cells for the mark and two for the cursor stand before the columns.
    let shown = &screen.layout.columns;
    let folds = rows.iter().any(|row| row.runs.len() > 1);
    let name = |row| cells::of(row, Column::Fact(Fact::Name), shared);
    let names: Vec<String> = rows.iter().map(name).collect();
    let alike = names.iter().collect::<HashSet<_>>().len() < names.len();
    let places = shown.iter().map(|c| match c {
        // As wide as the names are, before the recipe takes the rest.
        Column::Fact(Fact::Name) => {
            let widest = names.iter().map(|name| text::width(name)).max();
            let place = cells::place(*c);
            let grows = widest.unwrap_or(0).min(NAME) as u16;
            table::Column {
                grows: grows.saturating_sub(place.width),
                ..place
            }
        }
        // Nothing else tells runs of one name apart.
        Column::Fact(Fact::Id) if alike => table::Column {
            drop: 0,
            ..cells::place(*c)
        },
        Column::Fact(fact) if folds && cells::deviates(*fact) => {
            let place = cells::place(*c);
            table::Column {
                width: place.width + DEVIATION,
                ..place
            }
        }
        c => cells::place(*c),
    });
    // What the rows are sorted by is the last to go.
    let kept = |(place, c): (table::Column, &Column)| table::Column {
        drop: place
            .drop
            .min(if *c == screen.layout.sort { 1 } else { u8::MAX }),
        ..place
    };
    let places: Vec<table::Column> = places.zip(shown).map(kept).collect();
    let columns: Vec<Shown> = table::fit(&places, inner.width.saturating_sub(4))
        .into_iter()
        .map(|(nth, width)| Shown {
            column: shown[nth],
            nth,
            right: places[nth].right,
            width,
        })
        .collect();
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(inner);
    let table = Table {
        columns,
        span: cells::span(rows),
    };
    heading(screen, &table, ctx, theme, head);
    if rows.is_empty() {
        let line = Line::styled(nothing(screen, shared), theme.dim);
        ctx.frame.render_widget(
            line,
            Rect {
                height: 1.min(body.height),
                ..body
            },
        );
    }
    let body = match screen.filter.wrong() {
        Some(why) => wrong(why, ctx, theme, body),
        None => body,
    };
    let top = screen
        .scroll
        .fit(cursor, rows.len(), usize::from(body.height));
    for (y, (i, one)) in (body.y..body.bottom()).zip(rows.iter().enumerate().skip(top)) {
        let at = Rect::new(body.x, y, body.width, 1);
        ctx.rows.push((at, i));
        let width = usize::from(at.width);
        let line = row(one, i == cursor, &table, shared, width);
        ctx.frame.render_widget(line, at);
    }
}

/// What is wrong with the filter, in the last line; returns the lines above it.
fn wrong(why: &str, ctx: &mut DrawContext, theme: &Theme, area: Rect) -> Rect {
    let [rest, line] = Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(area);
    let why = fit::shorten(why, usize::from(line.width));
    ctx.frame.render_widget(Line::styled(why, theme.bad), line);
    rest
}

/// The filter, in the border below the rows.
fn filter(screen: &History, ctx: &mut DrawContext, theme: &Theme, area: Rect) {
    if area.width < 12 || (screen.filter.typing.is_none() && screen.filter.text().is_empty()) {
        return;
    }
    let y = area.bottom().saturating_sub(1);
    let typing = screen.filter.typing.as_ref();
    let offers = typing.map_or_else(String::new, |prompt| match prompt.offers() {
        [] => String::new(),
        offers => format!("⇥ {} ", offers.join("  ")),
    });
    let most = (area.width - 8).min(72);
    let cells = |words: &str| text::width(words).min(usize::from(most)) as u16;
    let typed = cells(typing.map_or("", |prompt| prompt.text()));
    // The rest of the border stays as it is.
    let width = match typed {
        0 => most,
        typed => most.min(typed + cells(&offers) + 2),
    };
    let label = Rect::new(area.x + 2, y, 3, 1);
    ctx.frame
        .render_widget(Line::styled(" / ", theme.accent), label);
    let at = Rect::new(area.x + 5, y, width, 1);
    if let Some(prompt) = &screen.filter.typing {
        prompt.view(ctx.frame, at, theme.bright);
        if prompt.text().is_empty() {
            let rest = Rect {
                x: at.x + 1,
                width: at.width - 1,
                ..at
            };
            let line = Line::styled(fit::shorten(EXAMPLE, usize::from(rest.width)), theme.dim);
            ctx.frame.render_widget(line, rest);
        }
        let used = (typed + 2).min(at.width);
        let rest = Rect {
            x: at.x + used,
            width: at.width - used,
            ..at
        };
        let offers = fit::shorten(&offers, usize::from(rest.width));
        ctx.frame
            .render_widget(Line::styled(offers, theme.dim), rest);
        return;
    }
    let line = format!(
        "{} ",
        fit::shorten(screen.filter.text(), usize::from(width) - 1)
    );
    let line = Line::styled(line, theme.bright);
    ctx.frame.render_widget(line, at);
}

/// The columns that have room, and what the curves of all rows lie in.
struct Table {
    columns: Vec<Shown>,
    span: RangeInclusive<f64>,
}

/// A column that has room, with its cells.
struct Shown {
    column: Column,
    /// Its place among all columns of the layout.
    nth: usize,
    right: bool,
    width: u16,
}

fn heading(screen: &History, table: &Table, ctx: &mut DrawContext, theme: &Theme, area: Rect) {
    let mut spans = vec![Span::raw("    ")];
    let mut x = area.x + 4;
    for shown in &table.columns {
        let at = Rect::new(x, area.y, shown.width, 1).intersection(area);
        ctx.headings.push((at, shown.nth));
        x += shown.width + 2;
        let sorted = shown.column == screen.layout.sort;
        let arrow = match (sorted, screen.layout.reversed) {
            (false, _) => "",
            (true, false) => "▾ ",
            (true, true) => "▴ ",
        };
        let title = match shown.column {
            Column::Curve if table.span.start().is_finite() => {
                let (low, high) = (table.span.start(), table.span.end());
                format!("kNN {low:.0} to {high:.0}")
            }
            column => format!("{arrow}{}", column.title()),
        };
        let style = if sorted { theme.accent } else { theme.dim };
        spans.push(Span::styled(cell(&title, shown.right, shown.width), style));
        spans.push(Span::raw("  "));
    }
    ctx.frame.render_widget(Line::from(spans), area);
}

fn cell(text: &str, right: bool, width: u16) -> String {
    if right {
        fit::right(text, usize::from(width))
    } else {
        fit::left(text, usize::from(width))
    }
}

fn row(row: &Row, selected: bool, table: &Table, shared: &Shared, width: usize) -> Line<'static> {
    let theme = &shared.theme;
    let mark = row
        .run()
        .and_then(|run| shared.marked.iter().position(|id| *id == run.id));
    let broken = row.run().and_then(|run| run.broken.as_ref());
    let archived = row.runs.iter().all(|run| run.notes.archived);
    let (letter, mark_style) = match mark {
        Some(n) => (Theme::letter(n), theme.series(n)),
        None => (' ', theme.text),
    };
    let cursor = if selected { "▸" } else { " " };
    let plain = if selected { theme.selected } else { theme.text };
    let mut spans = vec![
        Span::styled(format!("{cursor} "), plain),
        Span::styled(format!("{letter} "), mark_style),
    ];
    for shown in &table.columns {
        let column = shown.column;
        let whole = matches!(column, Column::Fact(Fact::Status | Fact::Name));
        if let (Some(why), false) = (broken, whole) {
            let used: usize = spans.iter().map(Span::width).sum();
            spans.push(Span::styled(
                fit::shorten(why, width.saturating_sub(used)),
                theme.bad,
            ));
            break;
        }
        let style = match column {
            Column::Fact(Fact::Status) => status::sign(row.status(), theme).1,
            _ if selected => plain,
            Column::Fact(Fact::Name) if archived => theme.dim,
            Column::Fact(Fact::Name | Fact::Best(_)) => theme.bright,
            Column::Fact(Fact::Last(_) | Fact::Hparam(_)) => plain,
            _ => theme.dim,
        };
        let mut text = match column {
            Column::Curve => cells::curve(row, &table.span),
            _ => cells::of(row, column, shared),
        };
        if column == Column::Fact(Fact::Name) {
            text = fit::shorten_middle(&text, usize::from(shown.width));
        }
        spans.push(Span::styled(cell(&text, shown.right, shown.width), style));
        spans.push(Span::raw("  "));
    }
    Line::from(spans)
}
