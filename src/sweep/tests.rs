//! What a sweep's text comes to, and what is said where it comes to nothing.

use super::*;
use crate::experiment::presets::PRESETS;
use crate::text::says::Says;
use std::path::Path;

fn source(text: &str) -> Result<Source, SweepError> {
    Source::parse(text, "f", Path::new("/nowhere"))
}

fn sweep(text: &str) -> Sweep {
    source(text).unwrap().sweep(None, &[]).unwrap()
}

fn names(sweep: &Sweep) -> Vec<&str> {
    sweep.cases.iter().map(|case| case.name.as_str()).collect()
}

/// The sentence on a text that is no sweep.
fn refusal(text: &str) -> String {
    let swept = source(text).and_then(|source| source.sweep(None, &[]));
    swept.expect_err(text).to_string()
}

#[test]
fn a_grid_is_every_combination_and_the_last_value_changes_fastest() {
    let sweep = sweep(
        "(name: \"g\", base: \"quick\", grid: {\"loss.temperature\": [0.1, 1], \"train.optimizer\": [sgd, \"lars\"]}, seeds: [3, 1])",
    );
    assert_eq!(
        names(&sweep),
        [
            "temperature 0.1, optimizer sgd",
            "temperature 0.1, optimizer lars",
            "temperature 1, optimizer sgd",
            "temperature 1, optimizer lars"
        ]
    );
    let trainings: Vec<Training> = sweep.trainings().collect();
    assert_eq!(trainings.len(), 8);
    assert_eq!(trainings[4], Training { case: 0, seed: 1 });
    let experiment = sweep.experiment(trainings[7]);
    assert_eq!(experiment.train.seed, 1);
    assert_eq!(experiment.train.optimizer.name(), "lars");
    assert!((experiment.loss.temperature - 1.0).abs() < 1e-12);
    assert_eq!(experiment.train.batch, 128, "the preset's");
    assert_eq!(experiment.name, "g temperature 1, optimizer lars, seed 1");
}

#[test]
fn names_of_cases_tell_hyperparameters_apart_and_depend_on_the_file_alone() {
    let sweep = sweep(
        "(name: \"g\", grid: {\"augment.jitter.p\": [0.0], \"loss.temperature\": [0.2], \"knn.temperature\": [0.1]})",
    );
    assert_eq!(
        names(&sweep),
        ["jitter.p 0, loss.temperature 0.2, knn.temperature 0.1"]
    );
}

