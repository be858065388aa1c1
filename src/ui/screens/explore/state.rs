//! What the Explore screen shows: which map, in which colours, and which of its images.

use super::canvas::{self, Window};
use super::cells;
use crate::runs::Run;
use crate::runs::map::{Map, Point};
use crate::ui::keymap::explore::Action;
use crate::ui::save_dialog::WriteBox;
use crate::ui::shared::Shared;
use crate::ui::task::Task;
use std::path::PathBuf;

/// The Explore screen.
#[derive(Debug, Default)]
pub struct Explore {
    /// Whether z is shown, which the loss sees, in place of h.
    pub(super) z: bool,
    pub(super) pane: Pane,
    /// Whether principal components are shown in place of the map of neighbours.
    pub(super) components: bool,
    pub(super) colour: Colour,
    /// The image under the cursor.
    pub(super) chosen: usize,
    pub(super) window: Window,
    pub(super) write: WriteBox,
}

/// What is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// All images, and one of them.
    #[default]
    Map,
    /// One image with its nearest of the bank and its views.
    Image,
    /// What classes are taken for, and the images that are.
    Confusion,
    /// Invariance and spectrum.
    Figures,
    /// The same images in two runs.
    Two,
}

impl Pane {
    /// What leads there from the map, and back.
    pub(super) const fn opener(self) -> Option<Action> {
        match self {
            Self::Map => None,
            Self::Image => Some(Action::Image),
            Self::Confusion => Some(Action::Confusion),
            Self::Figures => Some(Action::Figures),
            Self::Two => Some(Action::Beside),
        }
    }
}

/// What the colours of the points say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    #[default]
    Class,
    Knn,
    Right,
    Cluster,
    Density,
}

/// Groups of points by how close their neighbours are.
const FIFTHS: [&str; 5] = ["loneliest fifth", "2nd", "3rd", "4th", "densest fifth"];

impl Colour {
    const ALL: [Self; 5] = [
        Self::Class,
        Self::Knn,
        Self::Right,
        Self::Cluster,
        Self::Density,
    ];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Knn => "what kNN takes it for",
            Self::Right => "right and wrong",
            Self::Cluster => "cluster",
            Self::Density => "mean cosine of the nearest",
        }
    }

    /// What its groups are, where they can be many.
    pub(super) const fn plural(self) -> Option<&'static str> {
        match self {
            Self::Class => Some("classes"),
            Self::Knn => Some("classes by kNN"),
            Self::Cluster => Some("clusters"),
            Self::Right | Self::Density => None,
        }
    }

    /// The group of each point; none where that isn't known.
    pub(super) fn groups(self, map: &Map) -> Vec<Option<u32>> {
        if self == Self::Density {
            return fifths(&map.points);
        }
        map.points.iter().map(|point| self.group(point)).collect()
    }

    /// The group of a point, as far as it tells that alone.
    fn group(self, point: &Point) -> Option<u32> {
        match self {
            Self::Class => point.class,
            Self::Knn => point.taken_for,
            Self::Right => Some(u32::from(!point.right()?)),
            Self::Cluster => Some(point.cluster),
            // Which fifth, the others say.
            Self::Density => point.nearest.first().map(|_| 0),
        }
    }

    /// The name of a group.
    pub(super) fn name(self, map: &Map, group: u32) -> String {
        match self {
            Self::Class | Self::Knn => map.class(group).to_owned(),
            Self::Right if group == 0 => "right".to_owned(),
            Self::Right => "wrong".to_owned(),
            Self::Cluster => format!("cluster {}", group + 1),
            Self::Density => FIFTHS[group as usize % FIFTHS.len()].to_owned(),
        }
    }
}

/// The fifth of each point by the mean cosine of its nearest; none where it has none.
fn fifths(points: &[Point]) -> Vec<Option<u32>> {
    let mean = |point: &Point| {
        let sum: f32 = point.nearest.iter().map(|(_, cosine)| cosine).sum();
        sum / point.nearest.len() as f32
    };
    let near = points
        .iter()
        .enumerate()
        .filter(|(_, point)| !point.nearest.is_empty());
    let mut order: Vec<(f32, usize)> = near.map(|(nth, point)| (mean(point), nth)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut groups = vec![None; points.len()];
    for (rank, (_, nth)) in order.iter().enumerate() {
        groups[*nth] = Some((rank * FIFTHS.len() / order.len()) as u32);
    }
    groups
}

impl Explore {
    pub(super) const fn space(&self) -> &'static str {
        if self.z { "z" } else { "h" }
    }

    /// Looks at the maps of the runs that are shown; tells whether there is news.
    pub fn look(&self, shared: &mut Shared) -> bool {
        let runs = self.runs(shared).into_iter();
        let dirs: Vec<PathBuf> = runs.map(|run| run.dir.clone()).collect();
        shared.maps.look(&dirs, self.space())
    }

    /// The run on screen and, where runs are compared, those that are marked.
    pub(super) fn runs<'a>(&self, shared: &'a Shared) -> Vec<&'a Run> {
        let mut runs: Vec<&Run> = shared.shown().into_iter().collect();
        if matches!(self.pane, Pane::Figures | Pane::Two) {
            let marked = shared.marked_runs();
            if runs.iter().any(|run| marked.iter().any(|m| m.id == run.id)) {
                // In Compare's order, so that each has the colour that it has there.
                runs = marked;
            } else {
                runs.splice(0..0, marked);
            }
        }
        runs
    }

    /// The map on screen.
    pub(super) fn map<'a>(&self, shared: &'a Shared) -> Option<&'a Map> {
        let map = shared.maps.of(shared.shown()?, self.space())?;
        (!map.points.is_empty()).then_some(map)
    }

    /// How far the map is that is being made of the run on screen.
    pub(super) fn making<'a>(&self, shared: &'a Shared) -> Option<&'a str> {
        let making = Task::map(shared.shown()?, self.space()).doing;
        let (doing, said) = shared.doing.as_ref()?;
        (*doing == making).then_some(said.as_str())
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

    /// What the map shows, in words.
    pub(super) const fn layout(&self) -> &'static str {
        if self.components {
            "components"
        } else {
            "neighbours"
        }
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
                let to = match self.pane {
                    Pane::Confusion => cells::beside(map, chosen, right, down),
                    _ => canvas::beside(&places, chosen, right, down),
                };
                self.go(to.unwrap_or(chosen), &places);
            }
            Action::Mistake(by) => {
                let mistakes = map.mistakes();
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
            Action::Whole if self.pane != Pane::Map => self.pane = Pane::Map,
            Action::Whole => self.window = Window::default(),
            Action::Image => self.toggle(Pane::Image),
            Action::Confusion => self.toggle(Pane::Confusion),
            Action::Figures => self.toggle(Pane::Figures),
            Action::Beside => self.toggle(Pane::Two),
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

    /// Another pane in place of the map, or the map again.
    fn toggle(&mut self, pane: Pane) {
        self.pane = if self.pane == pane { Pane::Map } else { pane };
    }

    pub(super) fn go(&mut self, to: usize, places: &[[f32; 2]]) {
        self.chosen = to;
        self.window.follow(places[to], places);
    }
}
