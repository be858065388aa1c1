//! Experiment files: every way to get one wrong is a sentence at its place, and saving keeps what a person wrote.

use crate::scratch::Says;
use proptest::prelude::*;
use simclr_tui::experiment::presets::{PRESETS, find};
use simclr_tui::experiment::text::rewrite;
use simclr_tui::experiment::{Experiment, file, load, parse};
use simclr_tui::hparam::{Field, Group, Rule, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The error of a text: `line:column: sentence`.
fn refusal(text: &str) -> String {
    let error = parse(text, "f").expect_err(text).to_string();
    let rest = error.strip_prefix("f:");
    rest.unwrap_or_else(|| panic!("{error:?} names no place"))
        .to_owned()
}

#[test]
fn errors_name_the_place_and_what_would_be_right() {
    for (text, place, words) in [
        // Unknown keys suggest the nearest name, or where such a name is.
        (
            "(\n  loss: (temprature: 0.5),\n)",
            "2:10",
            "there is no hyperparameter \"temprature\" in loss; did you mean temperature?",
        ),
        (
            "(\n  lss: (temperature: 0.5),\n)",
            "2:3",
            "did you mean loss?",
        ),
        ("(temperature: 0.5)", "1:2", "there is loss.temperature"),
        // Outside of its group, a misspelt name still finds it.
        (
            "(temprature: 0.5)",
            "1:2",
            "at the top level; did you mean loss.temperature?",
        ),
        (
            "(train: (temprature: 0.5))",
            "1:10",
            "in train; did you mean loss.temperature?",
        ),
        ("(jiter: (p: 0.5))", "1:2", "did you mean augment.jitter?"),
        ("(rat: 0.5)", "1:2", "did you mean train.rate?"),
        ("(crop: (p: 0.5))", "1:2", "there is augment.crop"),
        (
            "(train: (zzzzzzz: 1))",
            "1:10",
            "there are batch, chunk, negatives, recompute, epochs, optimizer",
        ),
        (
            "(train: (batch: 64, model: (width: 8)))",
            "1:21",
            "a closing parenthesis may be missing",
        ),
        // Types.
        (
            "(train: (batch: \"64\"))",
            "1:17",
            "batch takes a whole number from 2 to 65536, not \"64\"",
        ),
        (
            "(loss: (temperature: true))",
            "1:22",
            "temperature takes a number from 0.01 to 100, not \"true\"",
        ),
        (
            "(loss: (temperature: (1)))",
            "1:22",
            "temperature takes a number from 0.01 to 100, not a group",
        ),
        ("(loss: (temperature: [1, 2]))", "1:22", "not [1, 2]"),
        (
            "(name: quick)",
            "1:8",
            "name takes a text in double quotes, not quick",
        ),
        (
            "(name: 5)",
            "1:8",
            "name takes a text in double quotes, not 5",
        ),
        (
            "(head: (norm: yes))",
            "1:15",
            "norm takes true or false, not yes",
        ),
        (
            "(head: (norm: 1))",
            "1:15",
            "norm takes true or false, not 1",
        ),
        (
            "(train: (optimizer: adam))",
            "1:21",
            "optimizer takes sgd, adamw or lars, not \"adam\"; did you mean adamw?",
        ),
        (
            "(train: (optimizer: \"sgd\"))",
            "1:21",
            "optimizer takes sgd, adamw or lars, not \"sgd\"",
        ),
        ("(train: 5)", "1:9", "train is a group"),
        (
            "(loss: (temperature: ))",
            "1:22",
            "temperature has no value",
        ),
        // Ranges, at the value and not behind it.
        (
            "(\n  loss: (\n    temperature: 999.0,\n  ),\n)",
            "3:18",
            "temperature takes a number from 0.01 to 100, not 999",
        ),
        ("(train: (batch: 1))", "1:17", "whole number from 2"),
        (
            "(train: (batch: 12.5))",
            "1:17",
            "whole number from 2 to 65536, not 12.5",
        ),
        (
            "(train: (batch: -5))",
            "1:17",
            "whole number from 2 to 65536, not -5",
        ),
        ("(loss: (temperature: -0.5))", "1:22", "not -0.5"),
        ("(loss: (temperature: NaN))", "1:22", "not NaN"),
        ("(loss: (temperature: inf))", "1:22", "not inf"),
        (
            "(loss: (temperature: 1e999))",
            "1:22",
            "temperature takes a number",
        ),
        (
            "(train: (batch: 99999999999999999999999))",
            "1:17",
            "whole number from 2",
        ),
        (
            "(train: (batch: 0x80, epochs: 0))",
            "1:31",
            "epochs takes a whole number from 1",
        ),
        (
            "(format: 7)",
            "1:10",
            "this file has format 7, and this program reads up to 1",
        ),
        // Structure.
        ("(name: \"a\", name: \"b\")", "1:13", "name is given twice"),
        (
            "(loss: (temperature: 0.5), loss: ())",
            "1:28",
            "loss is given twice",
        ),
        (
            "(name: \"a\") (name: \"b\")",
            "1:13",
            "there is more text after",
        ),
        ("()x", "1:3", "there is more text after"),
        (
            "(\n  loss: (\n    temperature: 0.5,\n",
            "2:9",
            "this parenthesis is never closed",
        ),
        ("(name: \"a", "1:8", "this text is never closed"),
        ("(name: \"a\", /* (", "1:13", "this comment is never closed"),
        ("(name: \"a\" loss: ())", "1:12", "a comma"),
        ("(name: \"a\",, loss: ())", "1:12", "a comma"),
        ("(name \"a\")", "1:2", "name: value is expected"),
        ("(name = \"a\")", "1:7", "write : in place of ="),
        (
            "name: \"a\"",
            "1:1",
            "an experiment is written in parentheses",
        ),
        (
            "{\"name\": \"a\"}",
            "1:1",
            "an experiment is written in parentheses",
        ),
        ("", "1:1", "the file is empty"),
        (" \n\t\n", "1:1", "the file is empty"),
        // Columns count characters, not bytes.
        (
            "(name: \"\u{e9}\u{e9}\u{1f600}\", lss: ())",
            "1:15",
            "did you mean loss?",
        ),
    ] {
        let error = refusal(text);
        assert!(
            error.starts_with(&format!("{place}: ")),
            "{text:?} gave {error}, wanted {place}"
        );
        assert!(error.contains(words), "{text:?} gave {error}");
    }
}

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let text = "(
    train: (
        batch: 1,
        epoch: 5,
        optimizer: adam,
    ),
    los: (temperature: 0.5),
    loss: (temprature: 0.5, temperature: true),
)
";
    let error = parse(text, "f").unwrap_err();
    let told: Vec<String> = error.to_string().lines().map(str::to_owned).collect();
    let wanted = [
        ("f:3:16: ", "batch takes a whole number"),
        ("f:4:9: ", "did you mean epochs?"),
        ("f:5:20: ", "did you mean adamw?"),
        ("f:7:5: ", "did you mean loss?"),
        ("f:8:12: ", "did you mean temperature?"),
        ("f:8:42: ", "temperature takes a number"),
    ];
    assert_eq!(told.len(), wanted.len(), "{told:#?}");
    for (line, (place, words)) in told.iter().zip(wanted) {
        assert!(line.starts_with(place) && line.contains(words), "{line}");
    }
    assert!(error.in_a_line().ends_with("; 5 more"));
    // A parenthesis that is missing before a group makes all that follows no mistake of its own.
    let text = "(train: (batch: 64, model: (width: 8), loss: (temperature: 0.5))";
    assert_eq!(refusal(text).lines().count(), 1);
    // So does a comma between two of these, which is told once the names are right.
    refusal("(lss: 1, name: \"a\" train: ())").begins("1:2: ");
}

