//! The figure against the one number that cases differ in: a dot a seed, and their mean with its deviation as a band.

use super::figures;
use crate::hparam::Value;
use crate::sweep::results::Row;
use crate::sweep::{Results, Sweep};
use crate::text;
use crate::ui::draw_context::DrawContext;
use crate::ui::theme::Theme;
use crate::ui::widgets::chart::{Chart, Curve, Mark};
use ratatui::layout::Rect;
use ratatui::text::Line;

/// A hyperparameter that spans so much is drawn logarithmically.
const SPAN: f64 = 8.0;

/// A chart with the values of the hyperparameter below it.
pub struct Against<'a> {
    chart: Chart<'a>,
    /// Where each value stands, with its text.
    ticks: Vec<(f64, String)>,
}

/// The chart of a sweep that varies one number.
#[must_use]
pub fn of<'a>(sweep: &Sweep, results: &Results, theme: &'a Theme) -> Option<Against<'a>> {
    let [path] = sweep.varied[..] else {
        return None;
    };
    let number = |case: usize| {
        let value = sweep.value(case, path)?;
        let number = match value {
            Value::Float(v) => v,
            Value::Whole(v) => v as f64,
            Value::Toggle(_) | Value::Text(_) => return None,
        };
        Some((number, value.to_string()))
    };
    let xs: Option<Vec<(f64, String)>> = (0..sweep.cases.len()).map(number).collect();
    let mut xs = xs.filter(|xs| xs.len() > 2)?;
    let low = xs.iter().map(|(x, _)| *x).fold(f64::INFINITY, f64::min);
    let high = xs.iter().map(|(x, _)| *x).fold(f64::NEG_INFINITY, f64::max);
    let log = low > 0.0 && high / low >= SPAN;
    for (x, _) in &mut xs {
        *x = if log { (*x / low).log2() } else { *x - low };
    }
    let line = |of: &dyn Fn(&Row) -> Option<f64>| {
        let rows = xs.iter().zip(&results.rows);
        let mut points: Vec<(f64, f64)> = rows
            .filter_map(|((x, _), row)| Some((*x, of(row)?)))
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    let title = format!(" {} ", figures::label(results.metric));
    let mut chart = Chart::new(theme, Line::styled(title, theme.bright));
    chart.empty = "no case is trained yet";
    let scale = if log { ", logarithmic" } else { "" };
    let foot = format!(" {path}{scale}; dots: seeds; line: their mean ± one deviation ");
    chart.foot = vec![Line::styled(foot, theme.dim)];
    chart.x_label = "";
    let curve = |points, style| Curve {
        points,
        style,
        letter: None,
        derived: false,
    };
    for sign in [-1.0, 1.0] {
        let edge = line(&move |row: &Row| Some(row.mean?.mean + sign * row.mean?.deviation?));
        if edge.len() > 1 {
            chart.curves.push(curve(edge, theme.faint));
        }
    }
    let means = line(&|row: &Row| row.mean.map(|m| m.mean));
    chart.curves.push(curve(means, theme.accent));
    let seeds = xs.iter().zip(&results.rows).flat_map(|((x, _), row)| {
        let figures = row.figures.iter();
        figures.map(|figure| Mark {
            at: (*x, figure.value),
            sign: '•',
        })
    });
    chart.marks = seeds.collect();
    Some(Against { chart, ticks: xs })
}

impl Against<'_> {
    /// Draws it.
    pub fn draw(self, ctx: &mut DrawContext, theme: &Theme, area: Rect) {
        let place = self.chart.place(area);
        ctx.frame.render_widget(self.chart, area);
        let Some((plot, (from, to))) = place.filter(|(_, (from, to))| to > from) else {
            return;
        };
        // The chart's own ticks count from the smallest value.
        let row = Rect::new(plot.x, plot.bottom(), plot.width, 1).intersection(area);
        let blank = " ".repeat(usize::from(row.width));
        ctx.frame.render_widget(Line::from(blank), row);
        let mut free = row.x;
        for (x, label) in self.ticks {
            let share = (x - from) / (to - from);
            let width = text::width(&label) as u16;
            let middle = row.x + (share * f64::from(row.width.saturating_sub(1))).round() as u16;
            let last = row.right().saturating_sub(width);
            let at = middle
                .saturating_sub(width / 2)
                .clamp(row.x, last.max(row.x));
            if at >= free {
                let at = Rect::new(at, row.y, width, 1).intersection(row);
                ctx.frame.render_widget(Line::styled(label, theme.dim), at);
                free = at.right() + 1;
            }
        }
    }
}
