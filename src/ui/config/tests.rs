//! What settings say, and what is said of those that make no sense.

use super::*;
use crate::ui::keymap::{Keymap, history};
use crate::ui::theme::Depth;

fn why(text: &str) -> String {
    let read = Config::parse(text, "c.ron");
    read.expect_err("it makes no sense").to_string()
}

fn keys(entries: &str) -> String {
    why(&format!("(\n  keys: {{\n    {entries}\n  }},\n)"))
}

#[test]
fn the_template_is_the_defaults() {
    let text = template();
    assert_eq!(Config::parse(&text, "c.ron"), Ok(Config::default()));
    let uncommented = text.lines().map(|line| {
        let setting = line.trim_start().strip_prefix("// ").unwrap_or(line);
        let is = setting.starts_with('"') || setting.contains(": \"");
        if is { setting } else { line }
    });
    let text: Vec<&str> = uncommented.collect();
    let config = Config::parse(&text.join("\n"), "c.ron").expect("every default may be said");
    assert_eq!((config.theme, config.symbols), (Some("auto"), Some("auto")));
    assert_eq!(config.images, Some("auto"));
    assert!(config.runs.is_some());
    let tables = Keymap::default().tables();
    let rows = tables.iter().map(|s| s.rows.len()).sum::<usize>();
    assert_eq!(config.keys.len(), rows, "every row is in the template");
    for rebinding in config.keys {
        let table = tables.iter().find(|s| s.name == rebinding.table);
        let mut rows = table.expect("a table").rows.iter();
        let row = rows.find(|r| r.name == rebinding.row);
        assert_eq!(row.expect("a row").on, rebinding.on);
    }
}

#[test]
fn what_does_not_exist_is_named_with_its_place_and_the_nearest() {
    let triples = [
        (
            "(\n  tehme: \"dark\")",
            "c.ron:2:3: there is no setting tehme; did you mean theme?",
        ),
        (
            "(\n  theme: \"drak\")",
            "c.ron:2:10: theme can't be \"drak\"; did you mean \"dark\"?",
        ),
        (
            "(symbols: \"x\")",
            "c.ron:1:11: symbols can't be \"x\"; it is one of auto, braille, block, ascii",
        ),
        (
            "",
            "c.ron:1:1: the file is empty; settings start with ( and end with )",
        ),
    ];
    for (text, sentence) in triples {
        assert_eq!(why(text), sentence);
    }
    for (text, begins, part) in [
        (
            r#"(runs: "C:\data")"#,
            "c.ron:1:11: runs has a \\",
            r#"write "C:\\data""#,
        ),
        (
            r#"(runs: "C:\tmp")"#,
            "c.ron:1:2: runs has a \\",
            r#"write "C:\\tmp""#,
        ),
        (
            "(runs: \"a\" theme: \"dark\")",
            "c.ron:1:",
            "a comma is missing",
        ),
        ("(theme: “dark”)", "c.ron:1:9", "straight double quotes"),
    ] {
        let said = why(text);
        assert!(said.starts_with(begins) && said.contains(part), "{said}");
    }
    let text = why("(theme: dark)");
    assert!(
        text.starts_with("c.ron:1:8") && text.contains("quotes"),
        "{text}"
    );
}

#[test]
fn keys_that_make_no_sense_are_refused() {
    let pairs = [
        (
            r#""history.delet": "d""#,
            "c.ron:3:5: there is no action history.delet; did you mean history.delete?",
        ),
        (
            r#""delete": "d""#,
            "c.ron:3:5: there is no action delete; did you mean history.delete?",
        ),
        (
            r#""history.delete": ["ctrl-d", "crtl-d"]"#,
            "c.ron:3:34: history.delete: there is no key \"crtl-d\"",
        ),
        (
            r#""history.delete": "x""#,
            "c.ron:3:5: history.stop and history.delete are both on x",
        ),
        (
            r#""history.delete": "q""#,
            "c.ron:3:5: everywhere.quit and history.delete are both on q",
        ),
        (
            r#""charts.axis": "m""#,
            "c.ron:3:5: train.mark and charts.axis are both on m",
        ),
        (
            r#""everywhere.help": "t""#,
            "c.ron:3:5: everywhere.help and experiment.train are both on t",
        ),
        (
            r#""train.mark": "ctrl-c""#,
            "c.ron:3:19: train.mark: ctrl-c always leaves",
        ),
        (
            r#""write.write": "w""#,
            "c.ron:3:20: write.write: w is text there",
        ),
        (
            r#""experiment.train": "5""#,
            "c.ron:3:5: everywhere.sweeps and experiment.train are both on 5",
        ),
        (
            r#""train.mark": "b", "train.mark": "c""#,
            "c.ron:3:24: train.mark is given twice",
        ),
        (r#""train.mark": 5"#, "the keys of an action are written"),
    ];
    for (entry, sentence) in pairs {
        let found = keys(entry);
        assert!(found.contains(sentence), "{entry}: {found}");
    }
}

#[test]
fn keys_may_be_swapped() {
    let text =
        r#"(keys: { "history.delete": ["x", "delete"], "history.stop": "d", "history.open": [] })"#;
    let config = Config::parse(text, "c.ron").expect("no key does two things");
    let table = config.keymap(Symbols::Braille).history;
    let pressed = |key: &str| {
        let key: crate::ui::keys::Key = key.parse().expect("a key");
        table.action(&key.event())
    };
    assert_eq!(pressed("x"), Some(history::Action::Delete));
    assert_eq!(pressed("d"), Some(history::Action::Stop));
    assert_eq!(pressed("enter"), None);
    assert_eq!(table.hints()[0].keys, "");
}

#[test]
fn settings_choose_theme_and_signs() {
    let config = Config::parse("(theme: \"none\", symbols: \"ascii\")", "c.ron").expect("valid");
    let theme = config.theme().expect("nothing else is said");
    assert_eq!((theme.depth, theme.symbols), (Depth::None, Symbols::Ascii));
}

#[test]
fn settings_are_a_regular_file_of_some_size() {
    let dir = tempfile::tempdir().unwrap();
    let huge = dir.path().join("config.ron");
    let file = std::fs::File::create(&huge).unwrap();
    file.set_len(MOST + 1).unwrap();
    for (path, why) in [(huge.as_path(), "is larger"), (dir.path(), "is a folder")] {
        let error = Config::read(Some(path)).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}
