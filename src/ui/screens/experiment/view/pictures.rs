//! Pictures beside the form: a few images, and what the augmentations as they stand make of each.

use super::Look;
use crate::ui::pictures::{Ask, Drawn, layout};
use crate::ui::screens::Canvas;
use crate::ui::text;
use crate::ui::widgets::popup;
use ratatui::layout::{Rect, Size};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

/// Lines that the field under the cursor keeps beside pictures.
const FIELD: u16 = 10;
/// The least that a pane of pictures needs, its borders among them.
const LEAST: u16 = 8;

impl Look<'_> {
    /// Lines for the pane of pictures out of those that it would share with the field under the cursor.
    pub fn height_of_pictures(&self, room: u16) -> u16 {
        let shown = self.screen.views.shown.unwrap_or(true) && self.shared.pictures.possible();
        let height = room.saturating_sub(FIELD);
        if shown && height >= LEAST { height } else { 0 }
    }

    /// The pane of pictures; asks for those that are missing.
    pub fn pictures(&self, canvas: &mut Canvas, area: Rect) {
        self.screen.views.visible.set(area.height >= 3);
        if area.height < 3 {
            return;
        }
        let foot = Line::styled(" v new views  n next image ", self.theme.dim).right_aligned();
        let title = Line::styled(" original and views ", self.theme.bright);
        let block = popup::pane(self.theme, title).title_bottom(foot);
        let inner = block.inner(area);
        canvas.frame.render_widget(block, area);
        let place = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(2),
            ..inner
        };
        let Some(ask) = self.ask(place) else {
            return;
        };
        match self.shared.pictures.panel(&ask).map(|panel| &panel.drawn) {
            Some(Ok(drawn)) => self.tiles(canvas, place, &ask, drawn),
            Some(Err(why)) => {
                let lines = text::wrap(why, usize::from(place.width)).into_iter();
                let lines = lines.map(|line| Line::styled(line, self.theme.dim));
                let words = Paragraph::new(lines.collect::<Vec<_>>());
                canvas.frame.render_widget(words, place);
            }
            None => {
                let line = Line::styled("drawing …", self.theme.dim);
                canvas.frame.render_widget(line, place);
            }
        }
        canvas.wish = Some(ask);
    }

    fn ask(&self, place: Rect) -> Option<Ask> {
        let e = &self.form.experiment;
        let (rows, columns, tile) = layout(place, self.shared.pictures.graphics())?;
        Some(Ask {
            data: e.data.clone(),
            augment: e.augment.clone(),
            seed: e.train.seed,
            roll: self.screen.views.roll,
            first: self.screen.views.first,
            rows,
            columns,
            tile,
        })
    }

    fn tiles(&self, canvas: &mut Canvas, place: Rect, ask: &Ask, drawn: &Drawn) {
        let Size { width, height } = ask.tile;
        let gap =
            ((place.width - ask.columns * width) / ask.columns.max(2).saturating_sub(1)).min(2);
        for row in 0..ask.rows {
            for column in 0..ask.columns {
                let x = place.x + column * (width + gap);
                let y = place.y + row * (height + 1);
                let at = Rect::new(x, y, width, height).intersection(place);
                let nth = usize::from(row * ask.columns + column);
                drawn.tile(nth, self.theme.depth, at, canvas.frame.buffer_mut());
            }
            let below = place.y + row * (height + 1) + height;
            let class = drawn.classes.get(usize::from(row)).cloned();
            let views = (1..ask.columns).map(|view| format!("view {view}"));
            for (column, name) in class.into_iter().chain(views).enumerate() {
                let x = place.x + column as u16 * (width + gap);
                let at = Rect::new(x, below, width, 1).intersection(place);
                let name = text::fit(&name, usize::from(width));
                let line = Line::styled(name, self.theme.dim);
                canvas.frame.render_widget(line, at);
            }
        }
    }
}
