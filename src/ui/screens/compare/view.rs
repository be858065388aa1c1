//! How the Compare screen looks.

use super::row::{Cell, Row};
use super::table;
use super::{Compare, charts, groups, sample_views};
use crate::export::comparison;
use crate::runs::Run;
use crate::runs::comparison::{incomparable_losses, knn_differs_in_kind, losses_differ_in_kind};
use crate::text::{self, fit};
use crate::ui::curves;
use crate::ui::draw_context::DrawContext;
use crate::ui::keymap::everywhere::Global;
use crate::ui::keymap::history;
use crate::ui::screen_id::ScreenId;
use crate::ui::screens::View;
use crate::ui::shared::Shared;
use crate::ui::status;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Padding, Paragraph};

/// Cells of a run's column, where there is room: its value and the difference to the first.
const COLUMN: usize = 21;
/// Least cells of it: some of the run's name.
const LEAST: usize = 12;
/// Cells of the difference in it, with a blank on each side.
const BY: usize = 10;

/// Cells beside a run's name: its letter, the sign of a live one, and blanks.
const NAME: usize = 6;

/// Cells that names of rows keep where that gives every run a column.
const LABEL: usize = 18;

/// Cells of the names of rows, of each run's column, and of the value in it.
#[derive(Clone, Copy)]
struct Cells {
    label: usize,
    all: usize,
    value: usize,
}

impl Cells {
    /// As few as results need where not all runs have room else, and as many as their names take where there is more.
    fn of(rows: &[Row], names: &[String], room: usize) -> Self {
        let longest = names.iter().map(|name| text::width(name)).max();
        let most = COLUMN.max(longest.unwrap_or(0) + NAME);
        let runs = names.len();
        let widest = |of: fn(&Cell) -> usize| {
            let results = rows.iter().filter_map(|row| match row {
                Row::Result(_, cells) => cells.iter().map(of).max(),
                _ => None,
            });
            results.max().unwrap_or(0)
        };
        let value = widest(|cell| text::width(&cell.value));
        let by = widest(|cell| cell.by.as_ref().map_or(0, |(by, _)| text::width(by))) + 2;
        let least = (value + by).clamp(LEAST, COLUMN);
        let label = label_width(rows).min(room / 2);
        let label = match room.saturating_sub(runs * least) {
            left if left >= LABEL => label.min(left),
            _ => label,
        };
        let all = ((room - label) / runs).clamp(least, most);
        let value = if all >= COLUMN {
            COLUMN - BY
        } else {
            all - by.min(BY)
        };
        Self { label, all, value }
    }
}

impl View for Compare {
    fn view(&self, ctx: &mut DrawContext, shared: &Shared) {
        draw(self, ctx, shared);
        self.grid.view(ctx, shared);
        self.write.view(ctx, shared);
    }
}

/// Draws the screen.
fn draw(screen: &Compare, ctx: &mut DrawContext, shared: &Shared) {
    let runs = shared.marked_runs();
    if runs.len() < 2 {
        return too_few(&runs, ctx, shared);
    }
    let area = ctx.area;
    if screen.grid.shown {
        return charts::draw(screen, &runs, ctx, shared, area);
    }
    let differences = comparison::differences(&runs);
    let baseline = screen.baseline(&runs);
    let rows = table::rows(&runs, &differences, baseline, shared);
    let wide = area.width >= 140 && area.height < 60;
    let (left, right) = if wide && runs.len() <= 2 {
        let [l, r] = Layout::horizontal([Constraint::Length(76), Constraint::Fill(1)]).areas(area);
        (l, r)
    } else {
        // The table takes what it needs, and leaves to the chart what it needs at least.
        let chart = if screen.views.shown {
            // A line of names below each run's pictures.
            (runs.len() as u16 * (sample_views::LEAST + 1) + 2).min(area.height * 3 / 5)
        } else {
            area.height * 2 / 5
        };
        let most = area.height.saturating_sub(chart.max(9)).max(5);
        let table = (rows.len() as u16 + 3).min(most);
        let [t, c] = Layout::vertical([Constraint::Length(table), Constraint::Fill(1)]).areas(area);
        (t, c)
    };
    let feet = losses_differ_in_kind(&runs, &differences)
        .then(|| incomparable_losses(!knn_differs_in_kind(&runs, &differences)));
    values(screen, &runs, &rows, ctx, shared, left);
    if screen.views.shown && shared.pictures.possible() {
        sample_views::draw(screen, &runs, ctx, shared, right);
    } else {
        chart(screen, &runs, feet, ctx, shared, right);
    }
}

