//! A chart of curves over a common x: braille lines, round ticks, dashed guides, gaps at NaN.

mod gap;
pub mod range;
pub mod raster;
pub mod scale;

pub use gap::Break;

use crate::ui::text;
use crate::ui::theme::Theme;
use range::Range;
use raster::Raster;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, Widget};
use scale::Scale;

/// One line of a chart.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Its points in order of x; a y that is no number leaves a gap.
    pub points: Vec<(f64, f64)>,
    /// Its colour.
    pub style: Style,
    /// A letter at its end, where several curves share the chart.
    pub letter: Option<char>,
    /// Whether it is made of another one that is drawn too, such as by smoothing, and so never the higher or lower.
    pub derived: bool,
}

/// A level to compare with, drawn as a dashed line.
#[derive(Clone, Debug)]
pub struct Guide {
    /// Its height.
    pub y: f64,
    /// What it is.
    pub label: String,
}

/// A point worth a sign.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// Where.
    pub at: (f64, f64),
    /// The sign.
    pub sign: char,
}

/// A chart, drawn into a bordered box.
#[derive(Clone, Debug)]
pub struct Chart<'a> {
    /// At the top left.
    pub title: Line<'a>,
    /// At the top right: the newest value.
    pub value: Line<'a>,
    /// At the bottom left: the first that fits.
    pub foot: Vec<Line<'a>>,
    /// The lines; later ones lie on top.
    pub curves: Vec<Curve>,
    /// The levels.
    pub guides: Vec<Guide>,
    /// The points worth a sign; they lie over the curves.
    pub marks: Vec<Mark>,
    /// The places where training stood still.
    pub breaks: Vec<Break>,
    /// What x is.
    pub x_label: &'a str,
    /// The right end of x, where it is known before the curve gets there.
    pub x_end: Option<f64>,
    /// How far x has come at least, so that charts beside each other end alike.
    pub x_reach: f64,
    /// The stretch of x that is looked at; all of it without one.
    pub span: Option<(f64, f64)>,
    /// Where the crosshair stands.
    pub cross: Option<f64>,
    /// Whether y is logarithmic.
    pub log: bool,
    /// Whether the few points that lie far off are left out and counted.
    pub clip: bool,
    /// Bounds that y never leaves, such as 0 and 100 %.
    pub y_limits: (f64, f64),
    /// What to say when there is nothing to draw.
    pub empty: &'a str,
    /// The colours.
    pub theme: &'a Theme,
}

impl<'a> Chart<'a> {
    /// A chart without anything in it yet.
    #[must_use]
    pub fn new(theme: &'a Theme, title: Line<'a>) -> Self {
        Self {
            title,
            value: Line::default(),
            foot: Vec::new(),
            curves: Vec::new(),
            guides: Vec::new(),
            marks: Vec::new(),
            breaks: Vec::new(),
            x_label: "epoch",
            x_end: None,
            x_reach: 0.0,
            span: None,
            cross: None,
            log: false,
            clip: false,
            y_limits: (f64::NEG_INFINITY, f64::INFINITY),
            empty: "",
            theme,
        }
    }

    /// The stretch of x that is drawn: the one looked at, or all of it up to an end that grows in steps, so that most
    /// frames change few cells.
    fn x_span(&self) -> (f64, f64) {
        self.span.unwrap_or_else(|| (0.0, self.right_end()))
    }

    fn right_end(&self) -> f64 {
        let points = self.curves.iter().flat_map(|c| &c.points);
        let finite = points.filter(|(x, y)| x.is_finite() && y.is_finite());
        let far = finite.map(|(x, _)| *x).fold(self.x_reach, f64::max);
        let stepped = scale::step_up(far);
        match self.x_end {
            Some(end) if end >= far && end > 0.0 => stepped.min(end),
            _ => stepped,
        }
    }

    /// The stretch of y of the points in a stretch of x, with the guides where all of the curve is seen.
    fn y_range(&self, (left, right): (f64, f64)) -> Option<Range> {
        let own = self.curves.iter().filter(|c| !c.derived);
        let points = own.flat_map(|c| &c.points);
        let seen = points.filter(|(x, _)| (left..=right).contains(x));
        let usable = seen.map(|(_, y)| *y).filter(|y| !self.log || *y > 0.0);
        let mut range = range::of(usable.collect(), self.clip)?;
        if self.span.is_none() {
            let guides = self.guides.iter().map(|g| g.y);
            for y in guides.filter(|y| y.is_finite() && (!self.log || *y > 0.0)) {
                (range.low, range.high) = (range.low.min(y), range.high.max(y));
            }
        }
        Some(range)
    }

