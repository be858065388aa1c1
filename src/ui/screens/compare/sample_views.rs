//! The pane of views: the same image under the augmentations of each run.

use super::Compare;
use crate::experiment::Experiment;
use crate::runs::Run;
use crate::ui::curves;
use crate::ui::draw_context::DrawContext;
use crate::ui::keymap::compare::Action;
use crate::ui::pictures::{Part, PictureRequest, Views};
use crate::ui::screens::gallery;
use crate::ui::shared::Shared;
use crate::ui::theme::Theme;
use ratatui::layout::{Rect, Size};
use ratatui::text::Span;

/// The smallest picture, in lines.
pub const LEAST: u16 = 4;

/// Pictures in a row, where the pane is wide enough for them.
const MANY: u16 = 6;

/// Draws the pane, and asks for the pictures that are missing.
pub fn draw(screen: &Compare, runs: &[&Run], ctx: &mut DrawContext, shared: &Shared, area: Rect) {
    let theme = &shared.theme;
    let title = "the same image under each run's augmentations";
    let left = with(runs)
        .count()
        .saturating_sub(room(area.height.saturating_sub(2)));
    let left = match left {
        0 => String::new(),
        1 => "no room for 1 more run ·  ".to_owned(),
        left => format!("no room for {left} more runs ·  "),
    };
    let key = |action| shared.keys.compare.key(action);
    let (chart, roll, next) = (Action::Views, Action::Reroll, Action::Image);
    let foot = format!(
        "{left}{} chart  {} new views  {} next image",
        key(chart),
        key(roll),
        key(next)
    );
    let place = gallery::pane(ctx, theme, area, title, &foot);
    let Some(request) = request(screen, runs, place) else {
        return gallery::no_room(ctx, theme, place);
    };
    let labels = curves::labels(runs);
    gallery::show(ctx, place, request, shared, false, |row, _| {
        let title = labels.get(row).map_or("", String::as_str);
        let words = format!("{} {title}: the original, then views", Theme::letter(row));
        Span::styled(words, theme.series(row))
    });
}

/// The experiments that can be drawn.
fn with<'a>(runs: &'a [&Run]) -> impl Iterator<Item = &'a Experiment> {
    runs.iter().filter_map(|run| run.experiment.as_ref())
}

/// How many runs have room in so many lines.
fn room(height: u16) -> usize {
    usize::from(height / (LEAST + 1))
}

/// As many runs as have room, from the first column of the table on; the image is one of the baseline's data set.
fn request(screen: &Compare, runs: &[&Run], place: Rect) -> Option<PictureRequest> {
    let data = runs.get(screen.baseline(runs))?.data_from_here()?;
    let rows: Vec<Views> = with(runs)
        .take(room(place.height))
        .map(|experiment| Views {
            augment: experiment.augment.clone(),
            // One seed for all: what differs is what the augmentations do.
            seed: 0,
            image: screen.views.image,
        })
        .collect();
    let height = (place.height / u16::try_from(rows.len()).ok().filter(|n| *n > 0)?) - 1;
    // Several views tell more than one that is large.
    let for_many = ((place.width + 2) / (2 * MANY)).saturating_sub(1);
    let height = height.min(for_many.max(LEAST));
    let tile = Size::new(height * 2, height);
    let columns = ((place.width + 2) / (tile.width + 2)).min(12);
    (height >= LEAST && columns >= 2).then_some(PictureRequest {
        part: Part::Sample,
        bank: Vec::new(),
        data,
        roll: screen.views.roll,
        sees: None,
        rows,
        columns,
        tile,
    })
}
