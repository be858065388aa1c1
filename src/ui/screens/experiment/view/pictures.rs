//! Pictures beside the form: a few images, and what the augmentations as they stand make of each.

use super::FormView;
use super::side::{CHANGED, FACTS, FIELD, GROWS};
use crate::ui::draw_context::DrawContext;
use crate::ui::keymap::experiment::Action;
use crate::ui::pictures::{Part, PictureRequest, TRIES, Views, layout};
use crate::ui::screens::gallery;
use ratatui::layout::Rect;
use ratatui::text::Span;

/// Lines from which pictures leave room to what may grow.
const LARGE: u16 = 16;
/// The least that a pane of pictures needs, its borders among them.
const LEAST: u16 = 8;

impl FormView<'_> {
    /// Whether there are to be pictures, where they have room.
    fn wants_pictures(&self) -> bool {
        self.screen.views.shown.unwrap_or(true) && self.shared.pictures.possible()
    }

    /// Lines for the pane of pictures in a column of so many; 0 where there are to be none. What the field and the facts
    /// may come to need is left to them, as far as there is room.
    pub fn height_of_pictures(&self, column: u16) -> u16 {
        let least = FACTS + FIELD;
        let theirs = self.lines_of_theirs();
        let wishes = [
            (theirs + GROWS + CHANGED, LARGE),
            (theirs + GROWS, LARGE),
            (theirs, LEAST),
            (0, LEAST),
        ];
        let mut heights = wishes
            .map(|(wish, enough)| (column.saturating_sub(least + wish), enough))
            .into_iter();
        let height = heights.find(|(height, enough)| height >= enough);
        height
            .filter(|_| self.wants_pictures())
            .map_or(0, |(height, _)| height)
    }

    /// The pane of pictures; asks for those that are missing.
    pub fn pictures(&self, ctx: &mut DrawContext, area: Rect) {
        self.screen.views.visible.set(area.height >= 3);
        if area.height < 3 {
            return;
        }
        let key = |action| self.shared.keys.experiment.key(action);
        let foot = format!(
            "{} new views  {} next image",
            key(Action::Roll),
            key(Action::Images(1))
        );
        let title = "original and views";
        let place = gallery::pane(ctx, self.theme, area, title, &foot);
        let Some(request) = self.request(place) else {
            return;
        };
        let theme = self.theme;
        gallery::show(ctx, place, request, self.shared, true, |row, drawn| {
            let class = drawn.classes.get(row).cloned().unwrap_or_default();
            Span::styled(class, theme.dim)
        });
    }

    /// The augmentation whose field is under the cursor.
    fn seen(&self) -> Option<String> {
        let path = self.form.nearest_field().path.strip_prefix("augment.")?;
        let group = path.split('.').next()?;
        Some(if group == "strength" { "jitter" } else { group }.to_owned())
    }

    fn request(&self, place: Rect) -> Option<PictureRequest> {
        let e = &self.form.experiment;
        let (rows, columns, tile) = layout(place, self.shared.pictures.graphics())?;
        let row = |row: u16| Views {
            augment: e.augment.clone(),
            seed: e.train.seed,
            image: self.screen.views.first + usize::from(row),
        };
        Some(PictureRequest {
            part: Part::Sample,
            bank: Vec::new(),
            data: e.data.clone(),
            // Each throw of the user's is some of the worker's.
            roll: self.screen.views.roll * TRIES,
            sees: self.seen(),
            rows: (0..rows).map(row).collect(),
            columns,
            tile,
        })
    }
}
