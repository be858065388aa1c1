//! What a run is trained on, as it goes: some images of its data set with two views each, by its augmentations, others in
//! each epoch. They are like those that it sees, not the very same.

use crate::runs::Run;
use crate::text::fit;
use crate::ui::draw_context::DrawContext;
use crate::ui::pictures::{Drawn, Part, PictureRequest, Views};
use crate::ui::screens::gallery;
use crate::ui::shared::Shared;
use ratatui::layout::{Rect, Size};
use ratatui::text::Line;

/// Pictures of an image: it, and the two views that the loss pulls together.
const EACH: u16 = 3;
/// Cells between images.
const GAP: u16 = 2;

/// Lines of the pane on a screen of so many.
pub const fn height(screen: u16) -> u16 {
    match screen {
        40.. => 11,
        24.. => 9,
        _ => 7,
    }
}

/// Draws the pane; asks for pictures that are missing.
pub fn draw(run: &Run, ctx: &mut DrawContext, shared: &Shared, area: Rect) {
    let theme = &shared.theme;
    let epoch = epoch(run);
    let title = format!("views as in epoch {}", epoch + 1);
    let foot = "images, each with its two views";
    let place = gallery::pane(ctx, theme, area, &title, foot);
    let Some(request) = request(run, epoch, place) else {
        return gallery::no_room(ctx, theme, place);
    };
    gallery::fetch(ctx, place, request, shared, |ctx, request, drawn| {
        pictures(ctx, request, drawn, shared, place);
    });
}

fn epoch(run: &Run) -> u64 {
    let per_epoch = run.series.begin.as_ref().map_or(1, |b| b.steps_per_epoch);
    let done = run.series.progress().map_or(0, |(done, all)| {
        // After the last step no epoch begins any more.
        done.min(all.saturating_sub(1))
    });
    done / per_epoch.max(1)
}

/// As many images as stand beside each other.
fn request(run: &Run, epoch: u64, place: Rect) -> Option<PictureRequest> {
    let experiment = run.experiment.as_ref()?;
    let most = place.height.saturating_sub(1);
    let images = |height: u16| (place.width + GAP) / (EACH * (2 * height + 1) + GAP).max(1);
    // A line less of height where that fills the width better.
    let filled = |height: &u16| images(*height) * height;
    let height = [most, most.saturating_sub(1)]
        .into_iter()
        .max_by_key(filled)?;
    let (tile, images) = (Size::new(height * 2, height), images(height));
    let row = |nth: u16| Views {
        augment: experiment.augment.clone(),
        seed: experiment.train.seed,
        // Others each epoch.
        image: usize::from(nth) + usize::from(images) * epoch as usize,
    };
    let data = run.data_from_here()?;
    (height >= 3 && images > 0).then(|| PictureRequest {
        part: Part::Sample,
        bank: Vec::new(),
        data,
        roll: epoch,
        sees: None,
        rows: (0..images.min(12)).map(row).collect(),
        columns: EACH,
        tile,
    })
}

fn pictures(
    ctx: &mut DrawContext,
    request: &PictureRequest,
    drawn: &Drawn,
    shared: &Shared,
    place: Rect,
) {
    let Size { width, height } = request.tile;
    let theme = &shared.theme;
    for image in 0..request.rows.len() as u16 {
        let left = place.x + image * (EACH * (width + 1) + GAP);
        for picture in 0..EACH {
            let nth = usize::from(image * EACH + picture);
            let at = Rect::new(left + picture * (width + 1), place.y, width, height);
            let buffer = ctx.frame.buffer_mut();
            drawn.tile(nth, theme.depth, at.intersection(place), buffer);
        }
        let class = drawn.classes.get(usize::from(image));
        let class = fit::shorten(class.map_or("", String::as_str), usize::from(width * EACH));
        let below = Rect::new(left, place.y + height, width * EACH, 1).intersection(place);
        let line = Line::styled(class, theme.dim);
        ctx.frame.render_widget(line, below);
    }
}