fn too_few(runs: &[&Run], ctx: &mut DrawContext, shared: &Shared) {
    let theme = &shared.theme;
    let keys = &shared.keys;
    let screen = |id| keys.everywhere.key(Global::Screen(id));
    let (form, history) = (screen(ScreenId::Experiment), screen(ScreenId::History));
    let mark = keys.history.key(history::Action::Mark);
    let words = match (runs.first(), shared.listing.runs.len()) {
        (_, 0 | 1) => {
            format!("Comparing takes two runs; {form} edits and trains them.")
        }
        (Some(run), _) => format!(
            "{} is marked. Mark another on the History screen ({history}) with {mark}.",
            run.title()
        ),
        (None, _) => {
            format!("Mark two runs or more on the History screen ({history}) with {mark}.")
        }
    };
    let head = ("nothing to compare yet", theme.bright);
    status::centred(ctx.frame, ctx.area, head, &words, theme);
}

fn values(
    screen: &Compare,
    runs: &[&Run],
    rows: &[Row],
    ctx: &mut DrawContext,
    shared: &Shared,
    area: Rect,
) {
    let theme = &shared.theme;
    let block =
        popup::pane(theme, Line::styled(" compare ", theme.bright)).padding(Padding::horizontal(1));
    let inner = block.inner(area);
    ctx.frame.render_widget(block, area);
    let room = usize::from(inner.width);
    let names = curves::labels(runs);
    let cells = Cells::of(rows, &names, room);
    let fits = (room.saturating_sub(cells.label) / cells.all).max(1);
    let left = screen.left.get().min(runs.len().saturating_sub(fits));
    screen.left.set(left);
    let shown = left..(left + fits).min(runs.len());
    let height = usize::from(inner.height.saturating_sub(1));
    if screen.seen.replace(shared.marked.clone()) != shared.marked {
        screen.top.set(0);
    }
    let top = screen.top.get().min(rows.len().saturating_sub(height));
    screen.top.set(top);
    let baseline = screen.baseline(runs);
    let mut lines = vec![heading(
        (runs, &names),
        shown.clone(),
        cells,
        baseline,
        theme,
    )];
    lines.extend(
        rows[top..]
            .iter()
            .take(height)
            .map(|row| line(row, shown.clone(), cells, theme)),
    );
    ctx.frame.render_widget(Paragraph::new(lines), inner);
    let hidden = runs.len() - shown.len();
    if hidden > 0 {
        let text = format!(" {hidden} more: ←→ ");
        let width = text::width(&text) as u16;
        let at = Rect::new(area.right().saturating_sub(width + 2), area.y, width, 1);
        ctx.frame
            .render_widget(Line::styled(text, theme.dim), at.intersection(area));
    }
    let more = match (top > 0, top + height < rows.len()) {
        (false, false) => return,
        (false, true) => " more ↓ ",
        (true, false) => " more ↑ ",
        (true, true) => " more ↑↓ ",
    };
    let width = text::width(more) as u16;
    let at = Rect::new(
        area.right().saturating_sub(width + 1),
        area.bottom() - 1,
        width,
        1,
    );
    ctx.frame
        .render_widget(Line::styled(more, theme.dim), at.intersection(area));
}

