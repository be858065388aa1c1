//! What runs are compared by: figures that mean the same in each of them.

use super::standard_error::chance;
use super::{Run, Sample};
use crate::experiment::Difference;

/// Which sample of a metric stands for a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Which {
    /// The best.
    Best,
    /// The last.
    Last,
    /// The last one at or before this step, if it is of a trained network.
    AtStep(u64),
    /// The last one within so many seconds of training, likewise.
    AtTime(f64),
}

impl Which {
    /// The run's value, where it has one.
    #[must_use]
    pub fn of(self, run: &Run, key: &str) -> Option<f64> {
        let sample = match self {
            Self::Last => return run.series.figure(key),
            Self::Best => return run.series.best(key).map(|s| s.value),
            Self::AtStep(step) => {
                before(run.series.curve(key), |s| s.step <= step).filter(|s| trained(s))
            }
            Self::AtTime(time) => {
                before(run.series.curve(key), |s| s.elapsed <= time).filter(|s| trained(s))
            }
        };
        sample.map(|s| run.series.figure_at(key, s))
    }
}

/// Whether something was learnt when it was taken.
const fn trained(sample: &Sample) -> bool {
    sample.step > 0
}

/// The last sample for which this holds, which holds for none after one for which it does not.
fn before(samples: &[Sample], holds: impl Fn(&Sample) -> bool) -> Option<&Sample> {
    samples
        .partition_point(holds)
        .checked_sub(1)
        .map(|n| &samples[n])
}

/// The last sample of each run that learnt something by then.
fn lasts<'a>(runs: &'a [&Run], key: &'a str) -> impl Iterator<Item = &'a Sample> {
    let lasts = runs.iter().filter_map(move |run| run.series.last(key));
    lasts.filter(|s| trained(s))
}

/// The last step that every run that was trained has a sample of this metric at or after; `None` where fewer than two have any, or where
/// all of them ended there, so that it says nothing new.
#[must_use]
pub fn common_step(runs: &[&Run], key: &str) -> Option<u64> {
    let lasts = lasts(runs, key);
    let steps: Vec<u64> = lasts.map(|s| s.step).collect();
    let least = *steps.iter().min()?;
    (steps.len() >= 2 && steps.iter().any(|step| *step != least)).then_some(least)
}

/// The same in seconds of training; ends that lie within a twentieth are taken for one: what was measured a moment later would be
/// told as a difference.
#[must_use]
pub fn common_time(runs: &[&Run], key: &str) -> Option<f64> {
    let lasts = lasts(runs, key);
    let times: Vec<f64> = lasts.map(|s| s.elapsed).collect();
    let least = times.iter().copied().min_by(f64::total_cmp)?;
    (times.len() >= 2 && times.iter().any(|time| *time > 1.05 * least)).then_some(least)
}

/// What is to be said where kNN was measured differently.
pub const KNN_UNLIKE: &str = "kNN was measured differently";

/// What reading a lower loss as a better representation gets wrong.
pub const LOSS_IS_NOT_QUALITY: &str = "A lower loss is not a better representation where augmentation, temperature or batch differ: judge by kNN.";

/// What is to be said of losses that can't be compared: in a sentence, and where there is room for a few words.
#[must_use]
pub const fn incomparable_losses(knn_is_alike: bool) -> [&'static str; 2] {
    if knn_is_alike {
        [LOSS_IS_NOT_QUALITY, "not comparable: judge by kNN"]
    } else {
        [
            "Loss and kNN can't be compared: augmentation, temperature or batch differ, and kNN was measured differently.",
            "loss and kNN are not comparable",
        ]
    }
}

/// How the neighbours of kNN vote.
const VOTES: [&str; 2] = ["knn.k", "knn.temperature"];
/// What tells images apart where no fingerprint does.
const IMAGES: [&str; 7] = [
    "data.source",
    "data.path",
    "data.bank",
    "data.test",
    "data.validation",
    "data.train_limit",
    "data.test_limit",
];