#[test]
fn cases_are_crossed_with_a_grid_and_may_be_the_base_itself() {
    let sweep = sweep(
        "(name: \"c\", set: {\"train.warmup\": 0}, cases: [(name: \"a\"), (name: \"b\", set: {\"head.norm\": true})],
          grid: {\"head.out\": [32, 64]}, baseline: \"b, out 32\")",
    );
    assert_eq!(
        names(&sweep),
        ["a, out 32", "a, out 64", "b, out 32", "b, out 64"]
    );
    assert_eq!(sweep.baseline, Some(2));
    assert_eq!(sweep.varied, ["head.out", "head.norm"]);
    assert!(sweep.cases[3].experiment.head.norm && sweep.cases[3].experiment.head.out == 64);
}

#[test]
fn pairs_are_each_alone_and_each_two_together() {
    let sweep = sweep(
        "(name: \"p\", set: {\"augment.crop.p\": 0, \"augment.jitter.p\": 0, \"augment.blur.p\": 0},
          pairs: [(name: \"crop\", set: {\"augment.crop.p\": 1}), (name: \"jitter\", set: {\"augment.jitter.p\": 0.8}),
                  (name: \"blur\", set: {\"augment.blur.p\": 0.5})])",
    );
    assert_eq!(
        names(&sweep),
        [
            "crop",
            "crop + jitter",
            "crop + blur",
            "jitter",
            "jitter + blur",
            "blur"
        ]
    );
    let both = &sweep.cases[4];
    assert_eq!(both.pair, Some((1, 2)));
    let augment = &both.experiment.augment;
    assert_eq!(
        (augment.crop.p, augment.jitter.p, augment.blur.p),
        (0.0, 0.8, 0.5)
    );
}

#[test]
fn a_scale_sets_replaces_values_and_is_chosen_by_name() {
    let text = "(name: \"s\", grid: {\"train.batch\": [256, 512]}, baseline: \"batch 256\", scales: {
        \"small\": (base: \"quick\", set: {\"train.epochs\": 4}, grid: {\"train.batch\": [16]}, seeds: [1, 2], baseline: \"batch 16\"),
        \"large\": (set: {\"train.epochs\": 20})})";
    let source = source(text).unwrap();
    let small = source.sweep(None, &[]).unwrap();
    assert_eq!(small.scale.as_deref(), Some("small"));
    assert_eq!(
        (names(&small), small.seeds.clone()),
        (vec!["batch 16"], vec![1, 2])
    );
    assert_eq!(small.shared.model.width, 16, "the preset's");
    let large = source
        .sweep(Some("large"), &["loss.temperature=0.2".to_owned()])
        .unwrap();
    assert_eq!(names(&large), ["batch 256", "batch 512"]);
    assert_eq!(
        (large.shared.train.epochs, large.shared.model.width),
        (20, 64)
    );
    assert!((large.shared.loss.temperature - 0.2).abs() < 1e-12);
    assert_eq!(
        large.command(),
        "simclr-tui sweep f --scale large --set 'loss.temperature=0.2'"
    );
    let why = source.sweep(Some("huge"), &[]).unwrap_err().to_string();
    assert_eq!(why, "f has no scale \"huge\"; it has small, large");
    for (set, words) in [
        ("train.batch=4", "the sweep varies train.batch"),
        ("train.seed=4", "train.seed is varied by seeds"),
        ("loss.temprature=4", "did you mean loss.temperature?"),
        ("loss.temperature=400", "takes a number from 0.01 to 10"),
    ] {
        let why = source
            .sweep(None, &[set.to_owned()])
            .unwrap_err()
            .to_string();
        assert!(why.contains(words), "{set}: {why}");
    }
}

#[test]
fn the_fingerprint_is_of_what_cases_share() {
    let text = |t: &str, batch: u32| {
        format!(
            "(name: \"s\", set: {{\"train.batch\": {batch}}}, grid: {{\"loss.temperature\": [{t}]}})"
        )
    };
    let one = sweep(&text("0.1, 0.2", 64)).fingerprint;
    assert_eq!(one, sweep(&text("0.5", 64)).fingerprint);
    assert_ne!(one, sweep(&text("0.5", 32)).fingerprint);
    let based = text("0.5", 64).replace("set: {", "set: {\"loss.temperature\": 0.3, ");
    assert_eq!(one, sweep(&based).fingerprint, "whatever the base had");
}

#[test]
fn what_is_wrong_with_cases_is_told_at_once() {
    let faults = |epochs: u32| {
        let epochs: Vec<String> = (1..=epochs).map(|e| e.to_string()).collect();
        let text = format!(
            "(name: \"x\", set: {{\"train.warmup\": 100}}, grid: {{\"train.epochs\": [200, {}]}})",
            epochs.join(", ")
        );
        let source = Source::parse(&text, "f", Path::new("")).unwrap();
        let why = source.sweep(None, &[]).unwrap_err().to_string();
        why.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let two = faults(2);
    assert_eq!(two.len(), 2, "{two:?}");
    assert!(
        two[1].contains("epochs 2") && two[1].contains("warm-up"),
        "{two:?}"
    );
    let many = faults(30);
    assert_eq!(many.len(), 11);
    assert_eq!(many[10], "f: 20 more cases can't be trained");
}

#[test]
fn all_wrong_names_are_told_at_once() {
    let text = "(name: \"x\", // \"loss.t\": 1
 grdi: 3, paper: (section: \"1\", values: {\"a\": 1}),
 cases: [(name: \"a\", set: {\"loss.temprature\": 1, \"head.out\": 32})],
 scales: {\"small\": (set: {\"train.btch\": 8})})";
    let all = refusal(text);
    let lines: Vec<&str> = all.lines().collect();
    let begins = [
        "f:2:2: there is no \"grdi\" in the sweep; did you mean grid?",
        "f:3:29: there is no hyperparameter \"loss.temprature\"",
        "f:4:28: there is no hyperparameter \"train.btch\"",
    ];
    assert_eq!(lines.len(), begins.len(), "{all}");
    for (line, begin) in lines.iter().zip(begins) {
        assert!(line.starts_with(begin), "{line}");
    }
}

#[test]
fn what_is_wrong_is_one_sentence_with_its_place() {
    for (text, says) in [
        (
            "(name: \"x\",\n grid: {\n  \"loss.temprature\": [0.1]})",
            "f:3:4: there is no hyperparameter \"loss.temprature\"; did you mean loss.temperature?",
        ),
        (
            "(name: \"x\", cases: [(name: \"a\",\n  set: {\"augment.noise\": 1})])",
            "f:2:10: there is no hyperparameter \"augment.noise\"",
        ),
        (
            "(name: \"x\", grid: {\n \"loss.temperature\": [0.1,\n  999]})",
            "f:3:3: loss.temperature: temperature takes a number from 0.01 to 100, not 999",
        ),
        (
            "(name: \"x\", grid: {\"train.optimizer\": [sgd, adam]})",
            "optimizer takes sgd, adamw or lars, not \"adam\"; did you mean adamw?",
        ),
        ("(name: \"x\", grid: {\n\"train.batch\": []})", "f:2:"),
        (
            "(name: \"x\", grid: {\"train.batch\": []})",
            "train.batch has no values to take",
        ),
        (
            "(name: \"x\", grid: {\"train.batch\": [8, 8]})",
            "train.batch has 8 twice",
        ),
        (
            "(name: \"x\", grid: {})",
            "grid has no hyperparameters to vary",
        ),
        (
            "(name: \"x\", grid: {\"train.batch\": 8})",
            "f:1:35: a list such as [0.1, 0.5] is expected here",
        ),
        (
            "(name: \"x\")",
            "f: there is nothing to vary; a sweep needs grid, cases or pairs",
        ),
        (
            "(name: \"x\", grid: {\"train.seed\": [0]})",
            "train.seed is varied by seeds",
        ),
        (
            "(name: \"x\", grid: {\"name\": [\"a\"]})",
            "cases name the runs",
        ),
        (
            "(name: \"x\", gird: {\"train.batch\": [8]})",
            "f:1:13: there is no \"gird\" in the sweep; did you mean grid?",
        ),
        ("(grid: {\"train.batch\": [8]})", "the sweep needs name"),
        ("", "f:1:1: the file is empty"),
        (
            "(format: 9, name: \"x\", later: 1)",
            "f:1:10: this file has format 9",
        ),
        (
            "(name: \"x\", seeds: [1, 2, 1], grid: {\"train.batch\": [8]})",
            "seeds has 1 twice",
        ),
        (
            "(name: \"x\", seeds: [], grid: {\"train.batch\": [8]})",
            "seeds is empty",
        ),
        (
            "(name: \"x\", base: \"quikc\", grid: {\"train.batch\": [8]})",
            "f:1:19: base: quikc: there is no such preset, and no such file beside the sweep; did you mean the preset quick?",
        ),
        (
            "(name: \"x\", set: {\"train.epochs\": 2}, grid: {\"loss.temperature\": [1]})",
            "f: base: train.warmup: warm-up (10 epochs) is longer than training (train.epochs: 2); lower it",
        ),
        (
            "(name: \"x\", cases: [\n (name: \"fine\"),\n (name: \"short\", set: {\"train.epochs\": 2})])",
            "f:3:9: case \"short\": train.warmup: warm-up (10 epochs) is longer",
        ),
        (
            "(name: \"x\", cases: [(name: \"a\", set: {\"head.out\": 32}),\n (name: \"b\", set: {\"head.out\": 32})])",
            "f:2:9: the cases \"a\" and \"b\" are the same experiment",
        ),
        (
            "(name: \"x\", grid: {\"machine.device\": [\"cpu\", \"auto\"]})",
            "are the same experiment",
        ),
        (
            "(name: \"x\", cases: [(name: \"a\"), (name: \"a\")])",
            "two cases are named \"a\"",
        ),
        (
            "(name: \"x\", pairs: [(name: \"a\")])",
            "one augmentation makes no pair",
        ),
        (
            "(name: \"x\", pairs: [(name: \"a\"), (name: \"b\")], cases: [(name: \"c\")])",
            "pairs can't be combined with grid, cases or random",
        ),
        (
            "(name: \"x\", pairs: [(name: \"a\", set: {\"head.out\": 8}), (name: \"b\", set: {\"head.out\": 16})])",
            "a and b set head.out to different values",
        ),
        (
            "(name: \"x\", grid: {\"train.batch\": [8]},\n baseline: \"batch 9\")",
            "f:2:12: baseline: no case is named \"batch 9\"; did you mean \"batch 8\"?",
        ),
        (
            "(name: \"x\", grid: {\"train.batch\": [8]}, paper: (section: \"T\", values: {\"batch 9\": 1.0}))",
            "paper: no case is named \"batch 9\"",
        ),
        (
            "(name: \"x\", grid: {\"train.batch\": [8]}, metric: \"lost.last\")",
            "there is no metric \"lost.last\"; did you mean loss.last or loss.best?",
        ),
        (
            "(name: \"x\", grid: {\"train.batch\": [8]}, metric: \"train.batch\")",
            "is not a metric",
        ),
        (
            "(name: \"x\", grid: {\"train.batch\": [8]},\n also: [\"knn.last\", \"prob.last\"])",
            "f:2:21: there is no metric \"prob.last\"; did you mean probe.last or probe.best?",
        ),
    ] {
        let said = refusal(text);
        assert!(
            said.starts_with('f') && said.contains(says),
            "{text}: {said}"
        );
        assert!(!said.contains('\n'), "{said}");
    }
}

#[test]
fn too_many_cases_are_counted_and_not_made() {
    let values: Vec<String> = (1..=2000).map(|n| n.to_string()).collect();
    let values = values.join(", ");
    let text = format!(
        "(name: \"x\", grid: {{\"train.epochs\": [{values}], \"knn.k\": [{values}], \"knn.every\": [{values}]}})"
    );
    assert_eq!(
        refusal(&text),
        "f: 8000000000 cases are too many to train; 100000 are the most"
    );
}

#[test]
fn a_path_of_an_older_version_is_still_known() {
    // No hyperparameter was renamed so far; the search itself is what this holds.
    for field in crate::hparam::Group::fields(&Experiment::default()) {
        for was in field.param.was {
            let (group, _) = field.path.rsplit_once('.').unwrap_or(("", ""));
            let old = crate::hparam::join(group, was);
            assert_eq!(settings::find(&old).unwrap().path, field.path);
        }
        let reserved = ["format", "name", "train.seed"].contains(&field.path.as_str());
        assert_eq!(
            settings::find(&field.path).is_err(),
            reserved,
            "{}",
            field.path
        );
    }
}

#[test]
fn a_base_is_a_file_beside_the_sweep() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.ron"), "(train: (batch: 32))").unwrap();
    let text = "(name: \"x\", base: \"mine.ron\", grid: {\"loss.temperature\": [0.1]})";
    std::fs::write(folder.path().join("s.ron"), text).unwrap();
    let path = folder.path().join("s.ron");
    let source = Source::open(&path.display().to_string()).unwrap();
    assert_eq!(source.sweep(None, &[]).unwrap().shared.train.batch, 32);
    std::fs::write(folder.path().join("mine.ron"), "(train: (batch: 1))").unwrap();
    let why = source.sweep(None, &[]).unwrap_err().to_string();
    why.says("s.ron:1:19: base: ");
    why.says("mine.ron:1:17: batch takes");
}

#[test]
fn every_shipped_sweep_launches_at_every_scale() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments/paper");
    let files = std::fs::read_dir(folder).unwrap();
    let files = files.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = files.collect();
    files.sort();
    let listed = included::SWEEPS.iter().map(|s| format!("{}.ron", s.name));
    let mut listed: Vec<String> = listed.collect();
    listed.sort_unstable();
    assert_eq!(listed, files);
    for shipped in included::SWEEPS {
        let source = Source::open(shipped.name).unwrap();
        let scales: Vec<&str> = source.scales().collect();
        assert!(scales.starts_with(&["quick", "cifar"]), "{}", shipped.name);
        for scale in scales {
            // Where the files lie is the user's to say.
            let path = (scale != "quick").then(|| "data.path=/data".to_owned());
            let sweep = source
                .sweep(Some(scale), path.as_slice())
                .unwrap_or_else(|e| panic!("{scale}: {e}"));
            assert_eq!(sweep.name, shipped.name);
            let paper = sweep.paper.as_ref().unwrap();
            assert!(
                shipped.text.contains(paper.section.as_str()),
                "{}",
                shipped.name
            );
        }
        assert!(PRESETS.iter().all(|preset| preset.name != shipped.name));
        let (title, purpose) = shipped.about().split_once(": ").expect("Title: purpose");
        assert!(
            !title.is_empty() && purpose.ends_with('.'),
            "{}",
            shipped.about()
        );
    }
}
