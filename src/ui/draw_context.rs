//! What a screen draws on.

use crate::ui::pictures::{PictureRequest, Scene};
use crate::ui::widgets::chart::Chart;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};

/// Lines of a chart at least.
const LEAST: u16 = 6;

/// What a screen draws on: the frame, and what a click on each part means.
pub struct DrawContext<'a, 'b> {
    /// The frame.
    pub frame: &'a mut Frame<'b>,
    /// The screen's part of it.
    pub area: Rect,
    /// Rows that can be clicked, by the number the screen gave them.
    pub rows: Vec<(Rect, usize)>,
    /// Sliders that can be dragged, by the rows they are in.
    pub sliders: Vec<(Rect, usize)>,
    /// Headings of columns that can be clicked, likewise.
    pub headings: Vec<(Rect, usize)>,
    /// Pictures that the screen has room for.
    pub picture_request: Option<PictureRequest>,
    /// A picture of many images, which comes after those.
    pub scene: Option<Scene>,
    /// Charts with the stretch of x that each shows.
    pub charts: Vec<(Rect, (f64, f64))>,
}

impl DrawContext<'_, '_> {
    /// Draws charts beside and below each other, as many as have room, with the same x in the same place of each; how many
    /// have none.
    pub fn charts(&mut self, charts: Vec<Chart>, area: Rect) -> usize {
        let all = charts.len();
        let columns = match (all, area.width) {
            (1, _) => 1,
            (2, _) | (_, ..110) => 2,
            _ => 3,
        };
        let rows = all
            .div_ceil(columns)
            .min(usize::from(area.height / LEAST).max(1));
        let placed = in_grid(charts, (columns, rows), area);
        let shown = placed.len();
        for (chart, place) in placed {
            self.chart(chart, place);
        }
        all - shown
    }

    /// Draws a chart, and remembers where for the mouse.
    pub fn chart(&mut self, chart: Chart, area: Rect) {
        self.charts.extend(chart.place(area));
        self.frame.render_widget(chart, area);
    }
}

/// Charts in the places of a grid of so many columns and rows, as many as it has, with the same x in the same place of each.
pub fn in_grid(
    charts: Vec<Chart<'_>>,
    (columns, rows): (usize, usize),
    area: Rect,
) -> Vec<(Chart<'_>, Rect)> {
    let heights = Layout::vertical(vec![Constraint::Fill(1); rows]).split(area);
    let places = heights.iter().flat_map(|row| {
        let places = Layout::horizontal(vec![Constraint::Fill(1); columns]).split(*row);
        places.to_vec()
    });
    let mut placed = charts.into_iter().zip(places).collect::<Vec<_>>();
    Chart::align(&mut placed);
    placed
}
