//! What kNN takes each class for, as a heat map, and the images in the box under the cursor.

use super::cells::{Cell, cell, cells};
use super::map_pane::title;
use super::state::Explore;
use super::tiles::{self, Grid};
use crate::runs::Run;
use crate::runs::map::Map;
use crate::text::figures::{decimal, thousands};
use crate::text::fit;
use crate::ui::draw_context::DrawContext;
use crate::ui::screens::gallery;
use crate::ui::shared::Shared;
use crate::ui::status;
use crate::ui::widgets::heat::Heat;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use std::collections::BTreeMap;

/// Cells of a box and of the classes' names, where all are to be seen.
const BOX: u16 = 5;
const NAMES: u16 = 14;
/// Width from which the images stand beside the heat map.
const WIDE: u16 = 110;
/// Lines of a picture, at most.
const HIGH: u16 = 6;

/// Draws the heat map and the images in a box of it.
pub fn draw(screen: &Explore, (run, map): (&Run, &Map), ctx: &mut DrawContext, shared: &Shared) {
    let chosen = screen.chosen(map);
    let cells = cells(map);
    let Some(at) = cell(map, chosen) else {
        let words = "Without labels and test images nothing is taken for something else.";
        let head = ("no confusion", shared.theme.bright);
        return status::centred(ctx.frame, ctx.area, head, words, &shared.theme);
    };
    let [left, right] = places(ctx.area, map.classes.len() as u16);
    matrix((run, map), (&cells, at), ctx, shared, left);
    let images = cells.get(&at).cloned().unwrap_or_default();
    let (class, taken) = (map.class(at.0), map.class(at.1));
    let title = if at.0 == at.1 {
        format!("{class}, as kNN says")
    } else {
        format!("{class} taken for {taken}")
    };
    let count = match images.len() {
        1 => "1 image".to_owned(),
        count => format!("{} images", thousands(count as u64)),
    };
    let inner = gallery::pane(ctx, &shared.theme, right, &title, &count);
    let high = HIGH.min(inner.height.saturating_sub(1)).max(1);
    let grid = Grid {
        columns: (inner.width / (2 * high + 1)).max(1),
        high,
    };
    if !shared.pictures.possible() {
        return names(map, (&images, chosen), ctx, shared, inner);
    }
    let votes = |nth: usize| {
        let share = decimal(100.0 * map.points[nth].votes.unwrap_or(0.0), 0);
        let style = if nth == chosen {
            shared.theme.selected
        } else {
            shared.theme.dim
        };
        Span::styled(format!("{share} %"), style)
    };
    tiles::draw((run, map), images, (inner, grid), votes, ctx, shared);
}

/// The images by their names, where no pictures can be shown.
fn names(
    map: &Map,
    (images, chosen): (&[usize], usize),
    ctx: &mut DrawContext,
    shared: &Shared,
    area: Rect,
) {
    for (nth, y) in images.iter().zip(area.y..area.bottom()) {
        let point = &map.points[*nth];
        let share = decimal(100.0 * point.votes.unwrap_or(0.0), 0);
        let name = fit::shorten_start(&point.name, usize::from(area.width.saturating_sub(6)));
        let style = if *nth == chosen {
            shared.theme.selected
        } else {
            shared.theme.text
        };
        let row = Rect {
            y,
            height: 1,
            ..area
        };
        ctx.rows.push((row, *nth));
        ctx.frame
            .render_widget(Line::styled(format!("{share:>3} % {name}"), style), row);
    }
}

/// Where the heat map and the images stand.
fn places(area: Rect, classes: u16) -> [Rect; 2] {
    let most = classes.saturating_mul(11).saturating_add(NAMES + 4);
    if area.width >= WIDE {
        let parts = [
            Constraint::Length(most.min(area.width * 3 / 5)),
            Constraint::Fill(1),
        ];
        return Layout::horizontal(parts).areas(area);
    }
    let high = (classes + 3).min(area.height * 2 / 3);
    Layout::vertical([Constraint::Length(high), Constraint::Fill(1)]).areas(area)
}

