//! A map from near: the images themselves, as many as have room, where their dots would be.

use crate::runs::map::Map;
use crate::ui::pictures::{Dot, Placed, Rgb, Scene, rgb};
use crate::ui::theme::Theme;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

/// Of the images in sight, one in so many has room at least.
const SHOWN: usize = 3;

/// What is seen from near, and which points have their images in it.
pub struct Near {
    pub scene: Scene,
    pub shown: Vec<usize>,
}

impl Near {
    /// The cells of each image, and the point that it is of.
    pub fn cells(&self, place: Rect) -> impl Iterator<Item = (Rect, usize)> {
        let (wide, high) = (self.scene.side / 2, self.scene.side / 4);
        let images = self.scene.images.iter().zip(&self.shown);
        images.map(move |(one, nth)| {
            let at = (place.x + one.at.0 / 2, place.y + one.at.1 / 4);
            (Rect::new(at.0, at.1, wide, high), *nth)
        })
    }
}

/// The images of a map whose dots are in sight, none on another: the chosen one, its nearest, mistakes, and what has room
/// beside these. `None` where too few have.
pub fn near(
    of: String,
    (map, chosen): (&Map, usize),
    (dots, place): (&[(f32, f32)], Rect),
    style: impl Fn(usize) -> Style,
    theme: &Theme,
) -> Option<Near> {
    let side = 4 * (place.height / 8).clamp(2, 4);
    let (wide, high) = (2 * place.width, 4 * place.height);
    let room = (wide.checked_sub(side)?, high.checked_sub(side)?);
    let seen = |nth: usize| {
        let ((x, y), inside) = (dots[nth], |v: f32, end: u16| v >= 0.0 && v < f32::from(end));
        (inside(x, wide) && inside(y, high)).then_some((x as u16, y as u16))
    };
    let corner = |(x, y): Dot| {
        let half = side / 2;
        (
            x.saturating_sub(half).min(room.0),
            y.saturating_sub(half).min(room.1),
        )
    };
    let nearest: Vec<usize> = map.points[chosen]
        .nearest
        .iter()
        .map(|(nth, _)| *nth as usize)
        .collect();
    let first = std::iter::once(chosen).chain(nearest.iter().copied());
    let order = first.chain(map.mistakes()).chain(0..map.points.len());
    let colour = |nth: usize| {
        let style = if nearest.contains(&nth) {
            theme.accent
        } else {
            style(nth)
        };
        colour(style)
    };
    let mut met = vec![false; map.points.len()];
    let mut near = Near {
        scene: Scene {
            of,
            size: place.as_size(),
            side,
            images: Vec::new(),
            dots: Vec::new(),
        },
        shown: Vec::new(),
    };
    for nth in order {
        let Some(dot) = seen(nth).filter(|_| !std::mem::replace(&mut met[nth], true)) else {
            continue;
        };
        let at = corner(dot);
        // A dot stays free between two.
        let apart = |one: &Placed| at.0.abs_diff(one.at.0) > side || at.1.abs_diff(one.at.1) > side;
        if !near.scene.images.iter().all(apart) {
            near.scene.dots.push((dot, colour(nth)));
            continue;
        }
        let point = &map.points[nth];
        near.shown.push(nth);
        near.scene.images.push(Placed {
            image: point.index,
            name: point.name.clone(),
            at,
            dot: colour(nth),
            edges: edges(nth == chosen, nearest.contains(&nth), point.right(), theme),
        });
    }
    let all = near.shown.len() + near.scene.dots.len();
    (near.shown.first() == Some(&chosen) && SHOWN * near.shown.len() >= all).then_some(near)
}

/// What stands around an image: a frame around the chosen one, red around mistakes, else a line around the nearest.
fn edges(chosen: bool, nearest: bool, right: Option<bool>, theme: &Theme) -> Vec<(Rgb, u16)> {
    let (frame, red) = (colour(theme.accent), colour(theme.bad));
    match (chosen, right == Some(false)) {
        (true, true) => vec![(frame, 3), (red, 2)],
        (true, false) => vec![(frame, 3)],
        (false, true) => vec![(red, 2)],
        (false, false) if nearest => vec![(frame, 1)],
        (false, false) => Vec::new(),
    }
}

fn colour(style: Style) -> Rgb {
    rgb(style.fg.unwrap_or(Color::Reset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::map::Point;
    use crate::ui::theme::Depth;

    /// Dots a step apart in rows of ten; the last lies on the first and is taken for another class.
    fn seen(step: f32, chosen: usize) -> Option<Near> {
        let point = |nth: usize| Point {
            index: 100 + nth,
            class: Some(0),
            taken_for: Some(u32::from(nth == 50)),
            nearest: vec![((nth as u32 + 1) % 51, 0.9)],
            ..Point::default()
        };
        let map = Map {
            points: (0..51).map(point).collect(),
            ..Map::default()
        };
        let at = |nth: usize| 10.0 + nth as f32 * step;
        let dots: Vec<(f32, f32)> = (0..51)
            .map(|nth| (at(nth % 10), at(nth % 50 / 10)))
            .collect();
        let place = Rect::new(3, 1, 64, 32);
        let theme = Theme::new(Depth::True);
        near(
            String::new(),
            (&map, chosen),
            (&dots, place),
            |_| theme.dim,
            &theme,
        )
    }

    #[test]
    fn none_lies_on_another_and_the_chosen_one_comes_first() {
        for chosen in [0, 50] {
            let near = seen(18.0, chosen).unwrap();
            let (images, side) = (&near.scene.images, near.scene.side);
            assert_eq!((near.shown[0], images[0].image), (chosen, 100 + chosen));
            for (nth, one) in images.iter().enumerate() {
                let (x, y) = one.at;
                assert!(x + side <= 128 && y + side <= 128, "{one:?}");
                for other in &images[..nth] {
                    let by = (x.abs_diff(other.at.0), y.abs_diff(other.at.1));
                    assert!(by.0 > side || by.1 > side, "{one:?} on {other:?}");
                }
            }
            // Seven of ten are in sight, and of the two in one place one has room.
            assert_eq!((images.len(), near.scene.dots.len()), (35, 1));
        }
    }

    #[test]
    fn the_chosen_one_is_framed_and_mistakes_are_red() {
        let theme = Theme::new(Depth::True);
        let (frame, red) = (colour(theme.accent), colour(theme.bad));
        let near = seen(18.0, 50).unwrap();
        let edges = |nth: usize| {
            let at = near.shown.iter().position(|shown| *shown == nth);
            at.map(|at| near.scene.images[at].edges.clone())
        };
        assert_eq!(edges(50), Some(vec![(frame, 3), (red, 2)]));
        assert_eq!(edges(0), None, "it lies where the chosen one does");
        assert_eq!(edges(1), Some(Vec::new()));
        let near = seen(18.0, 0).unwrap();
        let nearest = near.shown.iter().position(|shown| *shown == 1).unwrap();
        assert_eq!(near.scene.images[nearest].edges, [(frame, 1)]);
    }

    #[test]
    fn images_are_shown_once_they_have_room() {
        assert!(seen(9.0, 0).is_none(), "15 of 51 have room");
        let near = seen(18.0, 0).unwrap();
        let (cell, nth) = near.cells(Rect::new(3, 1, 64, 32)).next().unwrap();
        assert_eq!((cell, nth), (Rect::new(4, 1, 8, 4), 0));
    }
}
