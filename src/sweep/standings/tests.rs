//! Who is cut and who goes on, and which cases are drawn.

use super::*;
use crate::engine::report::{Begin, End, Outcome, Point, Report};
use crate::hparam::Value;
use crate::runs::Record;
use crate::sweep::Source;
use crate::text::says::Says;
use std::path::Path;

const SWEEP: &str = r#"(format: 2, name: "s", base: "quick", set: {"train.epochs": 8, "knn.every": 1},
 grid: {"loss.temperature": [0.1, 0.2, 0.5, 1.0]}, halving: (first: 2, factor: 2))"#;

fn sweep(text: &str) -> Result<Sweep, String> {
    let source = Source::parse(text, "s.ron", Path::new("")).map_err(|e| e.to_string())?;
    source.sweep(None, &[]).map_err(|e| e.to_string())
}

/// The run of a case that has come to the end of an epoch of 4 steps, with the same kNN at each.
fn run(sweep: &Sweep, case: usize, epochs: u64, knn: f64, outcome: Option<Outcome>) -> Run {
    let mut run = Run::open(&Path::new("/nowhere").join(format!("run-{case}")));
    let training = Training { case, seed: 0 };
    run.experiment = Some(sweep.experiment(training));
    run.origin = Some(sweep.origin(training, 0));
    run.status = match outcome {
        Some(Outcome::Completed) => Status::Completed,
        Some(Outcome::Stopped) => Status::Stopped,
        Some(Outcome::Failed) => Status::Failed,
        None => Status::Running,
    };
    let mut say = |report| run.series.apply(&Record { at: 0.0, report });
    say(Report::Begin(Begin::of(32, 4)));
    for step in 1..=4 * epochs {
        let value = if step % 4 == 0 {
            ("knn", knn)
        } else {
            ("loss", 1.0)
        };
        say(Report::Point(Point::at(step, [value])));
    }
    if let Some(outcome) = outcome {
        say(Report::end(outcome));
    }
    run
}

/// How the cases stand whose runs have come so far with this kNN.
fn standings(runs: &[(u64, f64)]) -> Vec<Standing> {
    let sweep = sweep(SWEEP).unwrap();
    let stopped = |(case, (epochs, knn)): (usize, &(u64, f64))| {
        let outcome = if *epochs == 8 {
            Outcome::Completed
        } else {
            Outcome::Stopped
        };
        run(&sweep, case, *epochs, *knn, Some(outcome))
    };
    let plan = Plan::of(runs.iter().enumerate().map(stopped).collect());
    sweep.standings(&plan, 0).unwrap()
}

fn cut(standing: &Standing) -> &str {
    match standing {
        Standing::Cut(why) => why,
        other => panic!("{other:?} is not cut"),
    }
}

#[test]
fn all_train_to_the_first_comparison_and_wait_there() {
    let to = |epoch| Standing::Until(Some(epoch));
    assert_eq!(standings(&[]), vec![to(2); 4]);
    let some = standings(&[(2, 30.0), (2, 40.0), (1, 90.0)]);
    assert_eq!(some, [Standing::Waits, Standing::Waits, to(2), to(2)]);
}

#[test]
fn the_better_half_goes_on_each_time_and_the_last_one_to_its_end() {
    let first = [(2, 30.0), (2, 40.0), (2, 50.0), (2, 20.0)];
    let all = standings(&first);
    assert_eq!(
        cut(&all[0]),
        "cut at epoch 2: kNN 30.0 %; 40.0 % or more went on"
    );
    assert_eq!(
        all[1..3],
        [Standing::Until(Some(4)), Standing::Until(Some(4))]
    );
    let second = standings(&[(2, 30.0), (4, 40.0), (2, 50.0), (2, 20.0)]);
    assert_eq!(second[1..3], [Standing::Waits, Standing::Until(Some(4))]);
    let third = standings(&[(2, 30.0), (4, 40.0), (4, 50.0), (2, 20.0)]);
    cut(&third[1]).begins("cut at epoch 4: ");
    assert_eq!(third[2], Standing::Until(None));
    // What was decided stays so while the last one trains.
    let last = standings(&[(2, 30.0), (4, 40.0), (8, 50.0), (2, 20.0)]);
    assert_eq!(last, third);
}

