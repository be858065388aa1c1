//! The Explore screen: where the images lie in what a run learnt, one of them with its neighbours.

mod canvas;
mod cells;
mod confusion;
mod figures;
mod image;
mod legend;
mod map_pane;
mod state;
mod thumbs;
mod tiles;
mod two;
mod view;

pub use state::Explore;

use crate::runs::Run;
use crate::ui::intent::Intent;
use crate::ui::keymap::Keymap;
use crate::ui::keymap::explore::Action;
use crate::ui::keys::Hint;
use crate::ui::save_dialog::{self, Kind};
use crate::ui::screens::Screen;
use crate::ui::shared::Shared;
use crate::ui::task::Task;
use crossterm::event::KeyEvent;

impl Explore {
    fn act(&mut self, act: Action, shared: &Shared) -> Vec<Intent> {
        match (act, shared.shown()) {
            (Action::Space, _) => self.z = !self.z,
            (Action::Map, Some(run)) => return vec![Intent::Begin(Task::map(run, self.space()))],
            (Action::Other(rows), Some(_)) => {
                let show = |run: &Run| Intent::Show(Some(run.id.clone()));
                return shared.beside_shown(rows).map(show).into_iter().collect();
            }
            (Action::Write, Some(_)) if self.map(shared).is_some() => {
                self.write.open(Kind::Map, "map.html");
            }
            _ => {
                let Some(map) = self.map(shared) else {
                    let key = shared.keys.explore.key(Action::Map);
                    let why = match self.making(shared) {
                        Some(_) => "the map is being made; wait for it".to_owned(),
                        None => format!("there is no map yet; {key} makes one"),
                    };
                    return vec![Intent::Refuse(why)];
                };
                self.look_around(act, map);
            }
        }
        Vec::new()
    }
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
            Action::Mistake(_) | Action::Confusion => {
                map.is_some_and(|map| map.accuracy().is_some())
            }
            _ => map.is_some(),
        };
        let mut hints = shared.keys.explore.hints_that(works);
        // The key that led into a pane leads out of it.
        let there = self
            .pane
            .opener()
            .and_then(|act| shared.keys.explore.hint(act));
        let back = there.and_then(|there| hints.iter().position(|hint| hint.name == there.name));
        if let Some(nth) = back {
            let mut hint = hints.remove(nth);
            hint.name = "back";
            hints.insert(0, hint);
        }
        hints
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
}
