//! The Explore screen: where the images lie in what a run learnt, one of them with its neighbours.

mod canvas;
mod view;

use crate::runs::Run;
use crate::runs::map::{Map, Point};
use crate::ui::draw_context::DrawContext;
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::keymap::explore::Action;
use crate::ui::keys::Hint;
use crate::ui::save_dialog::{self, Kind, WriteBox};
use crate::ui::screens::Screen;
use crate::ui::shared::Shared;
use crate::ui::task::Task;
use canvas::Window;
use crossterm::event::KeyEvent;

/// The Explore screen.
#[derive(Debug, Default)]
pub struct Explore {
    /// Whether z is shown, which the loss sees, in place of h.
    z: bool,
    /// Whether principal components are shown in place of the map of neighbours.
    components: bool,
    colour: Colour,
    /// The image under the cursor.
    chosen: usize,
    window: Window,
    write: WriteBox,
}

/// What the colours of the points say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Colour {
    #[default]
    Class,
    Knn,
    Right,
    Cluster,
}

impl Colour {
    const ALL: [Self; 4] = [Self::Class, Self::Knn, Self::Right, Self::Cluster];

    const fn title(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Knn => "what kNN takes it for",
            Self::Right => "right and wrong",
            Self::Cluster => "cluster",
        }
    }

    /// The group of a point; none where that isn't known.
    fn group(self, point: &Point) -> Option<u32> {
        match self {
            Self::Class => point.class,
            Self::Knn => point.taken_for,
            Self::Right => Some(u32::from(!point.right()?)),
            Self::Cluster => Some(point.cluster),
        }
    }

    /// The name of a group.
    fn name(self, map: &Map, group: u32) -> String {
        match self {
            Self::Class | Self::Knn => map.class(group).to_owned(),
            Self::Right if group == 0 => "right".to_owned(),
            Self::Right => "wrong".to_owned(),
            Self::Cluster => format!("cluster {}", group + 1),
        }
    }
}

impl Explore {
    const fn space(&self) -> &'static str {
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
    fn map<'a>(&self, shared: &'a Shared) -> Option<&'a Map> {
        let map = shared.maps.of(shared.shown()?, self.space())?;
        (!map.points.is_empty()).then_some(map)
    }

    /// The colours that this map has something to say by.
    fn colours(map: &Map) -> Vec<Colour> {
        let says = |colour: &Colour| map.points.iter().any(|point| colour.group(point).is_some());
        Colour::ALL.into_iter().filter(says).collect()
    }

    fn colour(&self, map: &Map) -> Colour {
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

    fn places(&self, map: &Map) -> Vec<[f32; 2]> {
        map.points.iter().map(|point| self.place(point)).collect()
    }

    /// The chosen point, which another map may not have.
    fn chosen(&self, map: &Map) -> usize {
        self.chosen.min(map.points.len().saturating_sub(1))
    }

    fn act(&mut self, act: Action, shared: &Shared) -> Vec<Intent> {
        match (act, shared.shown()) {
            (Action::Space, _) => self.z = !self.z,
            (Action::Map, Some(run)) => return vec![Intent::Begin(Task::map(run, self.space()))],
            (Action::Other(rows), Some(run)) => return other(run, rows, shared),
            (Action::Write, Some(_)) if self.map(shared).is_some() => {
                self.write.open(Kind::Map, "map.html");
            }
            _ => {
                let Some(map) = self.map(shared) else {
                    let key = shared.keys.explore.key(Action::Map);
                    let why = format!("there is no map yet; {key} makes one");
                    return vec![Intent::Refuse(why)];
                };
                self.look_around(act, map);
            }
        }
        Vec::new()
    }

    fn look_around(&mut self, act: Action, map: &Map) {
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

    fn go(&mut self, to: usize, places: &[[f32; 2]]) {
        self.chosen = to;
        self.window.follow(places[to], places);
    }
}

/// The images that kNN takes for something else, those of which it is surest first.
fn mistakes(map: &Map) -> Vec<usize> {
    let points = map.points.iter().enumerate();
    let wrong = points.filter(|(_, point)| point.right() == Some(false));
    let mut wrong: Vec<usize> = wrong.map(|(nth, _)| nth).collect();
    let sure = |nth: &usize| map.points[*nth].votes.unwrap_or(0.0);
    wrong.sort_by(|a, b| sure(b).total_cmp(&sure(a)));
    wrong
}

/// The run so many rows further down the history.
fn other(shown: &Run, rows: isize, shared: &Shared) -> Vec<Intent> {
    let runs = &shared.listing.runs;
    let at = runs.iter().position(|run| run.id == shown.id).unwrap_or(0);
    let at = at.saturating_add_signed(rows).min(runs.len() - 1);
    vec![Intent::Show(Some(runs[at].id.clone()))]
}

impl Screen for Explore {
    fn hints(&self, shared: &Shared) -> Vec<Hint> {
        if self.write.is_open() {
            return shared.keys.write.hints();
        }
        let (run, map) = (shared.shown().is_some(), self.map(shared));
        let works = |act: &Action| match act {
            Action::Map | Action::Space => run,
            Action::Other(_) => shared.listing.runs.len() > 1,
            Action::Mistake(_) => map.is_some_and(|map| map.accuracy().is_some()),
            _ => map.is_some(),
        };
        shared.keys.explore.hints_that(works)
    }

    fn help(&self, keys: &Keymap) -> Vec<Hint> {
        keys.explore.hints()
    }

    fn update(&mut self, key: &KeyEvent, shared: &Shared) -> Option<Vec<Intent>> {
        if self.write.is_open() {
            let (run, space) = (shared.shown()?, self.space());
            let then = |path: &std::path::Path| save_dialog::map(run, space, path);
            return Some(self.write.key(key, &shared.keys.write, then));
        }
        let act = shared.keys.explore.action(key)?;
        Some(self.act(act, shared))
    }

    fn click(&mut self, row: usize, shared: &Shared) -> Vec<Intent> {
        if let Some(map) = self.map(shared) {
            let places = self.places(map);
            self.go(row.min(places.len() - 1), &places);
        }
        Vec::new()
    }

    fn wheel(&mut self, turns: isize, shared: &Shared) {
        if self.map(shared).is_some() {
            self.act(Action::Zoom(turns < 0), shared);
        }
    }

    fn is_typing(&self) -> bool {
        self.write.is_open()
    }

    fn paste(&mut self, text: &str) {
        self.write.paste(text);
    }

    fn reads(&self, shared: &Shared) -> Vec<String> {
        shared
            .shown()
            .map(|run| run.id.clone())
            .into_iter()
            .collect()
    }

    fn view(&self, ctx: &mut DrawContext, shared: &Shared) {
        view::draw(self, ctx, shared);
        self.write.view(ctx, shared);
    }
}