#[test]
fn the_usual_slips_name_the_place_and_the_way_out() {
    for (text, place, words) in [
        (
            "(data: (path: \"C:\\data\"))",
            "1:18",
            "path has a \\, which starts a special character in a text; write \"C:\\\\data\", r\"C:\\data\" or \"C:/data\"",
        ),
        (
            "(data: (path: \"C:\\temp\\new\"))",
            "1:15",
            "path has a \\, which starts a special character in a text; write \"C:\\\\temp",
        ),
        (
            "(train: (epochs: 1,000))",
            "1:20",
            "a number has no commas in it: 1000 or 1_000",
        ),
        (
            "(train: (epochs: 1.5e0))",
            "1:18",
            "epochs takes a whole number",
        ),
        (
            "(train: (epochs: 10.5))",
            "1:18",
            "epochs takes a whole number",
        ),
        (
            "(train: (epochs: 1e30))",
            "1:18",
            "epochs takes a whole number",
        ),
        (
            "(train: (epochs: None))",
            "1:18",
            "epochs takes a whole number",
        ),
        (
            "(train: (epochs: Some(3)))",
            "1:22",
            "epochs takes a whole number",
        ),
        (
            "(train: (epochs: '3'))",
            "1:18",
            "epochs takes a whole number",
        ),
        (
            "(train: (epochs: 3;))",
            "1:18",
            "epochs takes a whole number",
        ),
        ("(train: (epochs: 3 epochs))", "1:20", "a comma"),
        (
            "(name: 'quick')",
            "1:8",
            "a text is written in double quotes: \"..\"",
        ),
        (
            "(name: \u{201c}quick\u{201d})",
            "1:8",
            "straight double quotes",
        ),
        ("(name:\u{a0}\"quick\")", "1:7", "not a plain space"),
        ("(\u{3000}name: \"quick\")", "1:2", "not a plain space"),
        ("(train: (epochs = 3))", "1:17", "write : in place of ="),
        (
            "[train]\nepochs = 3\n",
            "1:1",
            "an experiment is written in parentheses",
        ),
        (
            "train:\n  epochs: 3\n",
            "1:1",
            "an experiment is written in parentheses",
        ),
        (
            "{\"train\": {\"epochs\": 3}}",
            "1:1",
            "an experiment is written in parentheses",
        ),
        (
            "(train: {epochs: 3})",
            "1:9",
            "train is a group: write it as train: (",
        ),
        (
            "(train: [epochs: 3])",
            "1:9",
            "train is a group: write it as train: (",
        ),
    ] {
        let error = refusal(text);
        assert!(
            error.starts_with(&format!("{place}: ")),
            "{text:?} gave {error}, wanted {place}"
        );
        assert!(error.contains(words), "{text:?} gave {error}");
    }
}

