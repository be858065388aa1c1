//! Looking what trainer and folders say: how often, and which folders tell of changes earlier.

use super::App;
use crate::queue::QUEUE;
use crate::runs::EVALUATIONS;
use crate::text::fit;
use crate::trainer::Notice;
use crate::ui::intent::Page;
use crate::ui::overlay::Overlay;
use crate::ui::screen_id::ScreenId;
use crate::ui::screens::help::Help;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Between two looks while something moves.
pub const TICK: Duration = Duration::from_millis(125);
/// The same while a run trains elsewhere, whose end may be told by nobody, or where folders don't tell of changes.
const LIVE: Duration = Duration::from_secs(1);
/// The same while nothing moves.
const SLOW: Duration = Duration::from_secs(5);

/// Cells that a refusal is wrapped to.
const REFUSAL: usize = 68;

impl App {
    /// Looks what the trainer and the runs folder say; to be called some times a second.
    pub fn tick(&mut self) {
        self.hear_trainer();
        self.look_at_queue();
        self.look_at_slurm();
        if let Some(why) = self.train.settle(&self.shared) {
            self.say(why, false);
        }
        let wanted = self.screen_ref().reads(&self.shared);
        self.shared.listing.want(&wanted);
        self.look_at_task();
        if self.saved.is_due(self.shared.clock.now()) {
            self.leave_behind();
        }
        if [ScreenId::Train, ScreenId::History, ScreenId::Compare].contains(&self.screen) {
            self.stale |= self.shared.look_for_evaluations(&wanted);
        }
        if self.screen == ScreenId::Explore {
            self.stale |= self.explore.look(&mut self.shared);
        }
        if self.screen == ScreenId::Experiment && self.experiment.chooses_device() {
            self.stale |= self.shared.devices.look();
        }
        if self.shared.listing.refresh() {
            self.shared.listing_changed();
            self.stale = true;
        }
        if let Some(meters) = &mut self.shared.meters {
            self.stale |= meters.look();
        }
        self.tell_of_ends();
        self.stale |= self.shared.settle_message();
        // Ages and times left move on by themselves: once a second while something lives, else once a minute.
        let live = self.shared.listing.runs.iter().any(|r| r.status.is_live());
        let pace = if live || self.shared.live.is_busy() {
            1.0
        } else {
            60.0
        };
        let second = (self.shared.clock.now() / pace) as u64;
        self.stale |= second != self.second;
        self.second = second;
    }

    /// Tells of runs that ended since the last look.
    fn tell_of_ends(&mut self) {
        for news in self.notifier.look(&self.shared.listing.runs) {
            self.told.push_str(&self.notifier.escapes(&news));
            if let Err(why) = self.notifier.run(&news) {
                self.say(why, true);
            }
        }
    }

    /// Takes what the trainer said since last time.
    pub fn hear_trainer(&mut self) {
        let stage = self.shared.live.stage.clone();
        let notices = self.shared.live.poll();
        self.stale |= !notices.is_empty() || stage != self.shared.live.stage;
        for notice in notices {
            match notice {
                Notice::Refused(why) => self.not_started(&why),
                Notice::Warning(text) => {
                    self.keep_here();
                    self.say(text, true);
                }
                Notice::Started { .. } | Notice::Finished { .. } => {
                    self.shared.listing.refresh();
                    self.shared.listing_changed();
                }
                Notice::HandedOver { dir } => self.handed_over(&dir),
                Notice::CalledOff => {
                    let text = "stopped before the training began; nothing was written";
                    self.say(text.to_owned(), false);
                }
                Notice::Preparing(_) | Notice::Opening(_) | Notice::Paused | Notice::Continued => {}
            }
        }
        self.look_after_leaving();
    }

    /// The trainer refused a run: what came from the form is shown there, where it can be mended.
    fn not_started(&mut self, why: &str) {
        let from_form = self.launched == ScreenId::Experiment;
        if from_form && self.screen == ScreenId::Train {
            self.screen = ScreenId::Experiment;
            if !self.experiment.refused(why, &self.shared) {
                let page = Page {
                    title: "not started".to_owned(),
                    lines: fit::wrap(why, REFUSAL),
                };
                self.overlay = Some(Overlay::Help(Help::of_text(page)));
                return;
            }
        }
        self.say(format!("not started: {why}"), true);
    }

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
        let awaited = self.running.is_some() || self.saved.is_waiting();
        if live || queue || devices || awaited || !watches_all {
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
