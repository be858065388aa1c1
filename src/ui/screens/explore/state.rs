//! What the Explore screen shows: which map, in which colours, and which of its images.

use super::canvas::{self, Window};
use crate::runs::map::{Map, Point};
use crate::ui::keymap::explore::Action;
use crate::ui::save_dialog::WriteBox;
use crate::ui::shared::Shared;

/// The Explore screen.
#[derive(Debug, Default)]
pub struct Explore {
    /// Whether z is shown, which the loss sees, in place of h.
    pub(super) z: bool,
    /// Whether principal components are shown in place of the map of neighbours.
    pub(super) components: bool,
    pub(super) colour: Colour,
    /// The image under the cursor.
    pub(super) chosen: usize,
    pub(super) window: Window,
    pub(super) write: WriteBox,
}

/// What the colours of the points say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    #[default]
    Class,
    Knn,
    Right,
    Cluster,
}

impl Colour {
    const ALL: [Self; 4] = [Self::Class, Self::Knn, Self::Right, Self::Cluster];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Knn => "what kNN takes it for",
            Self::Right => "right and wrong",
            Self::Cluster => "cluster",
        }
    }

    /// The group of a point; none where that isn't known.
    pub(super) fn group(self, point: &Point) -> Option<u32> {
        match self {
            Self::Class => point.class,
            Self::Knn => point.taken_for,
            Self::Right => Some(u32::from(!point.right()?)),
            Self::Cluster => Some(point.cluster),
        }
    }

    /// The name of a group.
    pub(super) fn name(self, map: &Map, group: u32) -> String {
        match self {
            Self::Class | Self::Knn => map.class(group).to_owned(),
            Self::Right if group == 0 => "right".to_owned(),
            Self::Right => "wrong".to_owned(),
            Self::Cluster => format!("cluster {}", group + 1),
        }
    }
}

impl Explore {
    pub(super) const fn space(&self) -> &'static str {
        if self.z { "z" } else { "h" }
    }

    /// Looks at the map of the run that is shown; tells whether there is news.
    pub fn look(&self, shared: &mut Shared) -> bool {
        let Some(run) = shared.shown().cloned() else {
            return false;
        };
        shared.maps.look(&run, self.space())
    }

    /// The map on screen.
    pub(super) fn map<'a>(&self, shared: &'a Shared) -> Option<&'a Map> {
        let map = shared.maps.of(shared.shown()?, self.space())?;
        (!map.points.is_empty()).then_some(map)
    }

    /// The colours that this map has something to say by.
    fn colours(map: &Map) -> Vec<Colour> {
        let says = |colour: &Colour| map.points.iter().any(|point| colour.group(point).is_some());
        Colour::ALL.into_iter().filter(says).collect()
    }

    pub(super) fn colour(&self, map: &Map) -> Colour {
        let all = Self::colours(map);
        let shown = all.iter().find(|colour| **colour == self.colour);
        shown.or(all.first()).copied().unwrap_or(Colour::Cluster)
    }

    /// Where a point lies on the map that is shown.
    const fn place(&self, point: &Point) -> [f32; 2] {
        if self.components {
            point.pca
        } else {
            point.tsne
        }
    }

    pub(super) fn places(&self, map: &Map) -> Vec<[f32; 2]> {
        map.points.iter().map(|point| self.place(point)).collect()
    }

    /// The chosen point, which another map may not have.
    pub(super) fn chosen(&self, map: &Map) -> usize {
        self.chosen.min(map.points.len().saturating_sub(1))
    }

    pub(super) fn look_around(&mut self, act: Action, map: &Map) {
        let places = self.places(map);
        let chosen = self.chosen(map);
        match act {
            Action::Move(right, down) => {
                let to = canvas::beside(&places, chosen, right, down);
                self.go(to.unwrap_or(chosen), &places);
            }
            Action::Mistake(by) => {
                let mistakes = mistakes(map);
                let at = mistakes.iter().position(|nth| *nth == chosen);
                let count = mistakes.len().max(1) as isize;
                let next = match at {
                    Some(at) => (at as isize + by).rem_euclid(count),
                    None if by > 0 => 0,
                    None => count - 1,
                };
                if let Some(nth) = mistakes.get(next as usize) {
                    self.go(*nth, &places);
                }
            }
            Action::Nearest => {
                if let Some((nth, _)) = map.points[chosen].nearest.first() {
                    self.go(*nth as usize, &places);
                }
            }
            Action::Zoom(closer) => self.window.zoom(closer, places[chosen]),
            Action::Whole => self.window = Window::default(),
            Action::Colour => {
                let all = Self::colours(map);
                let at = all.iter().position(|colour| *colour == self.colour(map));
                let next = (at.unwrap_or(0) + 1) % all.len().max(1);
                self.colour = all.get(next).copied().unwrap_or_default();
            }
            Action::Layout => {
                self.components = !self.components;
                self.window = Window::default();
            }
            Action::Space | Action::Map | Action::Other(_) | Action::Write => {}
        }
    }

    pub(super) fn go(&mut self, to: usize, places: &[[f32; 2]]) {
        self.chosen = to;
        self.window.follow(places[to], places);
    }
}

/// The images that kNN takes for something else, those of which it is surest first.
pub fn mistakes(map: &Map) -> Vec<usize> {
    let points = map.points.iter().enumerate();
    let wrong = points.filter(|(_, point)| point.right() == Some(false));
    let mut wrong: Vec<usize> = wrong.map(|(nth, _)| nth).collect();
    let sure = |nth: &usize| map.points[*nth].votes.unwrap_or(0.0);
    wrong.sort_by(|a, b| sure(b).total_cmp(&sure(a)));
    wrong
}