#[test]
fn numbers_are_taken_however_they_are_written() {
    for (text, epochs, temperature) in [
        ("(train: (epochs: 10.0), loss: (temperature: .5))", 10, 0.5),
        ("(train: (epochs: 1e2), loss: (temperature: 5.))", 100, 5.0),
        (
            "(train: (epochs: 1_000), loss: (temperature: 1))",
            1000,
            1.0,
        ),
        (
            "(train: (epochs: 0x10), loss: (temperature: 5e-1))",
            16,
            0.5,
        ),
        (
            "(\ttrain:(epochs:1.5e1),\r\n\tloss:(temperature:+0.5))",
            15,
            0.5,
        ),
    ] {
        let read = parse(text, "f").unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(read.train.epochs, epochs, "{text}");
        assert!(
            (read.loss.temperature - temperature).abs() < 1e-12,
            "{text}"
        );
        assert_eq!(parse(&file::to_text(&read), "f").unwrap(), read);
    }
}

#[test]
fn files_that_are_no_text_or_no_files_are_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let refused = |name: &str| {
        let error = load(&at(name)).unwrap_err().to_string();
        let path = at(name).display().to_string();
        error
            .strip_prefix(&path)
            .map(str::to_owned)
            .expect("the file comes first")
    };
    fs::write(at("latin.ron"), b"(\n  name: \"caf\xe9\",\n)").unwrap();
    assert_eq!(
        refused("latin.ron"),
        ":2:13: this byte isn't UTF-8 text; save the file as UTF-8"
    );
    fs::write(at("wide.ron"), b"\xff\xfe(\0)\0").unwrap();
    assert_eq!(
        refused("wide.ron"),
        ":1:1: this file is UTF-16; save the file as UTF-8"
    );
    fs::write(at("binary.ron"), [0, 159, 146, 150]).unwrap();
    refused("binary.ron").begins(":1:2: this byte");
    fs::write(at("huge.ron"), vec![b' '; (1 << 20) + 1]).unwrap();
    refused("huge.ron").says("is larger than 1048576 bytes");
    assert_eq!(refused("none.ron"), ": there is no such file");
    fs::create_dir(at("folder.ron")).unwrap();
    assert_eq!(refused("folder.ron"), ": is a folder, not a file");
    fs::write(at("empty.ron"), "").unwrap();
    refused("empty.ron").begins(":1:1: the file is empty");
    let deep = format!("{}1{}", "(a: ".repeat(100_000), ")".repeat(100_000));
    fs::write(at("deep.ron"), deep).unwrap();
    refused("deep.ron").begins(":1:");
}

