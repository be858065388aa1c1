//! How long training takes, by the speed of runs that are there.

use super::Shared;
use crate::experiment::Experiment;
use crate::text::figures;

impl Shared {
    /// How long training takes, by the speed of the last run like it.
    #[must_use]
    pub fn seconds(&self, experiment: &Experiment) -> Option<f64> {
        let train = &experiment.train;
        let steps = experiment.steps_per_epoch(self.train_images(experiment)?) * train.epochs;
        Some((steps * 2 * train.batch) as f64 / self.speed(experiment)?)
    }

    /// How many runs these are and how long they take, in words.
    #[must_use]
    pub fn takes(&self, experiments: &[Experiment]) -> String {
        let seconds: Option<f64> = experiments.iter().map(|e| self.seconds(e)).sum();
        Self::takes_between(experiments.len(), seconds.map(|seconds| (seconds, seconds)))
    }

    /// The same, where they take so many seconds at least and at most.
    #[must_use]
    pub fn takes_between(runs: usize, seconds: Option<(f64, f64)>) -> String {
        let runs = match runs {
            1 => "1 run".to_owned(),
            runs => format!("{} runs", figures::thousands(runs as u64)),
        };
        let time = seconds.map(|(least, most)| {
            let [least, most] = [least, most].map(figures::duration);
            let range = if least == most {
                most
            } else {
                format!("{least} to {most}")
            };
            format!("about {range} one after another")
        });
        let unknown = || "how long that takes is known after a first run".to_owned();
        format!("{runs}, {}", time.unwrap_or_else(unknown))
    }

    /// Views a second that the newest run with the same network and image size reached.
    #[must_use]
    pub fn speed(&self, experiment: &Experiment) -> Option<f64> {
        self.listing.runs.iter().find_map(|run| {
            let theirs = run.experiment.as_ref()?;
            let same = theirs.model == experiment.model
                && theirs.data.image_size == experiment.data.image_size
                && theirs.machine.device == experiment.machine.device;
            let speed = run.series.last("views_per_second")?.value;
            (same && speed.is_finite() && speed > 0.0).then_some(speed)
        })
    }
}
