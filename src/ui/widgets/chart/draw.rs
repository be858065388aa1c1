//! Drawing within a chart's box: curves, guides, marks, the crosshair, and the labels of both axes.

use super::raster::{self, Raster};
use super::scale::Scale;
use super::{Chart, Curve, Guide};
use crate::text::{self, fit};
use crate::ui::theme::Theme;
use crate::ui::widgets::popup;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Widget;

impl Widget for Chart<'_> {
    fn render(mut self, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme;
        let span = self.x_span();
        let range = self.y_range(span);
        let log = if self.log { "log y" } else { "" };
        let words: Vec<&str> = [log, self.x_label]
            .into_iter()
            .filter(|w| !w.is_empty())
            .collect();
        let label = match words.join(" ").as_str() {
            // Blanks would leave a gap in the border.
            "" => Line::default(),
            words => Line::styled(format!(" {words} "), theme.dim).right_aligned(),
        };
        let outside = self.outside(range);
        let room = usize::from(area.width).saturating_sub(4 + label.width() + outside.width());
        let feet = std::mem::take(&mut self.foot).into_iter();
        let foot = feet.reduce(|best, next| if best.width() <= room { best } else { next });
        let foot = foot.filter(|foot| foot.width() <= room).unwrap_or_default();
        let block = popup::pane(theme, std::mem::take(&mut self.title))
            .title_top(std::mem::take(&mut self.value).right_aligned())
            .title_bottom(foot)
            .title_bottom(outside)
            .title_bottom(label);
        let inner = block.inner(area);
        block.render(area, buffer);
        if inner.width < 12 || inner.height < 3 {
            return;
        }
        let Some(range) = range else {
            return nothing(self.empty, theme, inner, buffer);
        };
        let Some((plot, y)) = self.plot_area(inner, range) else {
            return;
        };
        y_labels(&y, theme, plot, inner.x, buffer);
        // By the box and not by what labels of y leave of it, so that charts beside each other have the same.
        let ticks = usize::from(inner.width / 9).clamp(1, 10);
        let x = Scale::between(span.0, span.1, ticks);
        x_labels(&x, theme, plot, buffer);
        self.plot(&x, &y, plot, buffer);
    }
}

