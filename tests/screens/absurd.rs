//! Numbers that no training gives but a file may hold.

use crate::common::{Bench, SIZES, runs};
use simclr_tui::engine::metric::METRICS;
use simclr_tui::engine::report::{Point, Report};
use simclr_tui::runs::{Record, Run};

/// The run with two more points, whose values are so.
fn with_value(mut run: Run, value: f64) -> Run {
    for (step, far) in [(301, 1.0), (1 << 40, 9.9e11)] {
        let values = METRICS.iter().map(|metric| (metric.key.to_owned(), value));
        let point = Point {
            step,
            epoch: far,
            elapsed: far,
            values: values.collect(),
        };
        let (at, report) = (2.4e11, Report::Point(point));
        run.series.apply(&Record { at, report });
    }
    run.created = if value > 0.0 { 2.4e11 } else { 0.0 };
    run
}

#[test]
fn runs_of_any_numbers_are_drawn_on_every_screen() {
    let absurd = [
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        5e-324,
        -0.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    for value in absurd {
        let all = runs().into_iter().map(|run| with_value(run, value));
        let mut bench = Bench::new(all.collect());
        bench.press("<alt-3> <space> j <space> j <space> j");
        for screen in ["<alt-2>", "<alt-3>", "<alt-4>", "<alt-5>"] {
            bench.press(screen);
            for (width, height) in SIZES {
                assert!(!bench.draw(width, height).is_empty(), "{screen} {value}");
            }
        }
    }
}