#[test]
fn of_equals_the_first_in_the_file_goes_on() {
    let all = standings(&[(2, 30.0); 4]);
    assert_eq!(
        all[..2],
        [Standing::Until(Some(4)), Standing::Until(Some(4))]
    );
    assert!(all[2..].iter().all(|s| matches!(s, Standing::Cut(_))));
}

#[test]
fn one_that_failed_or_was_ended_by_its_rule_is_below_all_others() {
    let sweep = sweep(SWEEP).unwrap();
    let stopped = Some(Outcome::Stopped);
    let mut ruled = run(&sweep, 3, 1, 99.0, stopped);
    ruled.series.end = Some(End {
        by_rule: true,
        ..Outcome::Stopped.into()
    });
    let plan = Plan::of(vec![
        run(&sweep, 0, 1, 99.0, Some(Outcome::Failed)),
        run(&sweep, 1, 2, 10.0, stopped),
        run(&sweep, 2, 2, 12.0, stopped),
        ruled,
    ]);
    let all = sweep.standings(&plan, 0).unwrap();
    assert_eq!(
        cut(&all[0]),
        "cut at epoch 2: kNN none; 10.0 % or more went on"
    );
    cut(&all[3]).begins("cut at epoch 2: kNN none");
    assert_eq!(all[1], Standing::Until(Some(4)));
}

#[test]
fn a_comparison_that_can_never_be_is_refused() {
    for (from, to, says) in [
        ("first: 2", "first: 8", "is not before the end"),
        ("first: 2", "first: 0", "first is 1 or more epochs"),
        ("factor: 2", "factor: 1", "factor 2 or more"),
        (
            "\"knn.every\": 1",
            "\"knn.every\": 4",
            "there is no kNN at epoch 2",
        ),
        (
            "factor: 2",
            "factor: 2, last: 3",
            "there is no \"last\" in halving",
        ),
    ] {
        sweep(&SWEEP.replace(from, to)).unwrap_err().says(says);
    }
}

#[test]
fn cases_are_drawn_in_their_ranges_and_stay_when_there_are_more() {
    let text = include_str!("../../../tests/fixtures/v2/search.ron");
    let nine = sweep(text).unwrap();
    let more = sweep(&text.replace("cases: 9", "cases: 12")).unwrap();
    let values = |sweep: &Sweep, path: &str| -> Vec<Value> {
        (0..sweep.cases.len())
            .filter_map(|case| sweep.value(case, path))
            .collect()
    };
    assert_eq!(nine.cases.len(), 9);
    for (path, low, high) in [
        ("loss.temperature", 0.05, 1.0),
        ("augment.strength", 0.0, 1.5),
        ("train.batch", 64.0, 256.0),
    ] {
        let drawn = values(&nine, path);
        assert_eq!(values(&more, path)[..9], drawn, "{path}");
        let numbers: Vec<f64> = drawn.iter().filter_map(Value::number).collect();
        assert!(
            numbers.iter().all(|v| (low..=high).contains(v)),
            "{path}: {drawn:?}"
        );
        assert!(drawn.iter().any(|v| *v != drawn[0]), "{path}: {drawn:?}");
    }
    assert!(
        values(&nine, "train.batch")
            .iter()
            .all(|v| matches!(v, Value::Whole(64 | 128 | 256)))
    );
    let few = "random: (cases: 3, ranges: {\"train.batch\": (64, 128)})";
    let text = format!("(name: \"s\", base: \"quick\", {few})");
    sweep(&text).unwrap_err().says("2 different cases are all");
}