    /// The scale of y for so many rows, with as many ticks as have a free row between them.
    fn y_scale(&self, range: Range, rows: u16) -> Scale {
        let (low, high) = (range.low, range.high);
        let make = |ticks| {
            if self.log && low > 0.0 {
                Scale::logarithmic(low, high, ticks)
            } else {
                Scale::around(low, high, ticks).within(self.y_limits)
            }
        };
        let fits = |s: &Scale| 2 * s.ticks().count() <= usize::from(rows) + 2;
        let scale = (1..=6).rev().map(make).find(fits);
        scale.unwrap_or_else(|| make(1))
    }

    /// Where the curves would be drawn in an area, and the stretch of x there; `None` where nothing would be.
    #[must_use]
    pub fn place(&self, area: Rect) -> Option<(Rect, (f64, f64))> {
        let span = self.x_span();
        let inner = Block::bordered().inner(area);
        let (plot, _) = self.plot_area(inner, self.y_range(span)?)?;
        Some((plot, span))
    }

    /// The part of the box's inside that curves are drawn in, and their scale of y.
    fn plot_area(&self, inner: Rect, range: Range) -> Option<(Rect, Scale)> {
        if inner.width < 12 || inner.height < 3 {
            return None;
        }
        let rows = inner.height - 1;
        let y = self.y_scale(range, rows);
        let widest = y.ticks().map(|t| text::width(&y.label(t))).max();
        let gutter = widest.unwrap_or(1) as u16 + 1;
        let plot = Rect {
            x: inner.x + gutter,
            y: inner.y,
            width: inner.width.saturating_sub(gutter),
            height: rows,
        };
        (plot.width >= 8).then_some((plot, y))
    }

    /// What was cut off, at the bottom.
    fn outside(&self, range: Option<Range>) -> Line<'static> {
        let Range { above, below, .. } = range.unwrap_or(Range {
            low: 0.0,
            high: 0.0,
            above: 0,
            below: 0,
        });
        let word = |count: usize, sign: char| match count {
            0 => String::new(),
            n => format!("{n} outside {sign} "),
        };
        let words = word(above, '↑') + &word(below, '↓');
        match words.as_str() {
            "" => Line::default(),
            words => Line::styled(format!(" {words}"), self.theme.warn),
        }
    }
}

impl Widget for Chart<'_> {
    fn render(mut self, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme;
        let span = self.x_span();
        let range = self.y_range(span);
        let log = if self.log { " log y" } else { "" };
        let label = Line::styled(format!("{log} {} ", self.x_label), theme.dim).right_aligned();
        let outside = self.outside(range);
        let room = usize::from(area.width).saturating_sub(4 + label.width() + outside.width());
        let feet = std::mem::take(&mut self.foot).into_iter();
        let foot = feet.reduce(|best, next| if best.width() <= room { best } else { next });
        let foot = foot.filter(|foot| foot.width() <= room).unwrap_or_default();
        let block = super::popup::pane(theme, std::mem::take(&mut self.title))
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
        let ticks = usize::from(plot.width / 9).clamp(1, 10);
        let x = Scale::between(span.0, span.1, ticks);
        x_labels(&x, theme, plot, buffer);
        self.plot(&x, &y, plot, buffer);
    }
}