#[cfg(unix)]
#[test]
fn a_run_reads_its_own_files_alone_and_a_user_pipes_too() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("a.ron"), "(name: \"a\")").unwrap();
    std::os::unix::fs::symlink(at("a.ron"), at("link.ron")).unwrap();
    assert_eq!(load(&at("link.ron")).unwrap().name, "a");
    assert_eq!(file::stored(&at("a.ron")).unwrap().name, "a");
    file::stored(&at("link.ron")).unwrap_err().says("is a link");
    let made = std::process::Command::new("mkfifo")
        .arg(at("pipe.ron"))
        .status();
    assert!(made.is_ok_and(|status| status.success()));
    file::stored(&at("pipe.ron"))
        .unwrap_err()
        .says("is not a regular file");
    // Nobody writes to it.
    load(&at("pipe.ron")).unwrap_err().says("the file is empty");
    load(Path::new("/dev/zero"))
        .unwrap_err()
        .says("is larger than");
}

#[test]
fn a_file_may_begin_with_a_mark_and_have_the_line_ends_of_windows() {
    let text = "\u{feff}// a\r\n(\r\n  loss: (temperature: 0.25),\r\n)\r\n";
    assert!((parse(text, "f").unwrap().loss.temperature - 0.25).abs() < 1e-12);
    assert_eq!(
        refusal("\u{feff}(\r\n lss: ())").split(' ').next(),
        Some("2:2:")
    );
}

#[test]
fn presets_are_the_files_of_the_folder_and_launch() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "ron"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let listed: BTreeSet<String> = PRESETS.iter().map(|p| p.name.to_owned()).collect();
    assert_eq!(listed, files);
    assert_eq!(PRESETS[0].name, "quick");
    for preset in PRESETS {
        let mut experiment = parse(preset.text, preset.name).unwrap();
        assert_eq!(experiment.name, preset.name);
        let (title, purpose) = preset.about.split_once(": ").expect("Title: purpose");
        assert!(
            !title.is_empty() && purpose.ends_with('.'),
            "{}",
            preset.about
        );
        assert!(preset.about.len() <= 120, "{} is one line", preset.about);
        if experiment.data.source.needs_path() {
            assert_eq!(
                experiment.data.path, "",
                "{}: paths are the user's",
                preset.name
            );
            "data".clone_into(&mut experiment.data.path);
        }
        assert_eq!(experiment.objections(), [], "{}", preset.name);
    }
}

/// The paths in which a preset differs from the quick one.
fn apart_from_quick(name: &str) -> Vec<String> {
    let read = |name: &str| parse(find(name).unwrap().text, name).unwrap();
    let differences = Experiment::differences(&[&read("quick"), &read(name)]);
    differences.into_iter().map(|d| d.path).collect()
}

#[test]
fn the_lesson_experiments_differ_from_the_quick_one_in_what_they_teach() {
    assert_eq!(
        apart_from_quick("crop-only"),
        ["augment.jitter.p", "augment.grayscale.p"]
    );
    assert_eq!(apart_from_quick("colour-only"), ["augment.crop.p"]);
}

#[test]
fn an_experiment_without_a_word_is_the_default() {
    assert_eq!(parse("()", "f").unwrap(), Experiment::default());
    assert_eq!(parse("Experiment()", "f").unwrap(), Experiment::default());
}

#[test]
fn a_change_leaves_comments_order_and_layout() {
    let text = "// mine\n(\n    loss: (temperature: 0.5), // why not\n    name: \"a\",\n    /* sic */ train: (\n        epochs: 5, // few\n        batch: 64\n    ),\n)\n";
    let mut experiment = parse(text, "f").unwrap();
    experiment.loss.temperature = 0.2;
    experiment.train.rate = 1.0;
    experiment.train.batch = 32;
    experiment.knn.k = 20;
    experiment.augment.crop.area_min = 0.3;
    let new = rewrite(text, &experiment).unwrap();
    let wanted = "// mine\n(\n    loss: (temperature: 0.2), // why not\n    name: \"a\",\n    augment: (crop: (area_min: 0.3)),\n    /* sic */ train: (\n        epochs: 5, // few\n        rate: 1.0,\n        batch: 32\n    ),\n    knn: (k: 20),\n)\n";
    assert_eq!(new, wanted);
}

