//! How the Sweeps screen looks: the list, what the sweep is, its matrix or curve, and its cases.

use super::entry::{Entry, Progress};
use super::heat::Heat;
use super::{Sweeps, curve, figures, queue};
use crate::runs::{Fact, Run};
use crate::sweep::results::Row;
use crate::sweep::{Plan, Results, Sweep};
use crate::text::{self, fit};
use crate::ui::draw_context::DrawContext;
use crate::ui::prompt;
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Padding, Paragraph};

/// Least and most cells of the list of sweeps.
const LIST: (u16, u16) = (28, 40);

/// Draws the screen.
pub fn draw(screen: &Sweeps, ctx: &mut DrawContext, shared: &Shared) {
    let area = ctx.area;
    let list = (area.width / 5).clamp(LIST.0, LIST.1);
    let [left, right] =
        Layout::horizontal([Constraint::Length(list), Constraint::Fill(1)]).areas(area);
    let queue = queue::height(shared, left.height);
    let [list, below] =
        Layout::vertical([Constraint::Fill(1), Constraint::Length(queue)]).areas(left);
    let plan = shared.plan();
    sweeps(screen, ctx, shared, &plan, list);
    queue::draw(screen, ctx, shared, below);
    match &screen.entry().sweep {
        Ok(sweep) => {
            let progress = screen.entry().progress(&plan);
            screen.with_results(shared, &plan, |results| {
                of_sweep(screen, sweep, (results, progress), ctx, shared, right);
            });
        }
        Err(why) => trouble(why, ctx, &shared.theme, right),
    }
    if screen.typing.is_some() {
        file(screen, ctx, shared);
    }
}

/// The list of sweeps with how far each is.
fn sweeps(screen: &Sweeps, ctx: &mut DrawContext, shared: &Shared, plan: &Plan<&Run>, area: Rect) {
    let theme = &shared.theme;
    let block =
        popup::pane(theme, Line::styled(" sweeps ", theme.bright)).padding(Padding::horizontal(1));
    let inner = block.inner(area);
    ctx.frame.render_widget(block, area);
    let height = usize::from(inner.height);
    let lines = listed(&screen.entries);
    let cursor = lines
        .iter()
        .position(|row| *row == Listed::Sweep(screen.cursor));
    let first = screen.scroll.fit(cursor.unwrap_or(0), lines.len(), height);
    for (y, row) in (inner.y..inner.bottom()).zip(&lines[first..]) {
        let at = Rect {
            y,
            height: 1,
            ..inner
        };
        let nth = match row {
            Listed::Sweep(nth) => *nth,
            Listed::Heading(words) => {
                ctx.frame.render_widget(Line::styled(*words, theme.dim), at);
                continue;
            }
        };
        let entry = &screen.entries[nth];
        let here = nth == screen.cursor;
        let progress = entry.progress(plan);
        let line = list_line(
            entry,
            progress,
            here,
            screen.case.is_none(),
            theme,
            at.width,
        );
        ctx.frame.render_widget(line, at);
        ctx.rows.push((at, nth));
    }
}

