//! The Compare screen: another baseline, equal steps, evaluations, and its table as a file.

use crate::common::{Bench, finished, quick, runs};
use crate::snapshot;
use simclr_tui::runs::{Evaluation, Run};

/// The first three runs, marked and compared.
fn three() -> Bench {
    of(runs())
}

fn of(runs: Vec<Run>) -> Bench {
    let mut bench = Bench::new(runs);
    bench.press("<alt-3> <space> j <space> j <space> j <alt-4>");
    bench
}

/// The same of runs with evaluations, which stand at the end of the table.
fn evaluated(runs: Vec<Run>) -> Bench {
    let mut bench = of(runs);
    let ids = bench.app.shared.marked.clone();
    assert!(bench.app.shared.look_for_evaluations(&ids));
    for _ in 0..40 {
        bench.press("j");
    }
    bench
}

fn row(bench: &mut Bench, label: &str) -> String {
    let text = bench.draw(160, 48);
    let line = text.lines().find(|l| l.contains(label));
    line.unwrap_or_else(|| unreachable!("{label} is not in {text}"))
        .to_owned()
}

#[test]
fn names_that_differ_at_their_ends_are_told_apart() {
    let long = |end: &str| {
        let name = format!("20261123-201500-quick-crop-colour-{end}");
        finished(&name, quick(), 50.0)
    };
    let mut bench = of(vec![long("7f3a"), long("81c0"), long("9d44")]);
    let text = bench.draw(80, 24);
    for end in ["7f3a", "81c0", "9d44"] {
        // In the table and above the chart.
        assert_eq!(text.matches(end).count(), 2, "{end}\n{text}");
    }
}

#[test]
fn as_many_runs_stand_beside_each_other_as_results_have_room() {
    let named = |nth: usize| finished(&format!("run-{nth}"), quick(), 50.0 + nth as f64);
    let mut bench = of((0..4).map(named).collect());
    bench.press("<alt-3> G <space> <alt-4>");
    for (columns, shown) in [(160, 4), (80, 4), (60, 3)] {
        let text = bench.draw(columns, 24);
        let heads = text.lines().find(|line| line.contains("against A"));
        assert_eq!(heads.unwrap().matches("run-").count(), shown, "{text}");
        let best = text.lines().find(|line| line.contains("kNN best %"));
        assert_eq!(best.unwrap().matches('.').count(), 2 * shown - 1, "{text}");
    }
}

#[test]
fn its_table_scrolls_by_pages() {
    let mut bench = three();
    let before = bench.draw(80, 24);
    bench.press("<pagedown>");
    assert_ne!(bench.draw(80, 24), before);
    bench.press("<pageup>");
    assert_eq!(bench.draw(80, 24), before);
}

#[test]
fn differences_are_counted_from_the_run_that_is_chosen() {
    let mut bench = three();
    assert!(row(&mut bench, "against").contains("against A"));
    let first = row(&mut bench, "kNN best");
    bench.press("b");
    assert!(row(&mut bench, "against").contains("against B"));
    let second = row(&mut bench, "kNN best");
    assert_ne!(first, second);
    // The difference of B to A is that of A to B with the other sign.
    let by = |row: &str| -> Vec<f64> {
        let words = row.split_whitespace();
        words
            .filter(|w| w.starts_with(['+', '−']))
            .filter_map(|w| w.replace('−', "-").parse().ok())
            .collect()
    };
    assert!(
        (by(&first)[0] + by(&second)[0]).abs() < 1e-9,
        "{first} {second}"
    );
    bench.press("b b");
    assert!(row(&mut bench, "against").contains("against A"));
}

