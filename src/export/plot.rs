//! Charts as SVG, PNG or CSV, with the colours of the screens.

use super::csv::quoted;
use plotters::coord::ranged1d::ValueFormatter;
use plotters::coord::{Shift, cartesian::Cartesian2d};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};
use std::io::Cursor;
use std::path::Path;
use std::sync::Once;
use thiserror::Error;

/// Width and height in pixels.
const SIZE: (u32, u32) = (1200, 680);
const FONT: &str = "DejaVu Sans";
const FONT_FILE: &[u8] = include_bytes!("../../assets/fonts/DejaVuSans-latin.ttf");
/// Okabe and Ito's colours, as on the screens.
const COLOURS: [RGBColor; 6] = [
    RGBColor(30, 130, 190),
    RGBColor(230, 159, 0),
    RGBColor(0, 150, 110),
    RGBColor(204, 121, 167),
    RGBColor(213, 94, 0),
    RGBColor(90, 100, 210),
];

/// A chart of curves over a common x.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plot {
    /// Above it.
    pub title: String,
    /// What x is.
    pub x: String,
    /// What y is, with its unit.
    pub y: String,
    /// Whether y is logarithmic.
    pub log: bool,
    /// Whether y begins at 0, so that heights can be compared.
    pub from_zero: bool,
    /// The curves.
    pub lines: Vec<Line>,
    /// Levels to compare with.
    pub guides: Vec<(String, f64)>,
}

/// One curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Its name in the legend.
    pub name: String,
    /// Its points in order of x; a y that is no number leaves a gap.
    pub points: Vec<(f64, f64)>,
    /// Where training stood still and for how long, in words or none; not in .csv.
    pub breaks: Vec<(f64, String)>,
}

/// A tick's number, without digits that say nothing.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as plotters calls it")]
pub(super) fn number(tick: &f64) -> String {
    // Twelve digits leave the noise of binary fractions out.
    let rounded: f64 = format!("{tick:.11e}").parse().unwrap_or(*tick);
    match rounded.abs() {
        0.0 => "0".to_owned(),
        1e-4..1e7 => format!("{rounded}"),
        _ => format!("{rounded:e}"),
    }
}

/// The kinds of files that a chart is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// .svg
    Svg,
    /// .png
    Png,
    /// .csv
    Csv,
}

/// Which kind a file's name says.
///
/// # Errors
/// When it says none of them.
pub fn ending(path: &Path) -> Result<Ending, PlotError> {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    match ending.to_str() {
        Some("svg") => Ok(Ending::Svg),
        Some("png") => Ok(Ending::Png),
        Some("csv") => Ok(Ending::Csv),
        _ => Err(PlotError::Ending(path.display().to_string())),
    }
}

/// Why a chart can't be written: a sentence.
#[derive(Debug, Error)]
pub enum PlotError {
    /// The name's ending says no kind of file.
    #[error("{0}: the name has to end with .svg, .png or .csv")]
    Ending(String),
    /// There is no point to draw.
    #[error("there is nothing to draw: no run has recorded it")]
    Empty,
    /// Drawing failed.
    #[error("the chart can't be drawn: {0}")]
    Draw(String),
}

/// A title that says what is drawn, also whether it was smoothed: its end is then no value that was recorded.
#[must_use]
pub fn title(label: &str, smoothed: bool) -> String {
    let how = if smoothed { ", smoothed" } else { "" };
    format!("{label}{how}")
}

impl Plot {
    /// The bytes of a file with this name: its ending says which kind.
    ///
    /// # Errors
    /// A sentence, when the ending is unknown or there is nothing to draw.
    pub fn file(&self, path: &Path) -> Result<Vec<u8>, PlotError> {
        match ending(path)? {
            Ending::Svg => self.svg().map(String::into_bytes),
            Ending::Png => self.png(),
            Ending::Csv => Ok(self.csv().into_bytes()),
        }
    }

    /// As SVG.
    ///
    /// # Errors
    /// When there is nothing to draw.
    pub fn svg(&self) -> Result<String, PlotError> {
        let mut text = String::new();
        self.draw(&SVGBackend::with_string(&mut text, SIZE).into_drawing_area())?;
        Ok(text)
    }