/// Whether kNN was measured differently in these runs, which differ so: by other votes, or on other images, those of the bank among them.
#[must_use]
pub fn knn_differs_in_kind(runs: &[&Run], differences: &[Difference]) -> bool {
    let differs = |among: &[&str]| {
        let mut paths = differences.iter().map(|d| d.path.as_str());
        paths.any(|path| among.contains(&path))
    };
    let fingerprint = |run: &&Run| run.environment.as_ref()?.dataset.clone();
    let fingerprints: Option<Vec<_>> = runs.iter().map(fingerprint).collect();
    let other_images = match fingerprints {
        Some(all) => all.windows(2).any(|two| !two[0].same_images(&two[1])),
        None => differs(&IMAGES),
    };
    other_images || differs(&VOTES)
}

/// The test images of the run that has the fewest.
#[must_use]
pub fn tested(runs: &[&Run]) -> u64 {
    let of = |run: &&Run| run.series.begin.as_ref().map(|b| b.test_images);
    runs.iter().filter_map(of).min().unwrap_or(0)
}

/// How many points of kNN accuracy between these runs may be chance; `None` for a single one, or without test images.
#[must_use]
pub fn knn_chance(runs: &[&Run]) -> Option<f64> {
    let knn: Vec<f64> = runs.iter().filter_map(|run| run.last_knn()).collect();
    let most = knn
        .iter()
        .filter_map(|knn| chance(*knn, *knn, tested(runs)));
    most.reduce(f64::max).filter(|_| knn.len() > 1)
}

