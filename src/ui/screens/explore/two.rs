//! The same images in two runs, side by side.

use super::map_pane::draw_map;
use super::state::Explore;
use crate::runs::Run;
use crate::runs::map::Map;
use crate::ui::draw_context::DrawContext;
use crate::ui::keymap::explore::Action;
use crate::ui::shared::Shared;
use crate::ui::status;
use ratatui::layout::{Constraint, Layout};
use std::collections::HashSet;

/// Draws the map and, beside it, that of the first other marked run that has one.
pub fn draw(screen: &Explore, (run, map): (&Run, &Map), ctx: &mut DrawContext, shared: &Shared) {
    let theme = &shared.theme;
    let [left, right] = Layout::horizontal([Constraint::Fill(1); 2]).areas(ctx.area);
    let chosen = screen.chosen(map);
    let others = screen.runs(shared).into_iter().filter(|o| o.id != run.id);
    let mut others =
        others.filter_map(|o| Some((o, shared.maps.of(o, screen.space()).filter(|m| holds(m))?)));
    let other = others.next();
    let both_runs: Vec<&Run> = [run]
        .into_iter()
        .chain(other.map(|(other, _)| other))
        .collect();
    let seen = (screen.window, chosen, screen.layout());
    draw_map((screen, seen), (&both_runs, 0, map), ctx, shared, left);
    let Some((_, theirs)) = other else {
        let marked = screen.runs(shared).into_iter().find(|o| o.id != run.id);
        let words = match marked {
            Some(other) => format!(
                "{} has no map in this representation yet: show it, and {} makes one.",
                other.title(),
                shared.keys.explore.key(Action::Map)
            ),
            None => "Mark a run that has a map in this representation: it stands here.".to_owned(),
        };
        let head = ("no other map", theme.bright);
        return status::centred(ctx.frame, right, head, &words, theme);
    };
    let same = map.data.same_images(&theirs.data) && map.tested == theirs.tested;
    let index = map.points[chosen].index;
    let there = theirs
        .points
        .iter()
        .position(|point| same && point.index == index);
    let place = screen.places(theirs)[there.unwrap_or(0)];
    let window = screen.window.around(place);
    let words = there.map(|there| both((map, chosen), (theirs, there)));
    let words = words.unwrap_or_else(|| "other images".to_owned());
    // A click on it would choose an image by its number here.
    let rows = ctx.rows.len();
    let seen = (window, there.unwrap_or(0), words.as_str());
    draw_map((screen, seen), (&both_runs, 1, theirs), ctx, shared, right);
    ctx.rows.truncate(rows);
}

fn holds(map: &Map) -> bool {
    !map.points.is_empty()
}

/// How many of an image's nearest are so in both.
fn both((map, one): (&Map, usize), (theirs, other): (&Map, usize)) -> String {
    let near = |map: &Map, nth: usize| -> HashSet<usize> {
        let near = map.points[nth].nearest.iter();
        near.map(|(row, _)| map.points[*row as usize].index)
            .collect()
    };
    let (a, b) = (near(map, one), near(theirs, other));
    format!("{}/{} nearest shared", a.intersection(&b).count(), a.len())
}
