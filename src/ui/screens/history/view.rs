//! How the History screen looks.

use super::detail::{lines, pane, recipe};
use super::keys::{Act, KEYS};
use super::{History, Order};
use crate::runs::Run;
use crate::ui::begin;
use crate::ui::curves;
use crate::ui::screens::Canvas;
use crate::ui::shared::Shared;
use crate::ui::status;
use crate::ui::text;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use crate::ui::widgets::spark;
use crate::ui::widgets::table::{self, Column};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Padding, Paragraph};

const fn column(title: &'static str, width: u16, right: bool, drop: u8) -> Column {
    Column {
        title,
        width,
        grows: 0,
        right,
        drop,
    }
}

/// Cells of the curve in a row.
const SPARK: u16 = 12;

/// The columns, with the order that each stands for. The number says which goes first when the screen is narrow.
const COLUMNS: [(Column, Option<Order>); 11] = [
    (column("status", 13, false, 0), Some(Order::Status)),
    (
        Column {
            grows: 14,
            ..column("name", 14, false, 0)
        },
        Some(Order::Name),
    ),
    (
        Column {
            grows: u16::MAX,
            ..column("recipe", 30, false, 7)
        },
        None,
    ),
    (column("kNN curve", SPARK, false, 6), None),
    (column("kNN %", 6, true, 2), None),
    (column("best %", 7, true, 0), Some(Order::Best)),
    (column("loss", 7, true, 1), Some(Order::Loss)),
    (column("epochs", 10, true, 3), None),
    (column("took", 11, true, 4), Some(Order::Elapsed)),
    (column("age", 6, true, 0), Some(Order::Age)),
    (column("id", 4, false, 5), None),
];

/// Draws the screen.
pub fn draw(screen: &History, canvas: &mut Canvas, shared: &Shared) {
    let theme = &shared.theme;
    if shared.listing.runs.is_empty() {
        let words = match (&shared.listing.trouble, shared.listing.unread()) {
            (Some(trouble), _) => trouble.clone(),
            (None, 1..) => {
                "The logs are being read for the first time; runs appear here one by one."
                    .to_owned()
            }
            (None, 0) => return begin::view(canvas.frame, canvas.area, "no runs yet", theme),
        };
        status::centred(
            canvas.frame,
            canvas.area,
            ("no runs yet", theme.bright),
            &words,
            theme,
        );
        return;
    }
    let area = canvas.area;
    let detail = match area.height {
        34.. => 14,
        _ => 2,
    };
    let [list, bottom] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(detail)]).areas(area);
    let runs = screen.visible(shared);
    let row = screen.row(&runs);
    rows(screen, &runs, row, canvas, shared, list);
    match runs.get(row) {
        Some(run) if detail > 2 => pane(run, canvas, shared, bottom),
        Some(run) => lines(run, canvas, shared, bottom),
        None => {}
    }
    if let Some(editing) = &screen.editing {
        editing.view(canvas, theme);
    }
    if let Some(text) = &screen.copied {
        copied(text, canvas, theme);
    }
}

/// What was copied, over the whole width and with nothing beside it, so that it can be selected where the terminal
/// doesn't take it.
fn copied(text: &str, canvas: &mut Canvas, theme: &Theme) {
    let width = usize::from(canvas.area.width).max(1);
    let mut lines = vec![
        Line::styled("─".repeat(width), theme.faint),
        Line::styled(
            "copied, if the terminal lets programs; else select it here (often with shift held)",
            theme.dim,
        ),
    ];
    lines.extend(
        text::broken(text, width)
            .into_iter()
            .map(|l| Line::styled(l, theme.bright)),
    );
    let height = (lines.len() as u16).min(canvas.area.height);
    let area = Rect {
        y: canvas.area.bottom() - height,
        height,
        ..canvas.area
    };
    canvas.frame.render_widget(Clear, area);
    canvas.frame.render_widget(Paragraph::new(lines), area);
}

/// How many runs there are, are shown, and are still to be read.
fn count(shown: usize, shared: &Shared) -> String {
    let number = |n: usize| text::thousands(n as u64);
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
        let key = KEYS.key(&Act::Archived);
        format!("all runs are archived; {key} shows them")
    } else {
        let key = KEYS.key(&Act::Clear);
        format!("no run passes the filter; {key} clears it")
    }
}

fn rows(
    screen: &History,
    runs: &[&Run],
    cursor: usize,
    canvas: &mut Canvas,
    shared: &Shared,
    area: Rect,
) {
    let theme = &shared.theme;
    let count = count(runs.len(), shared);
    let block = popup::pane(theme, Line::styled(" runs ", theme.bright))
        .title_top(Line::styled(count, theme.dim).right_aligned())
        .padding(Padding::horizontal(1));
    let inner = block.inner(area);
    canvas.frame.render_widget(block, area);
    filter(screen, canvas, theme, area);
    // Two cells for the mark and two for the cursor stand before the columns.
    let columns: Vec<Column> = COLUMNS.iter().map(|(c, _)| *c).collect();
    let columns = table::fit(&columns, inner.width.saturating_sub(4));
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(inner);
    canvas
        .frame
        .render_widget(heading(screen, &columns, theme), head);
    if runs.is_empty() {
        let line = Line::styled(nothing(screen, shared), theme.dim);
        canvas.frame.render_widget(
            line,
            Rect {
                height: 1.min(body.height),
                ..body
            },
        );
    }
    let body = match screen.filter.wrong() {
        Some(why) => wrong(why, canvas, theme, body),
        None => body,
    };
    let top = screen
        .scroll
        .fit(cursor, runs.len(), usize::from(body.height));
    for (y, (i, run)) in (body.y..body.bottom()).zip(runs.iter().enumerate().skip(top)) {
        let at = Rect::new(body.x, y, body.width, 1);
        canvas.rows.push((at, i));
        let line = row(run, i == cursor, &columns, shared, usize::from(at.width));
        canvas.frame.render_widget(line, at);
    }
}