#[test]
fn all_metrics_are_charts_beside_each_other_and_some_are_chosen() {
    let mut bench = three();
    bench.press("g");
    snapshot("compare_grid", &mut bench);
    assert!(bench.draw(80, 24).contains("more charts; / finds metrics"));
    bench.press("/ k n n <space> t o p <enter>");
    snapshot("compare_chosen", &mut bench);
    let text = bench.draw(160, 48);
    assert!(
        !text.contains("learning rate") && text.contains("kNN accuracy"),
        "{text}"
    );
    bench.press("/ <esc> g");
    assert!(row(&mut bench, "against").contains("against A"));
}

#[test]
fn runs_that_share_a_setting_are_one_curve() {
    let mut all = Vec::new();
    for (nth, knn) in [60.0, 66.0, 40.0, 42.0].into_iter().enumerate() {
        let mut experiment = quick();
        experiment.loss.temperature = if nth < 2 { 0.2 } else { 0.5 };
        experiment.train.seed = nth as u64;
        all.push(finished(&format!("run-{nth}"), experiment, knn));
    }
    let mut bench = Bench::new(all);
    bench.press("<alt-3> <space> j <space> j <space> j <space> <alt-4> G w a r m t h <enter>");
    assert!(bench.draw(120, 36).contains("runs have no \"warmth\""));
    bench.press("<ctrl-u> t e m p <enter>");
    snapshot("compare_groups", &mut bench);
    let text = bench.draw(160, 48);
    assert!(
        text.contains("AB temperature 0.2") && text.contains("CD temperature 0.5"),
        "a group has the letters that its runs have in the table\n{text}"
    );
}

#[test]
fn runs_of_unequal_length_are_compared_where_all_have_come() {
    let mut bench = three();
    let text = bench.draw(160, 48);
    assert!(
        text.contains("kNN % at step") && text.contains("loss at step"),
        "{text}"
    );
    assert!(text.contains("kNN % after"), "{text}");
}

#[test]
fn the_table_is_written_in_three_forms() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = three();
    let write = |bench: &mut Bench, name: &str| {
        let path = folder.path().join(name);
        bench.press("W <ctrl-u>");
        bench.paste(path.to_str().unwrap());
        bench.press("<enter>");
        path
    };
    let text = std::fs::read_to_string(write(&mut bench, "a.md")).unwrap();
    let widths: Vec<usize> = text.lines().map(|l| l.matches('|').count()).collect();
    assert!(widths.len() > 8 && widths.iter().all(|w| *w == 5), "{text}");
    assert!(text.contains("| kNN best % | "), "{text}");
    let text = std::fs::read_to_string(write(&mut bench, "a.csv")).unwrap();
    assert_eq!(text.lines().count(), 4, "{text}");
    let text = std::fs::read_to_string(write(&mut bench, "a.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["runs"].as_array().unwrap().len(), 3);
    let path = write(&mut bench, "a.svg");
    assert!(!path.exists());
    assert!(
        bench
            .draw(160, 48)
            .contains("tables end with .md, .csv or .json")
    );
}

#[test]
fn evaluations_stand_class_by_class() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = runs();
    all.truncate(3);
    for (nth, run) in all.iter_mut().enumerate() {
        run.dir = folder.path().join(&run.id);
        let one = Evaluation {
            format: 1,
            method: "probe".to_owned(),
            space: "h".to_owned(),
            top1: 0.5 + 0.125 * nth as f64,
            classes: vec!["circle".to_owned(), "star".to_owned()],
            per_class: vec![Some(0.25), Some(0.5 + 0.25 * nth as f64)],
            ..Evaluation::default()
        };
        if nth < 2 {
            std::fs::create_dir_all(&run.dir).unwrap();
            one.save(&run.dir).unwrap();
        }
    }
    let mut bench = evaluated(all);
    assert!(row(&mut bench, "evaluated").contains("linear probe of h"));
    let star = row(&mut bench, "star");
    assert!(
        star.contains("50.0") && star.contains("75.0 +25.0") && star.contains('–'),
        "{star}"
    );
    snapshot("compare_evaluated", &mut bench);
}

