//! Curves over resumes, gaps and clocks.

use super::*;
use crate::engine::report::{Level, Outcome};

fn begin(step: u64, at: f64) -> Record {
    let report = Report::Begin(Begin {
        step,
        ..Begin::of(100, 10)
    });
    Record { at, report }
}

fn point(step: u64, key: &str, value: f64) -> Record {
    let point = Point {
        epoch: step as f64 / 10.0,
        elapsed: 2.0 * step as f64,
        ..Point::at(step, [(key, value)])
    };
    Record {
        at: 1000.0 + step as f64,
        report: Report::Point(point),
    }
}

fn said(report: Report) -> Record {
    Record { at: 2000.0, report }
}

fn series(records: &[Record]) -> Series {
    let mut series = Series::default();
    for record in records {
        series.apply(record);
    }
    series
}

fn steps(series: &Series, key: &str) -> Vec<u64> {
    series.curve(key).iter().map(|s| s.step).collect()
}

#[test]
fn a_resume_drops_what_will_be_done_again_and_marks_the_gap() {
    let checkpoint = |step: u64| {
        said(Report::Checkpoint(Checkpoint {
            step,
            file: format!("step-{step}"),
            bytes: 1,
        }))
    };
    let mut story = vec![begin(0, 1000.0), point(0, "knn", 20.0)];
    story.extend((1..=25).map(|step| point(step, "loss", 5.0)));
    story.extend([
        checkpoint(10),
        checkpoint(20),
        said(Report::end(Outcome::Stopped)),
    ]);
    let stopped = series(&story);
    assert!(stopped.end.is_some());
    assert_eq!(stopped.progress(), Some((25, 100)));

    let mut words = said(Report::note(Level::Info, "goes on from step 10"));
    words.at = 4990.0;
    story.extend([words, begin(10, 5000.0)]);
    assert_eq!(steps(&series(&story), "loss").last(), Some(&10));
    story.push(point(11, "loss", 4.0));
    let resumed = series(&story);
    assert_eq!(resumed.end, None);
    assert_eq!(resumed.progress(), Some((11, 100)));
    assert_eq!(steps(&resumed, "loss"), (1..=11).collect::<Vec<_>>());
    assert_eq!(steps(&resumed, "knn"), [0]);
    assert_eq!(resumed.checkpoints.len(), 1);
    let gap = Gap {
        step: 10,
        from: 2000.0,
        to: 5000.0,
    };
    assert_eq!(resumed.gaps, [gap]);
}

#[test]
fn no_step_is_doubled_even_when_the_record_of_the_resume_is_lost() {
    let twice = [1, 2, 3, 4, 3, 4, 5].map(|step| point(step, "loss", step as f64));
    assert_eq!(steps(&series(&twice), "loss"), [1, 2, 3, 4, 5]);
}

#[test]
fn the_best_is_by_the_metrics_own_direction_and_never_not_a_number() {
    let values = [
        (1, f64::NAN),
        (2, 3.0),
        (3, f64::INFINITY),
        (4, 7.0),
        (5, 7.0),
        (6, f64::NAN),
    ];
    let of = |key: &str| series(&values.map(|(step, v)| point(step, key, v)));
    assert_eq!(of("knn").best("knn").map(|s| s.step), Some(4));
    assert_eq!(of("loss").best("loss").map(|s| s.step), Some(2));
    assert_eq!(
        of("rate").best("rate"),
        None,
        "no rate is better than another"
    );
    assert_eq!(of("unheard").best("unheard"), None);
    assert!(of("knn").last("knn").is_some_and(|s| s.value.is_nan()));
    assert_eq!(series(&[point(1, "knn", f64::NAN)]).best("knn"), None);
    let untrained = [point(0, "knn", 22.0), point(5, "knn", 20.0)];
    assert_eq!(series(&untrained).best("knn").map(|s| s.step), Some(5));
}

