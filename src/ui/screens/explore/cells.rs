//! The cells of a confusion matrix: which images of a class are taken for which.

use crate::runs::map::Map;
use std::collections::BTreeMap;

/// A class, and the one for which kNN takes an image of it.
pub type Cell = (u32, u32);

/// The images of each cell that has any, those first of which kNN is surest.
pub fn cells(map: &Map) -> BTreeMap<Cell, Vec<usize>> {
    let mut cells: BTreeMap<Cell, Vec<usize>> = BTreeMap::new();
    for (nth, point) in map.points.iter().enumerate() {
        if let (Some(class), Some(taken)) = (point.class, point.taken_for) {
            cells.entry((class, taken)).or_default().push(nth);
        }
    }
    let sure = |nth: &usize| map.points[*nth].votes.unwrap_or(0.0);
    for images in cells.values_mut() {
        images.sort_by(|a, b| sure(b).total_cmp(&sure(a)));
    }
    cells
}

/// The first image of the next cell in a direction.
pub fn beside(map: &Map, chosen: usize, right: i8, down: i8) -> Option<usize> {
    let from = cell(map, chosen)?;
    let ahead = |(class, taken): Cell| {
        let (right, down) = (i64::from(right), i64::from(down));
        let by = [
            i64::from(taken) - i64::from(from.1),
            i64::from(class) - i64::from(from.0),
        ];
        let (ahead, aside) = (by[0] * right + by[1] * down, by[0] * down + by[1] * right);
        (ahead > 0).then_some((aside.abs(), ahead))
    };
    let cells = cells(map);
    let next = cells
        .iter()
        .filter_map(|(at, images)| Some((ahead(*at)?, images)));
    let next = next.min_by_key(|(far, _)| *far);
    next.and_then(|(_, images)| images.first().copied())
}

/// The cell of an image, if kNN was asked.
pub fn cell(map: &Map, nth: usize) -> Option<Cell> {
    let point = &map.points[nth];
    Some((point.class?, point.taken_for?))
}
