//! Points in a stretch of cells: which part of a map is seen, where each point falls, and what lies beside one.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use std::collections::HashMap;

/// Dots of a cell of braille.
const DOTS: (f32, f32) = (2.0, 4.0);
/// How close one can come.
const CLOSEST: f32 = 64.0;

/// The part of a map that is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// How much closer than the whole.
    closer: f32,
    /// What stands in the middle, where not the whole is seen.
    middle: [f32; 2],
}

impl Default for Window {
    fn default() -> Self {
        Self {
            closer: 1.0,
            middle: [0.0; 2],
        }
    }
}

impl Window {
    /// Closer to a place, or further from it.
    pub fn zoom(&mut self, closer: bool, at: [f32; 2]) {
        let factor = if closer { 1.5 } else { 1.0 / 1.5 };
        self.closer = (self.closer * factor).clamp(1.0, CLOSEST);
        self.middle = at;
    }

    /// Whether it is closer than the whole.
    pub fn is_near(&self) -> bool {
        self.closer > 1.0
    }

    /// The same on another map, around a place there.
    #[must_use]
    pub const fn around(self, at: [f32; 2]) -> Self {
        Self { middle: at, ..self }
    }

    /// Moves so that a place is seen.
    pub fn follow(&mut self, at: [f32; 2], places: &[[f32; 2]]) {
        let (_, size) = bounds(places);
        let seen = size / self.closer;
        let away = |axis: usize| (at[axis] - self.middle[axis]).abs() > seen * 0.45;
        if self.closer > 1.0 && (away(0) || away(1)) {
            self.middle = at;
        }
    }

    /// How many dots a unit of the map has, and what stands in the middle.
    fn fit(&self, places: &[[f32; 2]], area: Rect) -> (f32, [f32; 2]) {
        let (middle, size) = bounds(places);
        let (wide, high) = (
            f32::from(area.width) * DOTS.0,
            f32::from(area.height) * DOTS.1,
        );
        let scale = (wide.min(high) - 2.0).max(1.0) / size * self.closer;
        (
            scale,
            if self.closer > 1.0 {
                self.middle
            } else {
                middle
            },
        )
    }

    /// The dot of each place, from the upper left of the area; some lie outside.
    pub fn dots(&self, places: &[[f32; 2]], area: Rect) -> Vec<(f32, f32)> {
        let (scale, middle) = self.fit(places, area);
        let (wide, high) = (
            f32::from(area.width) * DOTS.0,
            f32::from(area.height) * DOTS.1,
        );
        let dot = |at: &[f32; 2]| {
            let right = (at[0] - middle[0]) * scale + wide / 2.0;
            (right, high / 2.0 - (at[1] - middle[1]) * scale)
        };
        places.iter().map(dot).collect()
    }
}

/// The middle of the smallest square around all places, and its side.
fn bounds(places: &[[f32; 2]]) -> ([f32; 2], f32) {
    let ends = |axis: usize| {
        let along = places.iter().map(|at| at[axis]);
        along.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), v| {
            (low.min(v), high.max(v))
        })
    };
    let ((left, right), (low, high)) = (ends(0), ends(1));
    let size = (right - left).max(high - low);
    let middle = [f32::midpoint(left, right), f32::midpoint(low, high)];
    (middle, if size > 0.0 { size } else { 1.0 })
}

/// The cell of a dot, if it lies in the area.
pub fn cell((x, y): (f32, f32), area: Rect) -> Option<Position> {
    let (x, y) = ((x / DOTS.0).floor(), (y / DOTS.1).floor());
    let inside = x >= 0.0 && y >= 0.0 && x < f32::from(area.width) && y < f32::from(area.height);
    inside.then(|| Position::new(area.x + x as u16, area.y + y as u16))
}

