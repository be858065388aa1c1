//! The table of a sweep's cases.

use super::{Sweeps, figures, jobs};
use crate::runs::Fact;
use crate::sweep::results::Row;
use crate::sweep::{Results, Sweep};
use crate::text::{self, fit};
use crate::ui::draw_context::DrawContext;
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Padding;

/// Draws it.
pub fn draw(
    screen: &Sweeps,
    sweep: &Sweep,
    results: &Results,
    ctx: &mut DrawContext,
    shared: &Shared,
    area: Rect,
) {
    let theme = &shared.theme;
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
        let jobs = jobs::words(&jobs::of(sweep, Some(nth), shared));
        let line = columns.line(row, (here, baseline == Some(nth)), &jobs, results, theme);
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
        (here, baseline): (bool, bool),
        jobs: &str,
        results: &Results,
        theme: &Theme,
    ) -> Line<'static> {
        let fact: Fact = results.metric;
        let cursor = if here { "▸ " } else { "  " };
        let plain = if here { theme.selected } else { theme.text };
        let dash = || "–".to_owned();
        let number = |v: Option<f64>| v.map_or_else(dash, |v| figures::value(fact, v));
        let mean = row.mean;
        let waits = Some(jobs).filter(|jobs| !jobs.is_empty() && mean.is_none());
        if let Some(instead) = row.cut.as_deref().or(waits) {
            let name = fit::left(&fit::shorten(&row.case, self.name), self.name);
            let instead = fit::shorten(instead, self.width.saturating_sub(self.name + 4));
            return Line::from(vec![
                Span::styled(cursor, plain),
                Span::styled(name, plain),
                Span::styled(format!("  {instead}"), theme.dim),
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
            let words = if !jobs.is_empty() {
                fit::shorten(jobs, 22)
            } else if baseline {
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