/// Whether the losses of these runs, which differ so, can't be compared: by other views, another loss, or other numbers of pairs in it.
#[must_use]
pub fn losses_differ_in_kind(runs: &[&Run], differences: &[Difference]) -> bool {
    let mut paths = differences.iter().map(|d| d.path.as_str());
    let of = |run: &&Run| Some(run.experiment.as_ref()?.train.seen_by_loss());
    let pairs: Vec<usize> = runs.iter().filter_map(of).collect();
    paths.any(|path| path.starts_with("augment.") || path.starts_with("loss."))
        || pairs.windows(2).any(|two| two[0] != two[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::data::Fingerprint;
    use crate::engine::report::{Point, Report};
    use crate::experiment::Experiment;
    use crate::hparam::Group;
    use crate::runs::{Environment, Record};

    /// A run with kNN at these steps, each step taking so many seconds.
    fn run(pace: f64, samples: &[(u64, f64)]) -> Run {
        let mut run = Run::open(std::path::Path::new("/nowhere/20260101-000000-x-1"));
        for (step, value) in samples {
            let point = Point {
                elapsed: *step as f64 * pace,
                ..Point::at(*step, [("knn", *value)])
            };
            run.series.apply(&Record {
                at: *step as f64,
                report: Report::Point(point),
            });
        }
        run
    }

    #[test]
    fn untrained_runs_are_compared_at_no_step() {
        let [untrained, one, two] = [
            run(1.0, &[(0, 20.0)]),
            run(1.0, &[(0, 20.0), (10, 30.0)]),
            run(1.0, &[(0, 20.0), (20, 40.0)]),
        ];
        assert_eq!((untrained.last_knn(), one.last_knn()), (None, Some(30.0)));
        for runs in [[&untrained, &one], [&untrained, &untrained]] {
            assert_eq!(common_step(&runs, "knn"), None);
            assert_eq!(common_time(&runs, "knn"), None);
        }
        assert_eq!(common_step(&[&untrained, &one, &two], "knn"), Some(10));
    }

    #[test]
    fn knn_is_measured_alike_where_votes_and_images_are_the_same() {
        let fields = Experiment::default().fields();
        for path in VOTES.iter().chain(&IMAGES) {
            assert!(fields.iter().any(|field| field.path == *path), "{path}");
        }
        let of = |path: &str, images: &str| {
            let mut run = run(1.0, &[]);
            let mut experiment = Experiment::default();
            experiment.set("data.path", path).unwrap();
            run.experiment = Some(experiment);
            let dataset = (!images.is_empty()).then(|| Fingerprint {
                hash: images.to_owned(),
                ..Fingerprint::default()
            });
            run.environment = Some(Environment {
                dataset,
                ..Environment::default()
            });
            run
        };
        let unlike = |a: &Run, b: &Run| {
            let experiments: Vec<_> = [a, b].map(|r| r.experiment.as_ref().unwrap()).into();
            knn_differs_in_kind(&[a, b], &Experiment::differences(&experiments))
        };
        let (here, there) = (of("here", "1"), of("there", "1"));
        assert!(!unlike(&here, &there), "the same images at another place");
        assert!(unlike(&here, &of("here", "2")), "others at the same place");
        assert!(unlike(&here, &of("there", "")), "who knows");
        assert!(!unlike(&here, &of("here", "")), "as far as is known");
        let mut other = here.clone();
        other.experiment.as_mut().unwrap().knn.k = 3;
        assert!(unlike(&here, &other), "other votes");
    }

    #[test]
    fn losses_are_alike_where_they_are_of_as_many_pairs() {
        let of = |batch: usize, chunk: usize, negatives: &str| {
            let mut run = run(1.0, &[]);
            let mut experiment = Experiment::default();
            experiment.set("train.negatives", negatives).unwrap();
            (experiment.train.batch, experiment.train.chunk) = (batch, chunk);
            run.experiment = Some(experiment);
            run
        };
        let unlike = |a: Run, b: Run| {
            let experiments: Vec<_> = [&a, &b].map(|r| r.experiment.as_ref().unwrap()).into();
            losses_differ_in_kind(&[&a, &b], &Experiment::differences(&experiments))
        };
        assert!(!unlike(of(64, 0, "batch"), of(64, 16, "batch")));
        assert!(unlike(of(64, 0, "batch"), of(32, 0, "batch")));
        assert!(unlike(of(64, 16, "batch"), of(64, 16, "chunk")));
        assert!(unlike(of(64, 32, "chunk"), of(64, 16, "chunk")));
        assert!(!unlike(of(64, 16, "chunk"), of(128, 16, "chunk")));
        assert!(!unlike(of(64, 0, "batch"), of(64, 0, "chunk")));
    }

    #[test]
    fn values_at_a_step_and_a_time_are_the_last_before_them() {
        let run = run(2.0, &[(10, 1.0), (20, 3.0), (30, 2.0)]);
        let at = |which: Which| which.of(&run, "knn");
        assert_eq!(at(Which::Best), Some(3.0));
        assert_eq!(at(Which::Last), Some(2.0));
        assert_eq!(at(Which::AtStep(20)), Some(3.0));
        assert_eq!(at(Which::AtStep(29)), Some(3.0));
        assert_eq!(at(Which::AtStep(9)), None);
        assert_eq!(at(Which::AtTime(39.9)), Some(1.0));
        assert_eq!(at(Which::AtTime(40.0)), Some(3.0));
    }

    #[test]
    fn what_all_runs_have_reached_is_where_the_shortest_ends() {
        let short = run(3.0, &[(10, 1.0), (20, 3.0)]);
        let long = run(1.0, &[(10, 1.0), (50, 3.0)]);
        let none = run(1.0, &[]);
        assert_eq!(common_step(&[&short, &long, &none], "knn"), Some(20));
        assert_eq!(common_time(&[&short, &long, &none], "knn"), Some(50.0));
        // Ends that lie close to each other are one.
        let (close, later) = (run(1.04, &[(50, 3.0)]), run(1.06, &[(50, 3.0)]));
        assert_eq!(common_time(&[&long, &close], "knn"), None);
        assert_eq!(common_time(&[&long, &later], "knn"), Some(50.0));
        // Nothing new is said where all end at once, or where there is one alone.
        assert_eq!(common_step(&[&long, &long], "knn"), None);
        assert_eq!(common_time(&[&long, &long], "knn"), None);
        assert_eq!(common_step(&[&long, &none], "knn"), None);
    }
}
