//! Images of a map in a grid, with a word below each.

use crate::engine::augment::Augment;
use crate::runs::Run;
use crate::runs::map::Map;
use crate::text::fit;
use crate::ui::draw_context::DrawContext;
use crate::ui::pictures::{Part, PictureRequest, Views};
use crate::ui::screens::gallery;
use crate::ui::shared::Shared;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};

/// How pictures are laid out.
#[derive(Clone, Copy)]
pub struct Grid {
    /// How many stand beside each other.
    pub columns: u16,
    /// Lines of each.
    pub high: u16,
}

/// Draws as many of these points' images as there is room for, where the terminal has pictures; a click chooses one.
pub fn draw(
    (run, map): (&Run, &Map),
    mut shown: Vec<usize>,
    (area, grid): (Rect, Grid),
    name: impl Fn(usize) -> Span<'static>,
    ctx: &mut DrawContext,
    shared: &Shared,
) {
    let tile = Size::new(2 * grid.high, grid.high);
    let columns = usize::from(grid.columns);
    shown.truncate(columns * usize::from(area.height / (tile.height + 1)).max(1));
    let data = run.data_from_here().filter(|_| shared.pictures.possible());
    let Some(data) = data.filter(|_| area.height >= 3 && !shown.is_empty()) else {
        return;
    };
    let names = shown.iter().map(|nth| map.points[*nth].name.clone());
    let names = names.collect();
    let row = |nth: &usize| Views {
        augment: Augment::default(),
        seed: 0,
        image: map.points[*nth].index,
    };
    let request = PictureRequest {
        data,
        part: Part::of(map.tested, names),
        roll: 0,
        sees: None,
        rows: shown.iter().map(row).collect(),
        bank: Vec::new(),
        columns: 1,
        tile,
    };
    let depth = shared.theme.depth;
    gallery::fetch(ctx, area, request, shared, |ctx, _, drawn| {
        for (at, nth) in shown.iter().enumerate() {
            let (row, column) = ((at / columns) as u16, (at % columns) as u16);
            let x = area.x + column * (tile.width + 1);
            let y = area.y + row * (tile.height + 1);
            let place = Rect::new(x, y, tile.width, tile.height).intersection(area);
            drawn.tile(at, depth, place, ctx.frame.buffer_mut());
            ctx.rows.push((place, *nth));
            let below = Rect::new(x, y + tile.height, tile.width, 1).intersection(area);
            let name = name(*nth);
            let words = fit::shorten(&name.content, usize::from(tile.width));
            ctx.frame
                .render_widget(Line::styled(words, name.style), below);
        }
    });
}