#[test]
fn the_form_tells_what_the_marked_runs_had() {
    let mut bench = three();
    bench.press("1 / s t r e n g t h <enter>");
    let text = bench.draw(160, 48);
    for name in ["A quick", "B crop-only", "C large-batch"] {
        assert!(text.contains(name), "{name} is not in {text}");
    }
    bench.press("/ e p o c h s <enter>");
    let narrow = bench.draw(80, 24);
    assert!(
        narrow.contains("Fig. 9") && !narrow.contains(" · A"),
        "it is the same for all\n{narrow}"
    );
    bench.press("/ j i t t e r . p <enter>");
    let narrow = bench.draw(80, 24);
    assert!(narrow.contains(" · AC 0.8 · B 0"), "{narrow}");
}

#[test]
fn a_knn_that_other_settings_measured_is_neither_better_nor_worse() {
    let shown = |alter: fn(&mut Run)| {
        let mut runs = runs();
        alter(&mut runs[1]);
        let mut bench = of(runs);
        let text = bench.draw(160, 48);
        (text, is_judged(&bench))
    };
    let (text, judged) = shown(|_| ());
    assert!(!text.contains("measured differently") && judged, "{text}");
    let (text, judged) = shown(|run| run.experiment.as_mut().unwrap().knn.k = 20);
    assert!(text.contains("kNN was measured differently"), "{text}");
    assert!(!judged, "{text}");
}

#[test]
fn evaluations_by_other_protocols_are_neither_better_nor_worse() {
    let shown = |protocols: [&str; 2]| {
        let folder = tempfile::tempdir().unwrap();
        let mut all = runs();
        all.truncate(3);
        // So that kNN of the training isn't judged either.
        all[1].experiment.as_mut().unwrap().knn.k = 20;
        for ((run, protocol), top1) in all.iter_mut().zip(protocols).zip([0.5, 0.75]) {
            run.dir = folder.path().join(&run.id);
            let one = Evaluation {
                format: 1,
                method: "probe".to_owned(),
                space: "h".to_owned(),
                protocol: protocol.to_owned(),
                top1,
                ..Evaluation::default()
            };
            std::fs::create_dir_all(&run.dir).unwrap();
            one.save(&run.dir).unwrap();
        }
        let mut bench = evaluated(all);
        (row(&mut bench, "evaluated"), is_judged(&bench))
    };
    let (heading, judged) = shown(["one", "one"]);
    assert!(
        !heading.contains("measured differently") && judged,
        "{heading}"
    );
    let (heading, judged) = shown(["one", "another"]);
    assert!(
        heading.contains("linear probe of h, measured differently"),
        "{heading}"
    );
    assert!(!judged, "{heading}");
}

/// Whether the last frame tells anything as better or worse.
fn is_judged(bench: &Bench) -> bool {
    let theme = &bench.app.shared.theme;
    let judged = [theme.good, theme.bad].map(|style| style.fg.map(|colour| format!("{colour:?}")));
    let colours = bench.colours();
    judged
        .iter()
        .flatten()
        .any(|colour| colours.contains(colour))
}

#[test]
fn runs_of_one_name_are_told_apart_by_as_much_as_that_takes() {
    let run = |width, temperature| {
        let mut experiment = quick();
        (experiment.model.width, experiment.loss.temperature) = (width, temperature);
        let mut run = finished("quick", experiment, 60.0);
        run.id = format!("20260921-201500-quick-{width}-{temperature}");
        run
    };
    let seen = |runs: [Run; 3]| of(runs.to_vec()).draw(160, 48);
    let text = seen([run(8, 0.5), run(16, 0.5), run(32, 0.5)]);
    assert!(
        text.contains(" A width 8 ") && text.contains(" B width 16 "),
        "{text}"
    );
    // The width alone says the same of two that differ.
    let text = seen([run(8, 0.5), run(8, 0.2), run(16, 0.5)]);
    assert!(
        text.contains("re 0.2 ") && text.contains("re 0.5 "),
        "{text}"
    );
}