impl Chart<'_> {
    /// Draws curves and what belongs to them into their part of the box.
    pub(super) fn plot(&self, x: &Scale, y: &Scale, plot: Rect, buffer: &mut Buffer) {
        let peers = self.curves.iter().all(|curve| curve.letter.is_some());
        let mut raster = Raster::new(plot.width, plot.height).of_peers(peers);
        for (index, curve) in self.curves.iter().enumerate() {
            let points = curve.points.iter();
            raster.curve(index, points.map(|(px, py)| (x.share(*px), y.share(*py))));
        }
        for one in &self.breaks {
            one.line(x, plot, self.theme.dim, buffer);
        }
        for guide in &self.guides {
            self.guide(guide, y, plot, buffer);
        }
        self.cross(x, plot, buffer);
        raster.each(|column, row, symbol, index| {
            let cell = &mut buffer[(plot.x + column, plot.y + row)];
            cell.set_char(symbol).set_style(self.curves[index].style);
        });
        // Over the curves, where there is no room beside them.
        for guide in &self.guides {
            self.guide_label(guide, y, plot, &raster, buffer);
        }
        for (index, curve) in self.curves.iter().enumerate() {
            self.letters(curve, &raster.path(index), plot, buffer);
        }
        for mark in &self.marks {
            let at = (x.share(mark.at.0), y.share(mark.at.1));
            sign(at, mark.sign, self.theme.bright, plot, buffer);
        }
        for one in &self.breaks {
            one.words(x, plot, self.theme.dim, buffer);
        }
        let own = self.curves.iter().filter(|c| !c.derived);
        let points = own.flat_map(|c| &c.points);
        for (at, _) in points.filter(|(_, y)| !y.is_finite()) {
            sign((x.share(*at), 0.0), '×', self.theme.warn, plot, buffer);
        }
    }

    /// The crosshair's line, behind the curves.
    fn cross(&self, x: &Scale, plot: Rect, buffer: &mut Buffer) {
        let share = self.cross.map_or(f64::NAN, |at| x.share(at));
        if (0.0..=1.0).contains(&share) {
            let column = plot.x + raster::column(share, plot.width);
            for row in plot.rows() {
                let cell = &mut buffer[(column, row.y)];
                cell.set_char('│').set_style(self.theme.accent);
            }
        }
    }

    /// A letter at the end of the curve; without colour also along it.
    fn letters(&self, curve: &Curve, cells: &[(u16, u16)], plot: Rect, buffer: &mut Buffer) {
        // Where another curve's letter stands, one further back.
        let taken = |(column, row): &&(u16, u16)| {
            let symbol = buffer[(plot.x + column, plot.y + row)].symbol();
            symbol.starts_with(|c: char| c.is_ascii_uppercase())
        };
        let last = cells.iter().rev().find(|cell| !taken(cell));
        let (Some(letter), Some(last)) = (curve.letter, last) else {
            return;
        };
        let every = if self.theme.colourless() {
            12
        } else {
            usize::MAX
        };
        let along = cells.iter().skip(6).step_by(every.min(cells.len().max(1)));
        let along = along.filter(|_| self.theme.colourless());
        for (column, row) in along.chain([last]) {
            let cell = &mut buffer[(plot.x + column, plot.y + row)];
            let style = curve.style.add_modifier(ratatui::style::Modifier::BOLD);
            cell.set_char(letter).set_style(style);
        }
    }

    /// The line of a guide, where it is within the axis.
    fn guide(&self, guide: &Guide, y: &Scale, plot: Rect, buffer: &mut Buffer) {
        let share = y.share(guide.y);
        if !(0.0..=1.0).contains(&share) {
            return;
        }
        let row = raster::row(share, plot.height);
        for column in 0..plot.width {
            let cell = &mut buffer[(plot.x + column, plot.y + row)];
            cell.set_char('╌').set_style(self.theme.faint);
        }
    }

    /// Its name, over line and crosshair; where it lies beyond the axis of the whole curve, with an arrow at the edge.
    fn guide_label(
        &self,
        guide: &Guide,
        y: &Scale,
        plot: Rect,
        raster: &Raster,
        buffer: &mut Buffer,
    ) {
        let share = y.share(guide.y);
        let (arrow, share) = match share {
            0.0..=1.0 => ("", share),
            _ if self.span.is_some() || share.is_nan() => return,
            _ if share < 0.0 => ("↓ ", 0.0),
            _ => ("↑ ", 1.0),
        };
        let row = raster::row(share, plot.height);
        let label = format!(" {arrow}{} ", guide.label);
        let cells = text::width(&label) as u16;
        if cells + 2 > plot.width {
            return;
        }
        let (column, free) = raster.free_place(row, cells);
        if !arrow.is_empty() && free != row {
            // Elsewhere it would seem to be the name of another line.
            return;
        }
        buffer.set_string(plot.x + column, plot.y + free, label, self.theme.dim);
    }
}

/// A sign at shares of width and height, if they are within the plot.
fn sign(at: (f64, f64), sign: char, style: Style, plot: Rect, buffer: &mut Buffer) {
    if (0.0..=1.0).contains(&at.0) && (0.0..=1.0).contains(&at.1) {
        let column = plot.x + raster::column(at.0, plot.width);
        let row = plot.y + raster::row(at.1, plot.height);
        buffer[(column, row)].set_char(sign).set_style(style);
    }
}

pub(super) fn nothing(sentence: &str, theme: &Theme, inner: Rect, buffer: &mut Buffer) {
    let lines = fit::wrap(sentence, usize::from(inner.width.saturating_sub(4)));
    let top = inner.y + inner.height.saturating_sub(lines.len() as u16) / 2;
    for (i, line) in lines.iter().take(usize::from(inner.height)).enumerate() {
        let x = inner.x + (inner.width - text::width(line) as u16) / 2;
        buffer.set_string(x, top + i as u16, line, theme.dim);
    }
}

pub(super) fn y_labels(y: &Scale, theme: &Theme, plot: Rect, left: u16, buffer: &mut Buffer) {
    let cells = usize::from(plot.x - left - 1);
    for tick in y.ticks() {
        let row = raster::row(y.share(tick), plot.height);
        let label = fit::right(&y.label(tick), cells);
        buffer.set_string(left, plot.y + row, label, theme.dim);
    }
}

pub(super) fn x_labels(x: &Scale, theme: &Theme, plot: Rect, buffer: &mut Buffer) {
    let row = plot.bottom();
    let mut free = plot.x.saturating_sub(1);
    for tick in x.ticks() {
        let label = x.label(tick);
        let cells = text::width(&label) as u16;
        let at = plot.x + (x.share(tick) * f64::from(plot.width - 1)).round() as u16;
        let start = at
            .saturating_sub(cells / 2)
            .min(plot.right().saturating_sub(cells));
        if start >= free && start + cells <= plot.right() {
            buffer.set_string(start, row, &label, theme.dim);
            free = start + cells + 1;
        }
    }
}
