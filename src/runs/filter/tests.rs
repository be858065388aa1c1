//! Tests of filters.

use super::*;
use crate::engine::report::{Begin, Outcome, Point, Report};
use crate::experiment::Experiment;
use crate::runs::{Environment, RunFolder};
use proptest::prelude::*;

/// A completed run made two days ago, with a tag and a note, kNN at best 71.5 and at last 70.25.
fn run(folder: &tempfile::TempDir) -> Run {
    let mut experiment = Experiment::named("Colour half");
    experiment.loss.temperature = 0.1;
    let environment = Environment::here("cpu", 2, None);
    let mut made = RunFolder::create(folder.path(), &experiment, &environment).unwrap();
    let begin = Begin::of(40, 10);
    let point = |step: u64, knn: f64, loss: f64| {
        Report::Point(Point {
            epoch: step as f64 / 10.0,
            elapsed: step as f64 * 100.0,
            ..Point::at(step, [("knn", knn), ("loss", loss)])
        })
    };
    for report in [
        Report::Begin(begin),
        point(20, 71.5, 5.0),
        point(40, 70.25, f64::NAN),
        Report::end(Outcome::Completed),
    ] {
        made.log().append(&report).unwrap();
    }
    let dir = folder.path().join(made.id());
    drop(made);
    let mut run = Run::open(&dir);
    run.annotate(|notes| {
        notes.tags = vec!["crop".to_owned(), "Two words".to_owned()];
        notes.note = "looks odd, don't trust".to_owned();
    })
    .unwrap();
    run.created = 1000.0;
    run
}

const NOW: f64 = 1000.0 + 2.0 * 86400.0;

#[test]
fn words_hold_where_they_should() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(&folder);
    let id = run.id.rsplit('-').next().unwrap();
    let by_end = format!("id:{id}");
    for text in [
        "",
        "  ",
        "temperature<0.2 tag:crop status:done name~colour knn>=70 archived:no -tag:bad",
        "loss.temperature=0.1",
        "temperature==0.1",
        "temperature!=0.2",
        "temperature<=0.1",
        "knn=70.25",
        "knn>70%",
        "best>71",
        "knn.best=71.5",
        "loss=nan",
        "loss.best=5",
        "epoch=4",
        "step>=40",
        "age<3d",
        "age>1d12h",
        "age<=1w",
        "took>1h",
        "Status:Completed",
        "colour",
        "\"colour half\"",
        "odd",
        "don't",
        "note~\"don't trust\"",
        "tag:\"two words\"",
        "tag~two",
        "name:'colour half'",
        "!tag:bad",
        "-bad",
        "optimizer:SGD",
        "optimizer~gd",
        "head.norm:off",
        "path=",
        &by_end,
    ] {
        let filter = Filter::parse(text).unwrap();
        assert!(filter.holds(&run, NOW), "{text}");
    }
    for text in [
        "temperature<0.1",
        "temperature!=0.1",
        "-temperature=0.1",
        "-colour",
        "tag:cro",
        "tag=",
        "status:failed",
        "status:live",
        "loss<9",
        "loss>=0",
        "h_rank>0",
        "age<1d",
        "colour nothing",
        "archived:yes",
        "optimizer:lars",
        "id:nothing",
        "note=",
    ] {
        let filter = Filter::parse(text).unwrap();
        assert!(!filter.holds(&run, NOW), "{text}");
    }
}

#[test]
fn what_makes_no_sense_is_a_sentence() {
    for (text, why) in [
        (
            "temprature<1",
            "runs have no \"temprature\"; did you mean temperature?",
        ),
        ("temperature<", "temperature takes a number"),
        (
            "temperature<warm",
            "temperature takes a number, not \"warm\"",
        ),
        (
            "age<2",
            "age takes a time such as 2d, 12h, 30m or 50s, not 2",
        ),
        (
            "age<2y",
            "age takes a time such as 2d, 12h, 30m or 50s, not \"2y\"",
        ),
        ("age<", "age takes a time such as 2d, 12h, 30m or 50s"),
        (
            "status:dnoe",
            "status is never \"dnoe\"; did you mean done?",
        ),
        (
            "optimizer:lers",
            "optimizer is never \"lers\"; did you mean lars?",
        ),
        ("optimizer:", "optimizer is one of sgd, adamw, lars"),
        (
            "archived:perhaps",
            "archived takes yes or no, not \"perhaps\"",
        ),
        (
            "name<b",
            "name is not a number, so nothing is above or below it; = and ~ compare it",
        ),
        ("tag~", "tag~ takes a part of a text"),
        ("<3", "a name goes before <, such as temperature<0.2"),
        (
            "-",
            "- goes right before a word that must not match, with no space between",
        ),
        ("note~\"two", "a \" opens a text, and no other closes it"),
    ] {
        assert_eq!(Filter::parse(text).unwrap_err(), why, "{text}");
    }
}

#[test]
fn only_a_word_on_archived_runs_asks_for_them() {
    let asks = |text: &str| Filter::parse(text).unwrap().asks_for_archived();
    assert!(asks("knn>1 archived:yes") && asks("-archived:no"));
    assert!(!asks("archived") && !asks("name~archived"));
}

proptest! {
    #[test]
    fn no_text_upsets_the_parser(text in ".{0,40}") {
        let _ = Filter::parse(&text);
    }

    #[test]
    fn nor_does_one_of_its_own_letters(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "age", "knn", "temperature", "tag", "status", "<", "=", "!=", "~", ":", "-", "!", "\"", "'", " ", "2d", "0.1",
                "é", "%", "done", "\0", "w", ".", "e",
            ]),
            0..12,
        )
    ) {
        let _ = Filter::parse(&parts.concat());
    }

    #[test]
    fn quotes_make_a_word_of_any_text(text in "[^\"\0]{1,20}") {
        let filter = Filter::parse(&format!("\"{text}\"")).unwrap();
        let what = What::Text(text.to_lowercase());
        prop_assert_eq!(filter.terms, [Term { not: false, what }]);
    }

    #[test]
    fn a_word_and_its_opposite_part_all_runs(limit in 0.0..1.0_f64, sign in prop::sample::select(vec!["<", "<=", "=", "!=", ">", ">="])) {
        let folder = tempfile::tempdir().unwrap();
        let run = run(&folder);
        let word = format!("temperature{sign}{limit}");
        let holds = |text: &str| Filter::parse(text).unwrap().holds(&run, NOW);
        prop_assert_ne!(holds(&word), holds(&format!("-{word}")));
        let own = match sign {
            "<" => 0.1 < limit,
            "<=" => 0.1 <= limit,
            ">" => 0.1 > limit,
            ">=" => 0.1 >= limit,
            "=" => (0.1 - limit).abs() < f64::EPSILON,
            _ => (0.1 - limit).abs() > f64::EPSILON,
        };
        prop_assert_eq!(holds(&word), own);
    }
}

#[test]
fn blanks_around_a_sign_say_nothing() {
    for (typed, meant) in [
        ("knn > 20", "knn>20"),
        ("a  temperature >= 0.2 b", "a temperature>=0.2 b"),
        ("-tag : x", "-tag:x"),
        ("jitter != 1", "jitter!=1"),
    ] {
        assert_eq!(Filter::parse(typed), Filter::parse(meant), "{typed}");
    }
    assert_ne!(
        Filter::parse("name~\"a > b\""),
        Filter::parse("name~\"a>b\"")
    );
}
