//! What the keys of the Sweeps screen do to one sweep, and to one item of the queue.

use super::{Sweeps, confirm, refuse};
use crate::ui::intent::{Intent, QueueChange};
use crate::ui::keymap::sweeps::Action;
use crate::ui::save_dialog::{self, Kind};
use crate::ui::shared::Shared;
use crate::ui::task::Task;
use std::path::Path;

impl Sweeps {
    /// A change of the item under the cursor of the queue.
    pub(super) fn of_item(&mut self, act: Action, shared: &Shared) -> Vec<Intent> {
        let items = &shared.queue.items;
        let Some(nth) = self.item else {
            let key = shared.keys.sweeps.key(Action::Queue);
            return refuse(&format!("{key} goes into the queue first"));
        };
        let nth = nth.min(items.len().saturating_sub(1));
        let Some(item) = items.get(nth) else {
            return Vec::new();
        };
        if act == Action::Remove
            && let Some(question) = confirm::remove(item, shared.queue.paused)
        {
            return vec![Intent::Ask(question)];
        }
        let id = item.id.clone();
        vec![Intent::Queue(match act {
            Action::Shift(places) => {
                let to = nth.saturating_add_signed(places);
                self.item = Some(to.min(items.len() - 1));
                QueueChange::Shift(id, places)
            }
            Action::Retry => QueueChange::Retry(id),
            _ => QueueChange::Remove(id, false),
        })]
    }

    pub(super) fn of_sweep(&self, act: Action, shared: &Shared) -> Vec<Intent> {
        let entry = self.entry();
        let sweep = match &entry.sweep {
            Ok(sweep) => sweep,
            Err(why) => return refuse(why),
        };
        match act {
            Action::Train => match confirm::train(entry, &shared.plan(), shared) {
                Ok(question) => vec![Intent::Ask(question)],
                Err(why) => refuse(&why),
            },
            Action::Copy => vec![Intent::Copy(sweep.command())],
            _ => {
                let case = &sweep.cases[self.case.unwrap_or(0)];
                let experiment = Box::new(case.experiment.clone());
                vec![Intent::Edit(experiment, sweep.titled(case))]
            }
        }
    }

    pub(super) fn ask_for_report(&mut self) {
        let name = self.entry().name.rsplit('/').next().unwrap_or_default();
        let name = name.strip_suffix(".ron").unwrap_or(name);
        self.write.open(Kind::Report, &format!("{name}.html"));
    }

    /// Has the report of the sweep written, as it is judged here.
    pub(super) fn report(&self, path: &Path) -> Result<Intent, String> {
        save_dialog::ends(path, &["html", "md"])?;
        let entry = self.entry();
        let sweep = entry.sweep.as_ref().map_err(Clone::clone)?;
        let from = self.baseline(sweep).and_then(|nth| sweep.cases.get(nth));
        let from = from.map_or("", |case| case.name.as_str());
        let by = self.judged().unwrap_or(sweep.metric);
        let task = Task::report(&entry.name, entry.scale(), (by, from), path);
        Ok(Intent::Begin(task))
    }
}
