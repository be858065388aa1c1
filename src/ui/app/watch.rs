//! How long nothing need be looked at, and which folders say earlier that something has changed.

use super::App;
use crate::queue::QUEUE;
use crate::runs::EVALUATIONS;
use crate::ui::overlay::Overlay;
use crate::ui::screen_id::ScreenId;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Between two looks while something moves.
pub const TICK: Duration = Duration::from_millis(125);
/// The same while a run trains elsewhere, whose end may be told by nobody, or where folders don't tell of changes.
const LIVE: Duration = Duration::from_secs(1);
/// The same while nothing moves.
const SLOW: Duration = Duration::from_secs(5);

impl App {
    /// How long to wait before the next look, unless something happens; `watches_all` says whether folders tell of
    /// their changes.
    #[must_use]
    pub fn until_tick(&self, watches_all: bool) -> Duration {
        let listing = &self.shared.listing;
        let leaving = matches!(
            self.overlay,
            Some(Overlay::Stopping | Overlay::HandingOver(_))
        );
        let awaited = self.shared.live.is_busy() || self.orphan.is_some() || leaving;
        if awaited || listing.is_reading() {
            return TICK;
        }
        let live = listing.runs.iter().any(|run| run.status.is_live());
        let queue = self.screen == ScreenId::Sweeps && !self.shared.queue.workers.is_empty();
        let devices = self.screen == ScreenId::Experiment && self.experiment.chooses_device();
        if live || queue || devices || !watches_all {
            LIVE
        } else {
            SLOW
        }
    }

    /// The folders whose changes are of interest.
    #[must_use]
    pub fn folders(&self) -> Vec<PathBuf> {
        let listing = &self.shared.listing;
        let queue = Some(listing.dir.join(QUEUE)).filter(|queue| queue.is_dir());
        let runs = listing.runs.iter().map(|run| run.dir.clone());
        let mut folders: Vec<PathBuf> = runs.chain([listing.dir.clone()]).chain(queue).collect();
        if self.screen == ScreenId::Compare {
            let marked = self.shared.marked_runs().into_iter();
            let judged = marked.map(|run| run.dir.join(EVALUATIONS));
            folders.extend(judged.filter(|folder| folder.is_dir()));
        }
        folders
    }

    /// Whether folders of interest may be made in this one.
    #[must_use]
    pub fn has_folders(&self, folder: &Path) -> bool {
        self.screen == ScreenId::Compare || folder == self.shared.listing.dir
    }

    /// Something has changed in a folder: the next look is for it.
    pub fn changed(&mut self, folder: &Path) {
        if folder.ends_with(QUEUE) {
            self.shared.queue.expire();
        }
        self.shared.listing.expire(folder);
    }
}