impl Chart<'_> {
    fn plot(&self, x: &Scale, y: &Scale, plot: Rect, buffer: &mut Buffer) {
        let mut raster = Raster::new(plot.width, plot.height);
        for (index, curve) in self.curves.iter().enumerate() {
            let points = curve.points.iter();
            raster.curve(index, points.map(|(px, py)| (x.share(*px), y.share(*py))));
        }
        for one in &self.breaks {
            one.line(x, plot, self.theme.dim, buffer);
        }
        for guide in &self.guides {
            self.guide(guide, y, plot, &raster, buffer);
        }
        self.cross(x, plot, buffer);
        raster.each(|column, row, symbol, index| {
            let cell = &mut buffer[(plot.x + column, plot.y + row)];
            cell.set_char(symbol).set_style(self.curves[index].style);
        });
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
        let (Some(letter), Some(last)) = (curve.letter, cells.last()) else {
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

    fn guide(&self, guide: &Guide, y: &Scale, plot: Rect, raster: &Raster, buffer: &mut Buffer) {
        let share = y.share(guide.y);
        if !(0.0..=1.0).contains(&share) {
            return;
        }
        let row = raster::row(share, plot.height);
        for column in 0..plot.width {
            let cell = &mut buffer[(plot.x + column, plot.y + row)];
            cell.set_char('╌').set_style(self.theme.faint);
        }
        let label = format!(" {} ", guide.label);
        let cells = text::width(&label) as u16;
        if cells + 2 > plot.width {
            return;
        }
        let (column, row) = raster.free_place(row, cells);
        buffer.set_string(plot.x + column, plot.y + row, label, self.theme.dim);
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

fn nothing(sentence: &str, theme: &Theme, inner: Rect, buffer: &mut Buffer) {
    let lines = text::wrap(sentence, usize::from(inner.width.saturating_sub(4)));
    let top = inner.y + inner.height.saturating_sub(lines.len() as u16) / 2;
    for (i, line) in lines.iter().take(usize::from(inner.height)).enumerate() {
        let x = inner.x + (inner.width - text::width(line) as u16) / 2;
        buffer.set_string(x, top + i as u16, line, theme.dim);
    }
}

fn y_labels(y: &Scale, theme: &Theme, plot: Rect, left: u16, buffer: &mut Buffer) {
    let cells = usize::from(plot.x - left - 1);
    for tick in y.ticks() {
        let row = raster::row(y.share(tick), plot.height);
        let label = text::right(&y.label(tick), cells);
        buffer.set_string(left, plot.y + row, label, theme.dim);
    }
}

fn x_labels(x: &Scale, theme: &Theme, plot: Rect, buffer: &mut Buffer) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::Depth;

    fn drawn(chart: Chart, width: u16, height: u16) -> String {
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        chart.render(area, &mut buffer);
        let row = |y| {
            (0..width)
                .map(|x| buffer[(x, y)].symbol())
                .collect::<String>()
        };
        (0..height).map(|y| row(y) + "\n").collect()
    }

    #[test]
    fn a_falling_loss_with_its_guides() {
        let theme = Theme::new(Depth::None);
        let mut chart = Chart::new(&theme, Line::raw(" loss "));
        chart.value = Line::raw(" 1.380 ");
        let points = (0..200).map(|i| {
            (
                f64::from(i) / 10.0,
                1.3 + 4.2 * (-f64::from(i) / 50.0).exp(),
            )
        });
        chart.curves.push(Curve {
            points: points.collect(),
            style: Style::new(),
            letter: None,
            derived: false,
        });
        chart.guides = vec![
            Guide {
                y: 5.54,
                label: "chance".into(),
            },
            Guide {
                y: 0.97,
                label: "floor".into(),
            },
        ];
        insta::assert_snapshot!(drawn(chart, 60, 16));
    }

    #[test]
    fn a_run_that_was_interrupted_twice() {
        let theme = Theme::new(Depth::None);
        let mut chart = Chart::new(&theme, Line::raw(" loss "));
        let fall = |i: i32| 1.3 + 4.2 * (-f64::from(i) / 50.0).exp();
        let points = (0..200).map(|i| (f64::from(i) / 10.0, fall(i))).collect();
        chart.curves.push(Curve {
            points,
            style: Style::new(),
            letter: None,
            derived: false,
        });
        let guide = |y, label: &str| Guide {
            y,
            label: label.into(),
        };
        chart.guides = vec![guide(5.54, "chance"), guide(0.97, "floor")];
        let stop = |at, label: &str| Break {
            at,
            label: label.into(),
        };
        chart.breaks = vec![stop(4.0, "gap 2 h"), stop(9.5, ""), stop(19.0, "gap 3 d")];
        insta::assert_snapshot!(drawn(chart, 60, 16));
    }

    #[test]
    fn any_size_and_any_number_is_drawn() {
        let theme = Theme::new(Depth::True);
        let wild = [
            f64::NAN,
            f64::INFINITY,
            -f64::INFINITY,
            1e300,
            -1e300,
            0.0,
            1e-300,
        ];
        for (width, height) in [(1, 1), (2, 9), (14, 5), (20, 6), (300, 100)] {
            let mut chart = Chart::new(&theme, Line::raw("wild"));
            for y in wild {
                let points = wild.iter().map(|x| (*x, y)).chain([(1.0, 2.0)]);
                chart.curves.push(Curve {
                    points: points.collect(),
                    style: Style::new(),
                    letter: Some('A'),
                    derived: false,
                });
                chart.guides.push(Guide {
                    y,
                    label: "level".into(),
                });
                chart.breaks.push(Break {
                    at: y,
                    label: "gap 2 h".into(),
                });
            }
            let _ = drawn(chart, width, height);
        }
    }
}
