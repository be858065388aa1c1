//! What can be done with a run by the checkpoints that it has.

use super::Shared;
use crate::runs::Run;
use crate::runs::folder::checkpoints;
use crate::text::figures;
use crate::ui::intent::{Intent, Question};
use crate::ui::keymap::train::Action;

impl Shared {
    /// Going on with a run; asks first where that is to begin again, and refuses where it can't be. `rerun` is what trains it
    /// again.
    #[must_use]
    pub fn resume(&self, run: &Run, rerun: &str) -> Intent {
        if let Some(why) = self.resume_refusal(run, rerun) {
            return Intent::Refuse(why);
        }
        let resume = Intent::Resume(run.dir.clone());
        let done = run.series.progress().map_or(0, |(done, _)| done);
        if done == 0 || !checkpoints(&run.dir).is_empty() {
            return resume;
        }
        let lost = match done {
            1 => "the step that it has done is lost".to_owned(),
            done => format!(
                "the {} steps that it has done are lost",
                figures::thousands(done)
            ),
        };
        Intent::Ask(Question {
            title: "train it from the beginning?".to_owned(),
            words: vec![format!(
                "{} has no checkpoint to continue from: it begins again, and {lost}.",
                run.title()
            )],
            yes: vec![resume],
        })
    }

    /// Why nothing can be made of a run's network yet: it is trained, and has no checkpoint so far.
    #[must_use]
    pub fn awaits_checkpoint(&self, run: &Run) -> Option<String> {
        let none = checkpoints(&run.dir).is_empty();
        (run.status.is_live() && none).then(|| {
            let title = run.title();
            if run.series.is_at_its_end() {
                return format!(
                    "{title} is being evaluated for the last time; its checkpoint comes after that"
                );
            }
            let save = self.keys.train.key(Action::Checkpoint);
            format!("{title} has no checkpoint yet; wait for one, or write one with {save}")
        })
    }
}