#[test]
fn additions_fit_wherever_they_land() {
    for (text, wanted) in [
        ("()", "(loss: (temperature: 0.2))"),
        ("(\n)", "(loss: (temperature: 0.2)\n)"),
        ("(name: \"a\")", "(name: \"a\", loss: (temperature: 0.2))"),
        ("(name: \"a\",)", "(name: \"a\", loss: (temperature: 0.2))"),
        (
            "(loss: (), name: \"a\")",
            "(loss: (temperature: 0.2), name: \"a\")",
        ),
        (
            "(loss: Loss( /* ) */ ))",
            "(loss: Loss(temperature: 0.2 /* ) */ ))",
        ),
        (
            "(\n  name: \"a\" // last\n)",
            "(\n  name: \"a\", // last\n  loss: (temperature: 0.2),\n)",
        ),
        (
            "(\r\n  name: \"a\",\r\n)",
            "(\r\n  name: \"a\",\n  loss: (temperature: 0.2),\r\n)",
        ),
        (
            "(name: \"a\", /* x\n */ )",
            "(name: \"a\", loss: (temperature: 0.2) /* x\n */ )",
        ),
    ] {
        let mut experiment = parse(text, "f").unwrap();
        experiment.loss.temperature = 0.2;
        assert_eq!(
            rewrite(text, &experiment).as_deref(),
            Some(wanted),
            "{text:?}"
        );
    }
}

/// Some value that the hyperparameter takes, from random bits.
fn some_value(field: &Field, bits: u64) -> Value {
    let share = bits as f64 / u64::MAX as f64;
    match field.param.rule {
        Rule::Linear { min, max, .. } | Rule::Log { min, max } => {
            let edges = [
                min,
                max,
                min + share * (max - min),
                (min + share * (max - min)).trunc(),
            ];
            Value::Float(edges[(bits % 4) as usize].clamp(min, max))
        }
        Rule::Whole { min, max, .. } | Rule::Doubling { min, max } => {
            let span = (max - min).saturating_add(1);
            Value::Whole(min + bits % span)
        }
        Rule::ShareOrPath { max, .. } if bits.is_multiple_of(2) => Value::Float(share * max),
        Rule::ShareOrPath { .. } => Value::Text(Cow::Borrowed("~/x \"y\"")),
        Rule::Format { newest } => Value::Whole(newest),
        Rule::Toggle => Value::Toggle(bits.is_multiple_of(2)),
        Rule::OneOf(choices) => {
            Value::Text(Cow::Borrowed(choices[bits as usize % choices.len()].name))
        }
        Rule::Text | Rule::Path => {
            const TEXTS: [&str; 5] = [
                "",
                "a \"b\" \\ // c /* ",
                "\u{e9}(),:\u{1f600}",
                "~/x y",
                "'#\"#\t",
            ];
            let text = TEXTS[bits as usize % TEXTS.len()];
            // A tab in a path is a backslash before a t, and refused.
            Value::Text(Cow::Borrowed(if field.param.rule == Rule::Path {
                text.trim_end()
            } else {
                text
            }))
        }
    }
}