/// A line of the list.
#[derive(Debug, PartialEq)]
enum Listed {
    Heading(&'static str),
    /// The sweep at this place.
    Sweep(usize),
}

/// The lines of the list: the user's own sweeps apart from those that ship, where there are any.
fn listed(entries: &[Entry]) -> Vec<Listed> {
    let own = entries.iter().take_while(|entry| !entry.ships()).count();
    let sweeps = |range: std::ops::Range<usize>| range.map(Listed::Sweep);
    if own == 0 {
        return sweeps(0..entries.len()).collect();
    }
    let mine = std::iter::once(Listed::Heading("yours")).chain(sweeps(0..own));
    let shipped = std::iter::once(Listed::Heading("included"));
    mine.chain(shipped)
        .chain(sweeps(own..entries.len()))
        .collect()
}

fn list_line(
    entry: &Entry,
    progress: Progress,
    here: bool,
    focus: bool,
    theme: &Theme,
    width: u16,
) -> Line<'static> {
    let (sign, style) = match progress {
        Progress { live: 1.., .. } => ("●", theme.accent),
        Progress { failed: 1.., .. } => ("✗", theme.bad),
        Progress { done, all, .. } if done == all && all > 0 => ("✓", theme.good),
        _ => (" ", theme.dim),
    };
    let count = format!("{}/{}", progress.done, progress.all);
    let room = usize::from(width).saturating_sub(text::width(&count) + 5);
    let name = entry.name.rsplit('/').next().unwrap_or_default();
    let (cursor, plain) = match (here, focus) {
        (true, true) => ("▸", theme.selected),
        (true, false) => ("▸", theme.bright),
        (false, _) => (" ", theme.text),
    };
    Line::from(vec![
        Span::styled(format!("{cursor} "), plain),
        Span::styled(fit::left(&fit::shorten(name, room), room), plain),
        Span::styled(format!(" {count} "), theme.dim),
        Span::styled(sign, style),
    ])
}

fn trouble(why: &str, ctx: &mut DrawContext, theme: &Theme, area: Rect) {
    let block =
        popup::pane(theme, Line::styled(" sweep ", theme.bright)).padding(Padding::new(2, 2, 1, 0));
    let inner = block.inner(area);
    ctx.frame.render_widget(block, area);
    let lines = fit::wrap(why, usize::from(inner.width)).into_iter();
    let lines: Vec<Line> = lines.map(|line| Line::styled(line, theme.bad)).collect();
    ctx.frame.render_widget(Paragraph::new(lines), inner);
}

fn of_sweep(
    screen: &Sweeps,
    sweep: &Sweep,
    (results, progress): (&Results, Progress),
    ctx: &mut DrawContext,
    shared: &Shared,
    area: Rect,
) {
    let theme = &shared.theme;
    let room = usize::from(area.width.saturating_sub(4));
    let mut about = about(screen, sweep, (results, progress), theme, room);
    if area.height < 30 {
        about.truncate(2);
    }
    let head = about.len() as u16 + 2;
    let rows = (results.rows.len() as u16 + 3).min(area.height / 2);
    let matrix = results.matrix(sweep);
    let heat = heat(screen, sweep, &matrix, results, theme);
    let curve = curve::of(sweep, results, theme);
    let spare = area.height.saturating_sub(head + rows);
    let picture = match (&heat, &curve) {
        (Some(heat), _) => heat.height(spare.saturating_sub(2)) + 2,
        (None, Some(_)) if spare >= 8 => spare,
        _ => 0,
    };
    let [top, middle, bottom] = Layout::vertical([
        Constraint::Length(head),
        Constraint::Length(picture),
        Constraint::Fill(1),
    ])
    .areas(area);
    let title = Line::styled(format!(" {} ", sweep.name), theme.bright);
    let block = popup::pane(theme, title).padding(Padding::horizontal(1));
    let inner = block.inner(top);
    ctx.frame.render_widget(block, top);
    ctx.frame.render_widget(Paragraph::new(about), inner);
    let what = figures::label(results.metric);
    if let Some(heat) = heat.filter(|_| picture > 3) {
        let title = Line::styled(format!(" {what} "), theme.bright);
        let block = popup::pane(theme, title).padding(Padding::horizontal(1));
        let inner = block.inner(middle);
        ctx.frame.render_widget(block, middle);
        ctx.frame.render_widget(heat, inner);
    } else if let Some(curve) = curve.filter(|_| picture > 3) {
        curve.draw(ctx, theme, middle);
    }
    cases(screen, sweep, results, ctx, theme, bottom);
}