#[test]
fn the_loss_that_is_read_is_the_mean_of_an_epoch() {
    let mut story = vec![begin(0, 1000.0)];
    story.extend((1..=4).map(|step| point(step, "loss", step as f64)));
    assert_eq!(series(&story).figure("loss"), Some(2.5), "as far as it is");
    story.extend((5..=25).map(|step| point(step, "loss", step as f64)));
    let whole = series(&story);
    assert_eq!(whole.figure("loss"), Some(20.5), "steps 16 to 25");
    assert_eq!(whole.outline().figure("loss"), Some(20.5));
    let json = serde_json::to_string(&whole.outline()).unwrap();
    let read: Series = serde_json::from_str(&json).unwrap();
    assert_eq!(read.figure("loss"), Some(20.5));
    story.push(point(26, "loss", f64::NAN));
    assert!(
        series(&story)
            .outline()
            .figure("loss")
            .is_some_and(f64::is_nan)
    );
    assert_eq!(series(&[point(0, "knn", 22.0)]).figure("knn"), Some(22.0));
    assert_eq!(Series::default().figure("loss"), None);
}

#[test]
fn the_untrained_knn_is_that_of_step_0() {
    assert_eq!(
        series(&[point(0, "knn", 22.0), point(5, "knn", 30.0)]).untrained_knn(),
        Some(22.0)
    );
    assert_eq!(series(&[point(5, "knn", 30.0)]).untrained_knn(), None);
}

#[test]
fn time_left_follows_the_pace_and_the_clock() {
    let mut story = vec![begin(0, 1000.0)];
    story.extend((1..=40).map(|step| point(step, "loss", 5.0)));
    let running = series(&story);
    let left = |series: &Series, now: f64| series.eta(now).map(f64::round);
    assert_eq!(left(&running, 1040.0), Some(120.0), "60 steps at 2 s");
    assert_eq!(left(&running, 1041.0), Some(119.0));
    assert_eq!(left(&running, 900.0), Some(120.0), "a clock that went back");
    assert_eq!(left(&running, 9000.0), Some(0.0));
    story.push(Record {
        at: 1040.0,
        report: Report::Paused,
    });
    assert_eq!(
        left(&series(&story), 9000.0),
        Some(120.0),
        "a pause takes no time"
    );
    story.push(said(Report::end(Outcome::Failed)));
    assert_eq!(series(&story).eta(1040.0), None);
    assert_eq!(series(&[begin(0, 1.0)]).eta(2.0), None);
    assert_eq!(Series::default().eta(0.0), None);
}

#[test]
fn a_clock_that_is_set_back_turns_no_time_around() {
    let at = |mut record: Record, at: f64| {
        record.at = at;
        record
    };
    let set_back = series(&[
        begin(0, 9000.0),
        at(point(1, "loss", 5.0), 9001.0),
        at(point(2, "loss", 5.0), 5402.0),
        begin(2, 5500.0),
        at(point(3, "loss", 5.0), 5501.0),
        at(point(4, "loss", 5.0), 9002.0),
    ]);
    let times: Vec<f64> = set_back.curve("loss").iter().map(|s| s.at).collect();
    assert_eq!(times, [9001.0, 9001.0, 9001.0, 9002.0]);
    assert_eq!(
        (set_back.gaps[0].from, set_back.gaps[0].to),
        (9001.0, 9001.0)
    );
    assert!(set_back.last_at >= 9002.0);
    let left = set_back.eta(5503.0);
    assert_eq!(left.map(f64::round), Some(192.0), "96 steps at 2 s");
}

#[test]
fn a_checkpoint_written_again_is_one() {
    let last = |step| {
        said(Report::Checkpoint(Checkpoint {
            step,
            file: "last".to_owned(),
            bytes: 1,
        }))
    };
    let series = series(&[begin(0, 1.0), last(10), last(20)]);
    assert_eq!(series.checkpoints.len(), 1);
    assert_eq!(series.checkpoints[0].step, 20);
}

#[test]
fn of_many_checkpoints_the_newest_are_known() {
    let last = MOST_CHECKPOINTS as u64 + 9;
    let mut series = series(&[begin(0, 1.0)]);
    for step in 1..=last {
        series.apply(&said(Report::Checkpoint(Checkpoint {
            step,
            file: format!("step-{step}"),
            bytes: 1,
        })));
    }
    assert_eq!(series.checkpoints.len(), MOST_CHECKPOINTS);
    assert_eq!(series.checkpoints.last().map(|c| c.step), Some(last));
}
