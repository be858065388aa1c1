//! A chart of curves over a common x: braille lines, round ticks, dashed guides, gaps at NaN.

mod draw;
mod gap;
pub mod range;
pub mod raster;
pub mod scale;

pub use gap::Break;

use crate::text;
use crate::ui::theme::Theme;
use range::Range;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Block;
use scale::Scale;

/// How many times as high as its curve a chart may become for a guide.
const GUIDE_ROOM: f64 = 2.0;

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
    /// Cells at the left that labels of y get at least, so that charts below each other begin alike.
    pub gutter: u16,
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
            gutter: 0,
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
        if !self.clip {
            // Where points are left out, their marks are too.
            let marks = self.marks.iter().map(|mark| mark.at.1);
            for y in marks.filter(|y| y.is_finite() && (!self.log || *y > 0.0)) {
                (range.low, range.high) = (range.low.min(y), range.high.max(y));
            }
        }
        if self.span.is_none() {
            self.take_in_guides(&mut range);
        }
        Some(range)
    }

    /// Widens a stretch of y to the guides, unless one lies so far off that the curve would be pressed flat.
    fn take_in_guides(&self, range: &mut Range) {
        let size = range.high.abs().max(range.low.abs());
        let room = GUIDE_ROOM * (range.high - range.low).max(size * 0.05);
        let guides = self.guides.iter().map(|g| g.y);
        for y in guides.filter(|y| y.is_finite() && (!self.log || *y > 0.0)) {
            let (low, high) = (range.low.min(y), range.high.max(y));
            if high - low <= room {
                (range.low, range.high) = (low, high);
            }
        }
    }

    /// The scale of y for so many rows. Its ticks have a free row between them, where there is room, and are as far
    /// from each other as rows go; of those scales the one that leaves least above the curve, with most ticks.
    fn y_scale(&self, range: Range, rows: u16) -> Scale {
        let (low, high) = (range.low, range.high);
        let airy = |s: &Scale| 2 * s.ticks().count() <= usize::from(rows) + 2;
        if self.log && low > 0.0 {
            let make = |ticks| Scale::logarithmic(low, high, ticks);
            return (1..=6)
                .rev()
                .map(make)
                .find(airy)
                .unwrap_or_else(|| make(1));
        }
        let (place, limits) = ((rows, raster::DOTS), self.y_limits);
        let steps = Scale::steps(low, high).into_iter();
        let even = steps.filter_map(|step| Scale::in_rows((low, high), step, place, limits));
        // Small differences of what is left are worth less than a tick more.
        let worth = |s: &Scale| {
            (s.fill(low, high).clamp(0.0, 1.0) * 8.0).round() as usize + s.ticks().count().min(5)
        };
        let best = even.filter(airy).max_by_key(worth);
        best.unwrap_or_else(|| Scale::around(low, high, 1))
    }

    /// Where the curves would be drawn in an area, and the stretch of x there; `None` where nothing would be.
    #[must_use]
    pub fn place(&self, area: Rect) -> Option<(Rect, (f64, f64))> {
        let span = self.x_span();
        let inner = Block::bordered().inner(area);
        let (plot, _) = self.plot_area(inner, self.y_range(span)?)?;
        Some((plot, span))
    }

    /// Gives charts that share a screen the same room for labels, so that the same x lies in the same place of each.
    pub fn align(charts: &mut [(Self, Rect)]) {
        let own = charts.iter().filter_map(|(chart, area)| {
            let (plot, _) = chart.place(*area)?;
            Some(plot.x - Block::bordered().inner(*area).x)
        });
        let widest = own.max().unwrap_or(0);
        for (chart, _) in charts {
            chart.gutter = widest;
        }
    }

    /// The part of the box's inside that curves are drawn in, and their scale of y.
    fn plot_area(&self, inner: Rect, range: Range) -> Option<(Rect, Scale)> {
        if inner.width < 12 || inner.height < 3 {
            return None;
        }
        let rows = inner.height - 1;
        let y = self.y_scale(range, rows);
        let widest = y.ticks().map(|t| text::width(&y.label(t))).max();
        let gutter = self.gutter.max(widest.unwrap_or(1) as u16 + 1);
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

#[cfg(test)]
mod tests;
