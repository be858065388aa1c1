//! How the History screen looks.

use super::keys::{Act, KEYS};
use super::{History, Order};
use crate::runs::{Run, Status};
use crate::ui::begin;
use crate::ui::curves;
use crate::ui::lens::Lens;
use crate::ui::screens::Canvas;
use crate::ui::shared::Shared;
use crate::ui::status;
use crate::ui::text;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use crate::ui::widgets::table::{self, Column};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Padding, Paragraph};

const fn column(title: &'static str, width: u16, right: bool, drop: u8) -> Column {
    Column {
        title,
        width,
        grows: 0,
        right,
        drop,
    }
}

/// The columns, with the order that each stands for. The number says which goes first when the screen is narrow.
const COLUMNS: [(Column, Option<Order>); 10] = [
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
            ..column("recipe", 30, false, 6)
        },
        None,
    ),
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
    if screen.filter.trim().is_empty() || shared.listing.runs.iter().all(|run| run.notes.archived) {
        let key = KEYS.key(&Act::Archived);
        format!("all runs are archived; {key} shows them")
    } else {
        let key = KEYS.key(&Act::Clear);
        format!("no run contains these words; {key} clears the filter")
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

/// The filter, in the border below the rows.
fn filter(screen: &History, canvas: &mut Canvas, theme: &Theme, area: Rect) {
    if area.width < 12 || (screen.typing.is_none() && screen.filter.is_empty()) {
        return;
    }
    let y = area.bottom().saturating_sub(1);
    let width = (area.width - 8).min(40);
    let label = Rect::new(area.x + 2, y, 3, 1);
    canvas
        .frame
        .render_widget(Line::styled(" / ", theme.accent), label);
    let at = Rect::new(area.x + 5, y, width, 1);
    if let Some(prompt) = &screen.typing {
        return prompt.view(canvas.frame, at, theme.bright);
    }
    let line = format!("{} ", text::fit(&screen.filter, usize::from(width) - 1));
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
            "age" | "id" | "took" | "epochs" | "recipe" if !selected => theme.dim,
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

fn epochs(run: &Run) -> String {
    let (Some((done, total)), Some(begin)) = (run.series.progress(), &run.series.begin) else {
        return "–".to_owned();
    };
    let per_epoch = begin.steps_per_epoch.max(1);
    format!("{}/{}", done / per_epoch, total / per_epoch)
}

/// What there is to say of a run that has no column.
fn remark(run: &Run, theme: &Theme) -> Option<(String, ratatui::style::Style)> {
    let end = run.series.end.as_ref().and_then(|e| e.reason.clone());
    match (&run.broken, run.status, end) {
        (Some(why), _, _) => Some((why.clone(), theme.bad)),
        (None, Status::Failed, why) => Some((
            why.unwrap_or_else(|| "no reason was recorded".to_owned()),
            theme.bad,
        )),
        (None, Status::Interrupted, _) => Some((
            "its process ended before the run did".to_owned(),
            theme.warn,
        )),
        (None, _, Some(why)) => Some((why, theme.dim)),
        (None, _, None) if run.damaged > 0 => Some((
            format!("{} records of its log were damaged", run.damaged),
            theme.warn,
        )),
        _ => None,
    }
}

/// The recipe of a run in one line.
fn recipe(run: &Run) -> String {
    let Some(e) = &run.experiment else {
        return String::new();
    };
    format!(
        "{} · {} w{} · {} pairs · T {} · {} {} · s {}",
        e.data.source.name(),
        e.model.encoder.name(),
        e.model.width,
        e.train.batch,
        e.loss.temperature,
        e.train.optimizer.name(),
        e.train.rate,
        e.augment.strength,
    )
}

/// Two lines about the run under the cursor.
fn lines(run: &Run, canvas: &mut Canvas, shared: &Shared, area: Rect) {
    let theme = &shared.theme;
    let room = usize::from(area.width.saturating_sub(4));
    let second = remark(run, theme).unwrap_or_else(|| (recipe(run), theme.dim));
    let lines = vec![
        Line::styled(format!("  {}", text::fit(&run.id, room)), theme.dim),
        Line::styled(format!("  {}", text::fit(&second.0, room)), second.1),
    ];
    canvas.frame.render_widget(Paragraph::new(lines), area);
}

/// The run under the cursor with its curves.
fn pane(run: &Run, canvas: &mut Canvas, shared: &Shared, area: Rect) {
    let theme = &shared.theme;
    let [left, right] = Layout::horizontal([Constraint::Fill(5), Constraint::Fill(6)]).areas(area);
    let title = Line::styled(format!(" {} ", run.title()), theme.bright);
    let block = popup::pane(theme, title).padding(Padding::new(2, 2, 1, 0));
    let inner = block.inner(left);
    canvas.frame.render_widget(block, left);
    let room = usize::from(inner.width);
    let mut lines: Vec<Line> = Vec::new();
    for (label, value) in facts(run) {
        if !value.is_empty() {
            lines.push(Line::from(vec![
                Span::styled(text::left(label, 10), theme.dim),
                Span::raw(text::fit(&value, room.saturating_sub(10))),
            ]));
        }
    }
    if let Some((words, style)) = remark(run, theme) {
        lines.push(Line::default());
        lines.extend(
            text::wrap(&words, room)
                .into_iter()
                .map(|l| Line::styled(l, style)),
        );
    }
    canvas.frame.render_widget(Paragraph::new(lines), inner);
    let lens = Lens::default();
    if right.width >= 84 {
        let [a, b] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(right);
        canvas
            .frame
            .render_widget(curves::chart(theme, run, "loss", &lens), a);
        canvas
            .frame
            .render_widget(curves::chart(theme, run, "knn", &lens), b);
    } else {
        canvas
            .frame
            .render_widget(curves::chart(theme, run, "knn", &lens), right);
    }
}

fn facts(run: &Run) -> Vec<(&'static str, String)> {
    let device = run.environment.as_ref().map(|e| e.device.clone());
    let device = device.filter(|d| !d.is_empty());
    let begin = run.series.begin.as_ref();
    let network = begin.map_or_else(String::new, |b| {
        format!("{:.2} M parameters", b.parameters as f64 / 1e6)
    });
    let experiment = run.experiment.as_ref();
    let data = experiment.map_or_else(String::new, |e| {
        let images = begin.map_or_else(String::new, |b| {
            format!(" · {} training images", text::thousands(b.train_images))
        });
        format!("{}{images}", e.data.source.name())
    });
    let train = experiment.map_or_else(String::new, |e| {
        format!(
            "{} pairs · T {} · {} {}",
            e.train.batch,
            e.loss.temperature,
            e.train.optimizer.name(),
            e.train.rate
        )
    });
    let model = experiment.map_or_else(String::new, |e| {
        format!("{} w{} · {network}", e.model.encoder.name(), e.model.width)
    });
    vec![
        ("run", run.id.clone()),
        ("data", data),
        ("model", model),
        ("training", train),
        (
            "device",
            device
                .or(begin.map(|b| b.device.clone()))
                .unwrap_or_default(),
        ),
        ("tags", run.notes.tags.join(", ")),
        ("note", run.notes.note.clone()),
    ]
}
