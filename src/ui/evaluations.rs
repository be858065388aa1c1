//! What the networks of some runs were judged to be worth, read again when it changes on disk.

use crate::runs::{EVALUATIONS, Evaluation, Run};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::SystemTime;

/// The evaluations of the runs that were looked at.
#[derive(Debug, Default)]
pub struct Evaluations(HashMap<PathBuf, (Option<SystemTime>, Vec<Evaluation>)>);

impl Evaluations {
    /// Looks at these runs and forgets the others; tells whether anything changed.
    pub fn look<'a>(&mut self, runs: impl Iterator<Item = &'a Run>) -> bool {
        let (mut seen, mut news) = (HashMap::new(), false);
        for run in runs {
            // A file that is written or renamed into the folder changes its time.
            let folder = std::fs::metadata(run.dir.join(EVALUATIONS));
            let time = folder.and_then(|folder| folder.modified()).ok();
            let known = self.0.remove(&run.dir).filter(|(known, _)| *known == time);
            let one = known.unwrap_or_else(|| {
                let all = time.map_or_else(Vec::new, |_| Evaluation::all(&run.dir));
                news |= !all.is_empty();
                (time, all)
            });
            seen.insert(run.dir.clone(), one);
        }
        self.0 = seen;
        news
    }

    /// Those of a run, the oldest first.
    #[must_use]
    pub fn of(&self, run: &Run) -> &[Evaluation] {
        self.0.get(&run.dir).map_or(&[], |(_, all)| all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_evaluation_is_seen_once() {
        let dir = tempfile::tempdir().unwrap();
        let run = Run::open(dir.path());
        let mut known = Evaluations::default();
        assert!(!known.look([&run].into_iter()));
        let one = Evaluation {
            method: "probe".to_owned(),
            ..Evaluation::default()
        };
        one.save(dir.path()).unwrap();
        assert!(known.look([&run].into_iter()));
        assert_eq!(known.of(&run), [one]);
        assert!(!known.look([&run].into_iter()));
        known.look(std::iter::empty());
        assert!(known.of(&run).is_empty());
    }
}