    /// As PNG.
    ///
    /// # Errors
    /// When there is nothing to draw.
    pub fn png(&self) -> Result<Vec<u8>, PlotError> {
        let (width, height) = SIZE;
        let mut pixels = vec![0; (width * height * 3) as usize];
        self.draw(&BitMapBackend::with_buffer(&mut pixels, SIZE).into_drawing_area())?;
        let failed = || PlotError::Draw("its pixels don't make a picture".to_owned());
        let image = image::RgbImage::from_raw(width, height, pixels).ok_or_else(failed)?;
        let mut bytes = Cursor::new(Vec::new());
        image
            .write_to(&mut bytes, image::ImageFormat::Png)
            .map_err(|e| PlotError::Draw(e.to_string()))?;
        Ok(bytes.into_inner())
    }

    /// As columns: curve, x, y.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut text = format!("{},{},{}\n", "curve", quoted(&self.x), quoted(&self.y));
        for line in &self.lines {
            let name = quoted(&line.name);
            for (x, y) in &line.points {
                text.push_str(&format!("{name},{x},{y}\n"));
            }
        }
        text
    }

    fn draw<B: DrawingBackend>(&self, root: &DrawingArea<B, Shift>) -> Result<(), PlotError> {
        static REGISTERED: Once = Once::new();
        REGISTERED.call_once(|| {
            // Only a font that is no font is refused; that one is ours.
            let _ = register_font(FONT, FontStyle::Normal, FONT_FILE);
        });
        let (x, y) = self.bounds().ok_or(PlotError::Empty)?;
        let failed = |e: DrawingAreaErrorKind<B::ErrorType>| PlotError::Draw(e.to_string());
        root.fill(&WHITE).map_err(failed)?;
        let mut builder = ChartBuilder::on(root);
        builder
            .caption(&self.title, (FONT, 22))
            .margin(16)
            .x_label_area_size(48)
            .y_label_area_size(72);
        if self.log {
            let range = (y.start..y.end).log_scale();
            self.curves(builder.build_cartesian_2d(x, range).map_err(failed)?)
        } else {
            self.curves(builder.build_cartesian_2d(x, y).map_err(failed)?)
        }
        .map_err(failed)?;
        root.present().map_err(failed)
    }

    fn curves<'a, B, Y>(
        &self,
        mut chart: ChartContext<'a, B, Cartesian2d<plotters::coord::types::RangedCoordf64, Y>>,
    ) -> Result<(), DrawingAreaErrorKind<B::ErrorType>>
    where
        B: DrawingBackend + 'a,
        Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .bold_line_style(RGBColor(225, 227, 232))
            .axis_style(RGBColor(130, 135, 150))
            .label_style((FONT, 15))
            .axis_desc_style((FONT, 16))
            .x_desc(&self.x)
            .y_desc(&self.y)
            .x_label_formatter(&number)
            .y_label_formatter(&number)
            .draw()?;
        let (left, right) = (chart.x_range().start, chart.x_range().end);
        let (bottom, top) = (chart.y_range().start, chart.y_range().end);
        let guides = self
            .guides
            .iter()
            .filter_map(|(name, y)| Some((name, self.seen(0.0, *y)?.1)));
        for (name, y) in guides {
            let style = RGBColor(130, 135, 150).stroke_width(1);
            chart.draw_series(DashedLineSeries::new([(left, y), (right, y)], 6, 5, style))?;
            let text = Text::new(name.clone(), (left, y), (FONT, 14).into_font());
            chart.draw_series([text])?;
        }
        for (nth, line) in self.lines.iter().enumerate() {
            let colour = COLOURS[nth % COLOURS.len()];
            let low = chart.y_range().start;
            for (x, words) in line.breaks.iter().filter(|b| (left..=right).contains(&b.0)) {
                let ends = [(*x, low), (*x, chart.y_range().end)];
                let style = colour.mix(0.6).stroke_width(1);
                chart.draw_series(DashedLineSeries::new(ends, 2, 4, style))?;
                let font = (FONT, 13).into_font().color(&colour);
                chart.draw_series([Text::new(words.clone(), (*x, low), font.pos(FOOT))])?;
            }
            let mut stretches = self.stretches(&line.points).into_iter();
            if let Some(first) = stretches.next() {
                chart
                    .draw_series(LineSeries::new(first, colour.stroke_width(2)))?
                    .label(&line.name)
                    .legend(move |(x, y)| {
                        PathElement::new([(x, y), (x + 22, y)], colour.stroke_width(3))
                    });
            }
            for stretch in stretches {
                chart.draw_series(LineSeries::new(stretch, colour.stroke_width(2)))?;
            }
        }
        chart
            .configure_series_labels()
            .position(self.emptiest(left..right, (bottom, top)))
            .background_style(WHITE.mix(0.85))
            .border_style(RGBColor(200, 203, 210))
            .label_font((FONT, 15))
            .draw()
    }

    /// The corner with the fewest points, for the names of the lines.
    fn emptiest(&self, x: std::ops::Range<f64>, (low, high): (f64, f64)) -> SeriesLabelPosition {
        let middle = (f64::midpoint(x.start, x.end), f64::midpoint(low, high));
        let points = || self.lines.iter().flat_map(|line| &line.points);
        let count = |right: bool, upper: bool| {
            let within = |p: &&(f64, f64)| (p.0 > middle.0) == right && (p.1 > middle.1) == upper;
            points().filter(within).count()
        };
        let corners = [
            (count(true, true), SeriesLabelPosition::UpperRight),
            (count(true, false), SeriesLabelPosition::LowerRight),
            (count(false, true), SeriesLabelPosition::UpperLeft),
            (count(false, false), SeriesLabelPosition::LowerLeft),
        ];
        let [first, rest @ ..] = corners;
        let fewer = |best, next: (usize, SeriesLabelPosition)| {
            let (a, _): &(usize, SeriesLabelPosition) = &best;
            if next.0 < *a { next } else { best }
        };
        rest.into_iter().fold(first, fewer).1
    }

    /// The stretches of x and y that hold all points and guides, with some room.
    fn bounds(&self) -> Option<(std::ops::Range<f64>, std::ops::Range<f64>)> {
        let points = self.lines.iter().flat_map(|l| l.points.iter().copied());
        let points: Vec<(f64, f64)> = points.filter_map(|(x, y)| self.seen(x, y)).collect();
        let guides = self.guides.iter().filter_map(|(_, y)| self.seen(0.0, *y));
        let x = spread(points.iter().map(|p| p.0))?;
        let y = spread(points.iter().map(|p| p.1).chain(guides.map(|p| p.1)))?;
        let room = length(y) * 0.05;
        let low = match (self.log, self.from_zero) {
            (true, _) => y.0 * 0.95,
            (false, true) => y.0.min(0.0),
            (false, false) => y.0 - room,
        };
        let high = if self.log { y.1 * 1.05 } else { y.1 + room };
        Some((x.0..x.1.max(x.0 + length(x)), low..high))
    }

    /// Where a point is drawn; nowhere if one of its numbers is none, or has no logarithm.
    fn seen(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let seen = x.is_finite() && y.is_finite() && (!self.log || y > 0.0);
        // Larger ones lie at the edge: with the room around them they would not be finite any more.
        let (low, high) = if self.log {
            (1.0 / FARTHEST, FARTHEST)
        } else {
            (-LARGEST, LARGEST)
        };
        seen.then(|| (x.clamp(-LARGEST, LARGEST), y.clamp(low, high)))
    }

    /// The parts of a curve between gaps.
    fn stretches(&self, points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
        let seen: Vec<Option<(f64, f64)>> = points.iter().map(|(x, y)| self.seen(*x, *y)).collect();
        let parts = seen.split(Option::is_none).filter(|p| !p.is_empty());
        parts
            .map(|part| part.iter().flatten().copied().collect())
            .collect()
    }
}

/// Numbers beyond this are drawn as this.
const LARGEST: f64 = 1e300;
/// The same where y is logarithmic, so that the factor between two of them is finite.
const FARTHEST: f64 = 1e150;

/// How long a stretch is, or how long it has to be for ticks on it to differ.
fn length((low, high): (f64, f64)) -> f64 {
    let least = low.abs().max(high.abs()) * 1e-6;
    (high - low).max(least).max(1e-12)
}

/// Words stand on a point of the lower edge, to its right.
const FOOT: Pos = Pos {
    h_pos: HPos::Left,
    v_pos: VPos::Bottom,
};

fn spread(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |spread, v| {
        let (low, high) = spread.unwrap_or((v, v));
        Some((low.min(v), high.max(v)))
    })
}

#[cfg(test)]
mod tests;