/// Draws the dots of points, each of a group; a cell has the style of the group with the most points in it.
pub fn draw(
    dots: &[(f32, f32)],
    groups: &[Option<u32>],
    area: Rect,
    style: impl Fn(Option<u32>) -> Style,
    buffer: &mut Buffer,
) {
    let mut cells: HashMap<Position, (u32, HashMap<Option<u32>, u32>)> = HashMap::new();
    for (dot, group) in dots.iter().zip(groups) {
        if let Some(at) = cell(*dot, area) {
            let (bits, counts) = cells.entry(at).or_default();
            *bits |= bit(*dot);
            *counts.entry(*group).or_default() += 1;
        }
    }
    for (at, (bits, counts)) in cells {
        let most = counts
            .into_iter()
            .max_by_key(|(group, count)| (*count, std::cmp::Reverse(*group)));
        let group = most.and_then(|(group, _)| group);
        let sign = char::from_u32(0x2800 + bits).unwrap_or('·');
        buffer[at].set_char(sign).set_style(style(group));
    }
}

/// The bit of a dot in its cell of braille.
fn bit((x, y): (f32, f32)) -> u32 {
    const BITS: [[u32; 4]; 2] = [[0, 1, 2, 6], [3, 4, 5, 7]];
    let column = (x.floor() as i64).rem_euclid(2) as usize;
    let row = (y.floor() as i64).rem_euclid(4) as usize;
    1 << BITS[column][row]
}

/// The point nearest to another in a direction: what lies aside counts twice, and nothing more aside than ahead.
pub fn beside(places: &[[f32; 2]], from: usize, right: i8, down: i8) -> Option<usize> {
    let [x, y] = *places.get(from)?;
    let far = |nth: &usize| {
        let [dx, dy] = [places[*nth][0] - x, y - places[*nth][1]];
        let (ahead, aside) = if right == 0 {
            (dy * f32::from(down), dx.abs())
        } else {
            (dx * f32::from(right), dy.abs())
        };
        (ahead > 0.0 && aside <= ahead).then_some(ahead + 2.0 * aside)
    };
    let ahead = (0..places.len()).filter(|nth| *nth != from);
    let ahead = ahead.filter_map(|nth| Some((far(&nth)?, nth)));
    ahead.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, nth)| nth)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [[f32; 2]; 5] = [[0.0, 0.0], [1.0, 0.2], [3.0, 0.0], [0.1, -2.0], [0.0, 4.0]];

    #[test]
    fn arrows_lead_to_what_lies_that_way() {
        assert_eq!(beside(&PLACES, 0, 1, 0), Some(1));
        assert_eq!(beside(&PLACES, 1, 1, 0), Some(2));
        assert_eq!(beside(&PLACES, 0, 0, 1), Some(3));
        assert_eq!(beside(&PLACES, 0, 0, -1), Some(4));
        assert_eq!(beside(&PLACES, 0, -1, 0), None);
    }

    #[test]
    fn the_whole_map_lies_inside_and_what_is_close_stands_in_the_middle() {
        let area = Rect::new(3, 2, 20, 10);
        let mut window = Window::default();
        let cells = |window: Window| -> Vec<Option<Position>> {
            let dots = window.dots(&PLACES, area);
            dots.into_iter().map(|dot| cell(dot, area)).collect()
        };
        assert!(cells(window).iter().all(Option::is_some));
        window.zoom(true, PLACES[2]);
        assert_eq!(cells(window)[2], Some(Position::new(13, 7)));
        window.follow(PLACES[4], &PLACES);
        assert_eq!(cells(window)[4], Some(Position::new(13, 7)));
        window.zoom(false, PLACES[4]);
        assert!(cells(window).iter().all(Option::is_some));
    }

    #[test]
    fn one_point_alone_is_seen() {
        let area = Rect::new(0, 0, 4, 4);
        let dots = Window::default().dots(&[[7.0, 7.0]], area);
        assert_eq!(cell(dots[0], area), Some(Position::new(2, 2)));
    }
}