/// The share of each class's images that is taken for each, in %; where not all classes have room, of those confused most.
fn matrix(
    (run, map): (&Run, &Map),
    (cells, at): (&BTreeMap<Cell, Vec<usize>>, Cell),
    ctx: &mut DrawContext,
    shared: &Shared,
    area: Rect,
) {
    let width = usize::from(area.width.saturating_sub(2));
    let title = title(0, (&[run.title().to_owned()], "confusion (%)"), map, width);
    let [wide, high] = [area.width, area.height].map(|cells| cells.saturating_sub(2));
    let room = (wide.saturating_sub(NAMES + 2) / BOX).min(high.saturating_sub(1));
    let all = map.classes.len();
    let classes = seen(cells, at, usize::from(room), all);
    let foot = if classes.len() < all {
        format!(
            "the {} of {all} classes that are confused most",
            classes.len()
        )
    } else {
        "class by what kNN takes it for".to_owned()
    };
    let inner = gallery::pane(ctx, &shared.theme, area, title.trim(), &foot);
    let share = |class: u32, taken: u32| {
        let count = |cell: Cell| cells.get(&cell).map_or(0, Vec::len);
        let taken_so = count((class, taken));
        let of_class: usize = cells
            .range((class, 0)..=(class, u32::MAX))
            .map(|(_, of)| of.len())
            .sum();
        let percent = 100.0 * taken_so as f64 / of_class.max(1) as f64;
        (taken_so > 0).then(|| (percent, decimal(percent, 0)))
    };
    let row = |class: &u32| classes.iter().map(|taken| share(*class, *taken)).collect();
    let place = |class: u32| classes.iter().position(|one| *one == class);
    let names: Vec<String> = classes
        .iter()
        .map(|class| fit::shorten(map.class(*class), usize::from(NAMES) - 4))
        .collect();
    let heat = Heat {
        names: &names,
        cells: classes.iter().map(row).collect(),
        cursor: place(at.0).zip(place(at.1)).into_iter().collect(),
        theme: &shared.theme,
    };
    ctx.frame.render_widget(heat, inner);
}

/// As many classes as have room: the two of the cursor, and those with the most images that are taken wrongly, for them or of them.
fn seen(cells: &BTreeMap<Cell, Vec<usize>>, at: Cell, room: usize, all: usize) -> Vec<u32> {
    let mut wrong = vec![0; all];
    for ((class, taken), images) in cells.iter().filter(|((class, taken), _)| class != taken) {
        wrong[*class as usize] += images.len();
        wrong[*taken as usize] += images.len();
    }
    let mut ranked: Vec<u32> = (0..all as u32).collect();
    ranked.sort_by_key(|class| {
        let chosen = [at.0, at.1].contains(class);
        (!chosen, std::cmp::Reverse(wrong[*class as usize]))
    });
    ranked.truncate(room.max(2));
    ranked.sort_unstable();
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_classes_those_confused_most_are_seen_and_both_of_the_cursor() {
        let images = |count: usize| vec![0; count];
        let cells = BTreeMap::from([
            ((0, 0), images(9)),
            ((1, 3), images(4)),
            ((2, 3), images(2)),
            ((5, 4), images(1)),
        ]);
        assert_eq!(seen(&cells, (0, 0), 6, 6), [0, 1, 2, 3, 4, 5]);
        assert_eq!(seen(&cells, (1, 3), 3, 6), [1, 2, 3]);
        assert_eq!(seen(&cells, (5, 4), 4, 6), [1, 3, 4, 5]);
        assert_eq!(seen(&cells, (0, 0), 3, 6), [0, 1, 3]);
        assert_eq!(seen(&cells, (5, 4), 0, 6), [4, 5]);
    }
}