fn comments(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| line.split_once("// "))
        .map(|(_, comment)| comment)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]
    #[test]
    fn any_change_to_any_shipped_file_survives_and_so_do_its_comments(
        which in 0..PRESETS.len(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u64>()), 0..40),
        cut in any::<bool>(),
    ) {
        let shipped = PRESETS[which].text;
        // Also a file that says next to nothing.
        let text = if cut { "// one\n(\n    data: (), // two\n)" } else { shipped };
        let mut experiment = parse(text, "f").unwrap();
        let fields = experiment.fields();
        for (which, bits) in &changes {
            let field = which.get(&fields);
            experiment.set_at(&field.path, &some_value(field, *bits)).unwrap();
        }
        let new = rewrite(text, &experiment).expect("every change can be written into a plain file");
        prop_assert_eq!(&parse(&new, "f").unwrap(), &experiment);
        for comment in comments(text) {
            prop_assert!(new.contains(&format!("// {comment}")), "lost {} in {}", comment, new);
        }
        prop_assert_eq!(rewrite(&new, &experiment), Some(new.clone()), "nothing to change, nothing changed");
        prop_assert_eq!(&parse(&file::to_text(&experiment), "f").unwrap(), &experiment);
    }

    #[test]
    fn no_text_makes_the_reader_panic(at in 0..400_usize, over in 0..20_usize, new in "[ -~\n\u{e9}]{0,20}") {
        let text = PRESETS[0].text;
        let mut start = at.min(text.len());
        while !text.is_char_boundary(start) { start -= 1; }
        let mut end = (start + over).min(text.len());
        while !text.is_char_boundary(end) { end += 1; }
        let broken = format!("{}{new}{}", &text[..start], &text[end..]);
        match parse(&broken, "f") {
            Err(error) => prop_assert!(error.to_string().starts_with("f:")),
            Ok(mut experiment) => {
                experiment.loss.temperature = 3.0;
                if let Some(new) = rewrite(&broken, &experiment) {
                    prop_assert_eq!(parse(&new, "f").unwrap(), experiment);
                }
            }
        }
    }
}

/// The objections to the default experiment with these assignments.
fn objections(set: &[&str]) -> Vec<String> {
    let mut experiment = Experiment::default();
    for assignment in set {
        experiment.assign(assignment).unwrap();
    }
    let objections = experiment.objections();
    objections.iter().map(ToString::to_string).collect()
}

#[test]
fn losses_and_augmentations_that_make_no_sense_together_are_refused_with_a_way_out() {
    let off = ["crop", "flip", "jitter", "grayscale"].map(|a| format!("augment.{a}.p=0"));
    let mut one: Vec<&str> = off.iter().map(String::as_str).collect();
    let both = one.clone();
    one.push("augment.branches=one");
    for (set, path, way_out) in [
        (
            one.as_slice(),
            "augment.branches",
            "set augment.branches to both",
        ),
        (
            both.as_slice(),
            "augment.crop.p",
            "the two views of an image are the same picture",
        ),
        (
            &[
                "augment.crop.p=0",
                "augment.flip.p=1",
                "augment.grayscale.p=1",
                "augment.strength=0",
            ],
            "augment.crop.p",
            "give one a chance",
        ),
        (
            &["augment.noise.sigma_min=0.3"],
            "augment.noise.sigma_min",
            "0.3, is above the largest, 0.1",
        ),
        (
            &["loss.mining=semi_hard"],
            "loss.mining",
            "loss.kind to nt_logistic or margin_triplet",
        ),
        (
            &[
                "loss.kind=margin_triplet",
                "loss.mining=semi_hard",
                "loss.margin=0",
            ],
            "loss.mining",
            "raise loss.margin",
        ),
    ] {
        let found = objections(set);
        assert_eq!(found.len(), 1, "{set:?}: {found:?}");
        assert!(found[0].starts_with(&format!("{path}: ")), "{found:?}");
        assert!(found[0].contains(way_out), "{found:?}");
    }
}

#[test]
fn the_papers_own_losses_and_single_augmentations_are_not_refused() {
    for set in [
        ["loss.kind=nt_logistic", "loss.mining=semi_hard"].as_slice(),
        &["loss.kind=margin_triplet", "loss.mining=semi_hard"],
        &["loss.kind=margin_triplet", "loss.margin=0"],
        &["loss.normalize=off", "loss.temperature=100"],
        &["augment.branches=one"],
        &[
            "augment.crop.p=0",
            "augment.jitter.p=0",
            "augment.grayscale.p=0",
        ],
        &["augment.strength=0"],
        &[
            "augment.branches=one",
            "augment.flip.p=0",
            "augment.jitter.p=0",
            "augment.grayscale.p=0",
        ],
        &[
            "augment.branches=one",
            "augment.crop.p=0",
            "augment.sobel.p=1",
        ],
    ] {
        assert_eq!(objections(set), Vec::<String>::new(), "{set:?}");
    }
}