/// What the sweep is, how far it is, and what all of its cases share.
fn about(
    screen: &Sweeps,
    sweep: &Sweep,
    (results, progress): (&Results, Progress),
    theme: &Theme,
    room: usize,
) -> Vec<Line<'static>> {
    let entry = screen.entry();
    let about = Some(&sweep.about).filter(|about| !about.is_empty());
    let about = about.map(|about| Line::styled(fit::shorten(about, room), theme.text));
    let mut lines: Vec<Line> = about.into_iter().collect();
    let mut parts = vec![format!("{} of {} trained", progress.done, progress.all)];
    let cut = results.rows.iter().filter(|row| row.cut.is_some()).count() * sweep.seeds.len();
    for (count, word) in [
        (progress.live, "running"),
        (progress.failed, "failed"),
        (cut, "cut"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    let seeds = match sweep.seeds.len() {
        1 => "1 seed".to_owned(),
        seeds => format!("{seeds} seeds"),
    };
    parts.push(format!("{} cases x {seeds}", sweep.cases.len()));
    parts.extend(entry.scale().map(|scale| format!("scale {scale}")));
    let count = fit::shorten(&parts.join(" · "), room);
    lines.push(Line::styled(count, theme.dim));
    lines.push(Line::styled(
        fit::shorten(&sweep.shared.recipe(), room),
        theme.dim,
    ));
    if let Some(paper) = &sweep.paper {
        let words = format!("the paper: {}, {}", paper.section, paper.what);
        lines.push(Line::styled(fit::shorten(&words, room), theme.dim));
    }
    lines
}

fn heat<'a>(
    screen: &Sweeps,
    sweep: &'a Sweep,
    matrix: &'a [Vec<Option<f64>>],
    results: &Results,
    theme: &'a Theme,
) -> Option<Heat<'a>> {
    (!sweep.pairs.is_empty()).then(|| Heat {
        names: &sweep.pairs,
        cells: matrix,
        cursor: screen.case.and_then(|case| sweep.cases.get(case)?.pair),
        fact: results.metric,
        theme,
    })
}

/// The table of cases.
fn cases(
    screen: &Sweeps,
    sweep: &Sweep,
    results: &Results,
    ctx: &mut DrawContext,
    theme: &Theme,
    area: Rect,
) {
    let title = Line::styled(" cases ", theme.bright);
    let what = Line::styled(format!(" {} ", figures::label(results.metric)), theme.dim);
    let block = popup::pane(theme, title)
        .title_top(what.right_aligned())
        .padding(Padding::horizontal(1));
    let inner = block.inner(area);
    ctx.frame.render_widget(block, area);
    let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(inner);
    let baseline = screen.baseline(sweep);
    let columns = Columns::of(baseline, results, inner.width);
    ctx.frame.render_widget(columns.heading(theme), head);
    let cursor = screen.case.unwrap_or(0);
    let height = usize::from(body.height);
    let first = (cursor + 1).saturating_sub(height);
    let rows = results.rows.iter().enumerate().skip(first);
    for (y, (nth, row)) in (body.y..body.bottom()).zip(rows) {
        let at = Rect {
            y,
            height: 1,
            ..body
        };
        let here = screen.case == Some(nth);
        let line = columns.line(row, here, baseline == Some(nth), results, theme);
        ctx.frame.render_widget(line, at);
        ctx.rows.push((at, screen.entries.len() + nth));
    }
    let below = results.rows.len().saturating_sub(first + height);
    if below > 0 {
        let more = format!(" {below} more ↓ ");
        let width = text::width(&more) as u16;
        let at = Rect::new(
            area.right().saturating_sub(width + 1),
            area.bottom() - 1,
            width,
            1,
        );
        let line = Line::styled(more, theme.dim);
        ctx.frame.render_widget(line, at.intersection(area));
    }
}

/// Which columns of the table have room.
struct Columns {
    width: usize,
    name: usize,
    interval: bool,
    published: bool,
    baseline: usize,
}

