//! How far each augmentation moves the representation, and its spectrum: of the run, and of marked runs beside it.

use super::state::Explore;
use crate::runs::Run;
use crate::runs::map::Map;
use crate::text::figures::{decimal, thousands};
use crate::text::fit;
use crate::ui::curves;
use crate::ui::draw_context::{DrawContext, in_grid};
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use crate::ui::widgets::chart::{Chart, Curve};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

/// Charts beside and below each other: one for each augmentation, and the spectrum.
const GRID: (usize, usize) = (3, 3);
/// Shares of the variance below this are rounding.
const ROUNDING: f64 = 1e-8;

/// A run that has a map, with its place among all that are compared.
struct Shown<'a> {
    title: String,
    map: &'a Map,
    style: Style,
    letter: Option<char>,
}

/// Draws the charts below a line that names the runs.
pub fn draw(screen: &Explore, (run, map): (&Run, &Map), ctx: &mut DrawContext, shared: &Shared) {
    let theme = &shared.theme;
    let runs = screen.runs(shared);
    let several = runs.len() > 1;
    let labels = curves::labels(&runs);
    let shown = runs.iter().enumerate().filter_map(|(nth, run)| {
        Some(Shown {
            title: labels[nth].clone(),
            map: shared.maps.of(run, screen.space())?,
            style: theme.series(nth),
            letter: several.then(|| Theme::letter(nth)),
        })
    });
    let shown: Vec<Shown> = shown.collect();
    let [head, place] =
        Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(ctx.area);
    let missing = match runs.len() - shown.len() {
        0 => String::new(),
        count => format!("{count} more without a map"),
    };
    let room = usize::from(head.width).saturating_sub(missing.len());
    let mut line = names(&shown, (run, map), theme, room);
    line.push_span(Span::styled(missing, theme.warn));
    ctx.frame.render_widget(line, head);
    let mut charts = invariances(&shown, theme);
    charts.push(spectrum(&shown, theme));
    grid(charts, ctx, place);
}

/// What is seen: of one run its step, of several the letters of their curves.
fn names(shown: &[Shown], (run, map): (&Run, &Map), theme: &Theme, room: usize) -> Line<'static> {
    let change = if shown.len() == 1 {
        " before and after"
    } else {
        ""
    };
    let what = format!(" cosine of {}{change}; dim: other images ", map.space);
    let each = room.saturating_sub(what.len() + 1) / shown.len().max(1);
    let mut spans = vec![Span::styled(what, theme.dim)];
    let titles: Vec<&str> = shown.iter().map(|one| one.title.as_str()).collect();
    let titles = fit::apart(&titles, each.saturating_sub(3).clamp(4, 24));
    for (one, title) in shown.iter().zip(titles) {
        let Some(letter) = one.letter else { continue };
        spans.push(Span::styled(format!(" {letter} "), one.style));
        spans.push(Span::styled(title, theme.dim));
    }
    if spans.len() == 1 {
        let words = format!("{} · step {}", run.title(), thousands(map.step));
        spans.push(Span::styled(words, theme.bright));
    }
    spans.push(Span::raw(" "));
    Line::from(spans)
}

/// A chart for each augmentation that was measured, in the order of the first run's.
fn invariances<'a>(shown: &[Shown], theme: &'a Theme) -> Vec<Chart<'a>> {
    let measured = shown.iter().filter_map(|one| one.map.invariance.as_ref());
    let Some(first) = measured.clone().next() else {
        let title = Line::styled(" invariance ", theme.bright);
        let mut chart = Chart::new(theme, title);
        chart.empty = "mapped before it was measured";
        return vec![chart];
    };
    let chart = |augmentation: &str, unit: &str| {
        let title = Line::styled(format!(" {augmentation} "), theme.bright);
        let mut chart = Chart::new(theme, title);
        chart.x_label = "";
        chart.foot = vec![Line::styled(format!(" {unit} "), theme.dim)];
        chart.y_limits = (-1.0, 1.0);
        for one in shown {
            let Some(invariance) = &one.map.invariance else {
                continue;
            };
            let of = invariance.of.iter();
            let Some(of) = of.clone().find(|of| of.augmentation == augmentation) else {
                continue;
            };
            let last = of.cosines.last().map_or(0.0, |(x, _)| *x);
            let level = [0.0, last].map(|x| (x, invariance.other_images));
            chart.curves.push(Curve {
                points: level.to_vec(),
                style: one.style.add_modifier(Modifier::DIM),
                letter: None,
                derived: false,
            });
            if one.letter.is_none() {
                let value = of.cosines.last().map_or(1.0, |(_, cosine)| *cosine);
                chart.value = Line::styled(format!(" {} ", decimal(value, 2)), theme.dim);
            }
            let points = std::iter::once((0.0, 1.0)).chain(of.cosines.iter().copied());
            chart.curves.push(Curve {
                points: points.collect(),
                style: one.style,
                letter: one.letter,
                derived: false,
            });
            chart.x_end = Some(last);
        }
        chart
    };
    let of = first.of.iter();
    of.map(|of| chart(&of.augmentation, &of.unit)).collect()
}

/// The shares of the variance that principal components have, on a logarithmic axis.
fn spectrum<'a>(shown: &[Shown], theme: &'a Theme) -> Chart<'a> {
    let mut chart = Chart::new(theme, Line::styled(" spectrum ", theme.bright));
    chart.log = true;
    chart.x_label = "";
    let foot = " % of variance by component ";
    chart.foot = vec![Line::styled(foot, theme.dim)];
    let most = shown.iter().map(|one| one.map.variance.len()).max();
    chart.x_end = most.map(|most| most as f64);
    for one in shown {
        let shares = (1..).map(f64::from).zip(&one.map.variance);
        let seen = shares.filter(|(_, share)| **share > ROUNDING);
        chart.curves.push(Curve {
            points: seen.map(|(nth, share)| (nth, 100.0 * share)).collect(),
            style: one.style,
            letter: one.letter,
            derived: false,
        });
    }
    if let [one] = shown {
        let rank = format!(" rank {} ", decimal(one.map.effective_rank, 1));
        chart.value = Line::styled(rank, theme.dim);
    }
    chart
}

/// Draws charts in the same grid at any size, so that all are seen at once.
fn grid(charts: Vec<Chart>, ctx: &mut DrawContext, area: Rect) {
    for (chart, place) in in_grid(charts, GRID, area) {
        ctx.frame.render_widget(chart, place);
    }
}
