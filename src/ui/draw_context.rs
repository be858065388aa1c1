//! What a screen draws on.

use crate::ui::pictures::PictureRequest;
use crate::ui::widgets::chart::Chart;
use ratatui::Frame;
use ratatui::layout::Rect;

/// What a screen draws on: the frame, and what a click on each part means.
pub struct DrawContext<'a, 'b> {
    /// The frame.
    pub frame: &'a mut Frame<'b>,
    /// The screen's part of it.
    pub area: Rect,
    /// Rows that can be clicked, by the number the screen gave them.
    pub rows: Vec<(Rect, usize)>,
    /// Headings of columns that can be clicked, likewise.
    pub headings: Vec<(Rect, usize)>,
    /// Pictures that the screen has room for.
    pub picture_request: Option<PictureRequest>,
    /// Charts with the stretch of x that each shows.
    pub charts: Vec<(Rect, (f64, f64))>,
}

impl DrawContext<'_, '_> {
    /// Draws a chart, and remembers where for the mouse.
    pub fn chart(&mut self, chart: Chart, area: Rect) {
        self.charts.extend(chart.place(area));
        self.frame.render_widget(chart, area);
    }
}