impl Columns {
    fn of(baseline: Option<usize>, results: &Results, width: u16) -> Self {
        let widest = results.rows.iter().map(|row| text::width(&row.case)).max();
        let published = results.rows.iter().any(|row| row.published.is_some());
        let rest = usize::from(width).saturating_sub(2 + 8 + 8 + 4 + 9);
        let published = published && rest > 22;
        let rest = rest - if published { 10 } else { 0 };
        let interval = rest > 40 && baseline.is_some();
        let rest = rest - if interval { 24 } else { 0 };
        let seeds = |nth: usize| results.rows.get(nth).map_or(0, |row| row.figures.len());
        Self {
            width: usize::from(width),
            name: widest.unwrap_or(0).clamp(8, rest.max(9) - 1),
            interval,
            published,
            baseline: baseline.map_or(0, seeds),
        }
    }

    fn heading(&self, theme: &Theme) -> Line<'static> {
        let mut text = format!(
            "  {}{}{}{}{}",
            fit::left("case", self.name),
            fit::right("mean", 8),
            fit::right("dev.", 8),
            fit::right("n", 4),
            fit::right("diff.", 9),
        );
        if self.interval {
            text.push_str(&format!("  {}", fit::left("95 % interval", 22)));
        }
        if self.published {
            text.push_str(&fit::right("paper", 10));
        }
        Line::styled(text, theme.dim)
    }

    fn line(
        &self,
        row: &Row,
        here: bool,
        baseline: bool,
        results: &Results,
        theme: &Theme,
    ) -> Line<'static> {
        let fact: Fact = results.metric;
        let cursor = if here { "▸ " } else { "  " };
        let plain = if here { theme.selected } else { theme.text };
        let dash = || "–".to_owned();
        let number = |v: Option<f64>| v.map_or_else(dash, |v| figures::value(fact, v));
        let mean = row.mean;
        if let Some(cut) = &row.cut {
            let name = fit::left(&fit::shorten(&row.case, self.name), self.name);
            let cut = fit::shorten(cut, self.width.saturating_sub(self.name + 4));
            return Line::from(vec![
                Span::styled(cursor, plain),
                Span::styled(name, plain),
                Span::styled(format!("  {cut}"), theme.dim),
            ]);
        }
        let (difference, style) = match (baseline, row.difference) {
            (true, _) => ("baseline".to_owned(), theme.accent),
            (false, None) => (dash(), theme.dim),
            (false, Some(d)) => {
                let style = match figures::verdict(fact, d) {
                    Some(true) => theme.good,
                    Some(false) => theme.bad,
                    None => theme.dim,
                };
                (figures::signed(fact, d.difference), style)
            }
        };
        let mut spans = vec![
            Span::styled(cursor, plain),
            Span::styled(
                fit::left(&fit::shorten(&row.case, self.name), self.name),
                plain,
            ),
            Span::styled(fit::right(&number(mean.map(|m| m.mean)), 8), theme.bright),
            Span::styled(
                fit::right(&number(mean.and_then(|m| m.deviation)), 8),
                theme.dim,
            ),
            Span::styled(fit::right(&row.figures.len().to_string(), 4), theme.dim),
            Span::styled(fit::right(&difference, 9), style),
        ];
        if self.interval {
            let words = if baseline {
                String::new()
            } else {
                figures::interval(fact, row, self.baseline)
            };
            let words = fit::left(&words, 22);
            spans.push(Span::styled(format!("  {words}"), theme.dim));
        }
        if self.published {
            let published = row
                .published
                .map_or_else(dash, |v| crate::text::figures::decimal(v, 1));
            spans.push(Span::styled(fit::right(&published, 10), theme.dim));
        }
        Line::from(spans)
    }
}

/// The box in which a file's name is typed.
fn file(screen: &Sweeps, ctx: &mut DrawContext, shared: &Shared) {
    let Some(prompt) = &screen.typing else {
        return;
    };
    let theme = &shared.theme;
    let keys = &shared.keys.sweeps_file.line();
    let inner = popup::open(ctx.frame, theme, ctx.area, (76, 7), "a sweep's file", keys);
    prompt::ask(prompt, "", ctx.frame, theme, inner, theme.accent);
}