fn label_width(rows: &[Row]) -> usize {
    let label = |row: &Row| match row {
        Row::Value(path, _) => text::width(path),
        Row::Result(label, _) => text::width(label),
        Row::Heading(_) | Row::Space => 0,
    };
    rows.iter().map(label).max().unwrap_or(0) + 3
}

fn heading(
    (runs, names): (&[&Run], &[String]),
    shown: std::ops::Range<usize>,
    cells: Cells,
    baseline: usize,
    theme: &Theme,
) -> Line<'static> {
    let mut spans = vec![Span::styled(
        fit::left(
            &format!("  against {}", Theme::letter(baseline)),
            cells.label,
        ),
        theme.dim,
    )];
    // Behind the name of a live run stands its sign.
    let sign = if runs.iter().any(|run| run.status.is_live()) {
        2
    } else {
        0
    };
    let labels = fit::apart(names, cells.all - NAME + 2 - sign);
    for i in shown {
        let run = runs[i];
        let (sign, _) = status::sign(run.status, theme);
        let live = if run.status.is_live() {
            format!(" {sign}")
        } else {
            String::new()
        };
        let title = &labels[i];
        let name = format!("{} {title}{live}", Theme::letter(i));
        let style = theme.series(i).add_modifier(ratatui::style::Modifier::BOLD);
        spans.push(Span::styled(
            fit::left(&format!(" {name}"), cells.all - 1),
            style,
        ));
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}

fn line(row: &Row, shown: std::ops::Range<usize>, cells: Cells, theme: &Theme) -> Line<'static> {
    match row {
        Row::Space => Line::default(),
        Row::Heading(title) => Line::styled(title.clone(), theme.dim),
        Row::Value(path, values) => {
            let mut spans = vec![Span::raw(fit::left(
                &format!("  {}", fit::shorten_start(path, cells.label - 3)),
                cells.label,
            ))];
            for (value, differs) in &values[shown] {
                let (mark, style) = if *differs {
                    ("◂", theme.accent)
                } else {
                    (" ", theme.text)
                };
                let value = if text::width(value) > cells.value {
                    fit::shorten_start(value, cells.all - 3)
                } else {
                    fit::right(value, cells.value)
                };
                spans.push(Span::styled(
                    fit::left(&format!("{value} {mark}"), cells.all),
                    style,
                ));
            }
            Line::from(spans)
        }
        Row::Result(name, results) => {
            let mut spans = vec![Span::raw(fit::left(
                &format!("  {}", fit::shorten(name, cells.label - 3)),
                cells.label,
            ))];
            for Cell { value, by } in &results[shown] {
                spans.push(Span::styled(fit::right(value, cells.value), theme.bright));
                let (by, style) = match by {
                    None => (String::new(), theme.dim),
                    Some((by, Some(true))) => (by.clone(), theme.good),
                    Some((by, Some(false))) => (by.clone(), theme.bad),
                    Some((by, None)) => (by.clone(), theme.dim),
                };
                spans.push(Span::styled(
                    fit::left(&format!(" {by}"), cells.all - cells.value),
                    style,
                ));
            }
            Line::from(spans)
        }
    }
}

fn chart(
    screen: &Compare,
    runs: &[&Run],
    feet: Option<[&'static str; 2]>,
    ctx: &mut DrawContext,
    shared: &Shared,
    area: Rect,
) {
    let theme = &shared.theme;
    let key = screen.metric(shared);
    let groups = groups::groups(runs, screen.grid.by, shared.clock.now());
    let mut chart = groups::chart(theme, &groups, key, &screen.chart_view);
    // Beside the title of the chart.
    chart.value = charts::names(&groups, theme, usize::from(area.width.saturating_sub(23)));
    if let Some(feet) = feet.filter(|_| key == "loss" && chart.foot.is_empty()) {
        chart.foot = feet
            .map(|words| Line::styled(format!(" {words} "), theme.warn))
            .into();
    }
    ctx.chart(chart, area);
}