/// What is wrong with the filter, in the last line; returns the lines above it.
fn wrong(why: &str, canvas: &mut Canvas, theme: &Theme, area: Rect) -> Rect {
    let [rest, line] = Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(area);
    let why = text::fit(why, usize::from(line.width));
    canvas
        .frame
        .render_widget(Line::styled(why, theme.bad), line);
    rest
}

/// The filter, in the border below the rows.
fn filter(screen: &History, canvas: &mut Canvas, theme: &Theme, area: Rect) {
    if area.width < 12 || (screen.filter.typing.is_none() && screen.filter.text().is_empty()) {
        return;
    }
    let y = area.bottom().saturating_sub(1);
    let width = (area.width - 8).min(72);
    let label = Rect::new(area.x + 2, y, 3, 1);
    canvas
        .frame
        .render_widget(Line::styled(" / ", theme.accent), label);
    let at = Rect::new(area.x + 5, y, width, 1);
    if let Some(prompt) = &screen.filter.typing {
        return prompt.view(canvas.frame, at, theme.bright);
    }
    let line = format!(
        "{} ",
        text::fit(screen.filter.text(), usize::from(width) - 1)
    );
    let line = Line::styled(line, theme.bright);
    canvas.frame.render_widget(line, at);
}

fn heading(screen: &History, columns: &[(usize, u16)], theme: &Theme) -> Line<'static> {
    let mut spans = vec![Span::raw("    ")];
    for (index, width) in columns {
        let (column, order) = &COLUMNS[*index];
        let sorted = *order == Some(screen.order);
        let arrow = match (sorted, screen.reversed) {
            (false, _) => "",
            (true, false) => "▾",
            (true, true) => "▴",
        };
        let title = format!("{arrow}{}", column.title);
        let style = if sorted { theme.accent } else { theme.dim };
        spans.push(Span::styled(cell(&title, column.right, *width), style));
        spans.push(Span::raw("  "));
    }
    Line::from(spans)
}

fn cell(text: &str, right: bool, width: u16) -> String {
    if right {
        text::right(text, usize::from(width))
    } else {
        text::left(text, usize::from(width))
    }
}

fn row(
    run: &Run,
    selected: bool,
    columns: &[(usize, u16)],
    shared: &Shared,
    width: usize,
) -> Line<'static> {
    let theme = &shared.theme;
    let mark = shared.marked.iter().position(|id| *id == run.id);
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
    for (index, cells) in columns {
        let column = &COLUMNS[*index].0;
        if let (Some(why), false) = (&run.broken, matches!(column.title, "status" | "name")) {
            let used: usize = spans.iter().map(Span::width).sum();
            spans.push(Span::styled(
                text::fit(why, width.saturating_sub(used)),
                theme.bad,
            ));
            break;
        }
        let style = match column.title {
            "status" => status::sign(run.status, theme).1,
            "name" if run.notes.archived && !selected => theme.dim,
            "name" | "best %" if !selected => theme.bright,
            "kNN curve" | "age" | "id" | "took" | "epochs" | "recipe" if !selected => theme.dim,
            _ => plain,
        };
        let text = value(run, column.title, shared);
        spans.push(Span::styled(cell(&text, column.right, *cells), style));
        spans.push(Span::raw("  "));
    }
    Line::from(spans)
}

fn value(run: &Run, column: &str, shared: &Shared) -> String {
    let number = |v: Option<f64>, key| v.map_or_else(|| "–".to_owned(), |v| curves::value(key, v));
    match column {
        "status" => format!(
            "{} {}",
            status::sign(run.status, &shared.theme).0,
            run.status.name()
        ),
        "name" if run.notes.archived => format!("(archived) {}", run.title()),
        "name" => run.title().to_owned(),
        "recipe" => recipe(run),
        "kNN curve" => curve(run),
        "kNN %" => number(run.last_knn(), "knn"),
        "best %" => number(run.best_knn(), "knn"),
        "loss" => number(run.last_loss(), "loss"),
        "epochs" => epochs(run),
        "took" => text::duration(run.series.elapsed()),
        "age" => text::age(shared.clock.now() - run.created),
        // The end of the folder's name is what tells runs apart.
        _ => run.id.rsplit('-').next().unwrap_or_default().to_owned(),
    }
}

/// The kNN accuracy from first to last, between its own lowest and highest.
fn curve(run: &Run) -> String {
    let samples = run.series.shape("knn");
    let points: Vec<(f64, f64)> = samples.iter().map(|s| (s.step as f64, s.value)).collect();
    spark::line(&points, usize::from(SPARK))
}

fn epochs(run: &Run) -> String {
    let (Some((done, total)), Some(begin)) = (run.series.progress(), &run.series.begin) else {
        return "–".to_owned();
    };
    let per_epoch = begin.steps_per_epoch.max(1);
    format!("{}/{}", done / per_epoch, total / per_epoch)
}
