//! Charts with ordinary numbers, and with any.

use super::*;
use crate::text::says::Says;
use proptest::prelude::*;

fn sample() -> Plot {
    let points = (0..100).map(|i| {
        (
            f64::from(i),
            if i == 50 {
                f64::NAN
            } else {
                5.0 - f64::from(i) / 40.0
            },
        )
    });
    let one = Line {
        name: "one, \"quoted\"".to_owned(),
        points: points.collect(),
        breaks: vec![
            (20.0, "gap 2 h".to_owned()),
            (200.0, "gap unseen".to_owned()),
        ],
    };
    Plot {
        title: "loss".to_owned(),
        x: "epoch".to_owned(),
        y: "loss in nats".to_owned(),
        log: false,
        lines: vec![
            one,
            Line {
                name: "two".to_owned(),
                points: vec![(0.0, 4.0), (99.0, 3.0)],
                breaks: Vec::new(),
            },
        ],
        guides: vec![("chance 5.54".to_owned(), 5.54)],
        from_zero: false,
    }
}

#[test]
fn a_chart_is_drawn_with_its_words_and_a_gap_at_nan() {
    for log in [false, true] {
        let plot = Plot { log, ..sample() };
        let svg = plot.svg().unwrap();
        for word in ["loss in nats", "epoch", "two", "chance 5.54", "gap 2 h"] {
            assert!(svg.contains(word), "{word}");
        }
        assert!(!svg.contains("NaN") && !svg.contains("unseen"));
    }
    let png = sample().file(Path::new("a.PNG")).unwrap();
    let image = image::load_from_memory(&png).unwrap();
    assert_eq!((image.width(), image.height()), SIZE);
}

#[test]
fn columns_come_back_and_names_are_quoted() {
    let csv = String::from_utf8(sample().file(Path::new("a.csv")).unwrap()).unwrap();
    csv.begins("curve,epoch,loss in nats\n\"one, \"\"quoted\"\"\",0,5\n");
    assert_eq!(csv.lines().count(), 103);
}

/// Any number that a log may hold, the ends of what a float can be more often than by chance.
fn any() -> impl Strategy<Value = f64> {
    let ends = [
        0.0,
        -0.0,
        5e-324,
        1e-310,
        1.0,
        1e15,
        1.7e308,
        -1.7e308,
        f64::NAN,
        f64::INFINITY,
    ];
    prop_oneof![prop::sample::select(ends.to_vec()), prop::num::f64::ANY]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn whatever_the_numbers_a_chart_ends_and_its_axes_are_finite(
        points in prop::collection::vec((any(), any()), 1..5),
        guide in any(),
        log: bool,
        from_zero: bool,
    ) {
        let line = Line { name: "a".to_owned(), points, ..Line::default() };
        let plot = Plot { log, from_zero, lines: vec![line], guides: vec![("g".to_owned(), guide)], ..Plot::default() };
        let Some((x, y)) = plot.bounds() else { return Ok(()) };
        for range in [x, y] {
            prop_assert!((range.end - range.start).is_finite() && range.start < range.end);
        }
        let svg = plot.svg().unwrap();
        prop_assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}

#[test]
fn nothing_and_unknown_endings_are_sentences() {
    let empty = Plot::default();
    assert!(matches!(empty.svg(), Err(PlotError::Empty)));
    let why = sample().file(Path::new("a.pdf")).unwrap_err().to_string();
    why.says("a.pdf");
    why.says(".svg");
}
