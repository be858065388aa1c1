//! The layers: imports point one way, only the engine names burn, only the screen names the terminal's crates.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

mod circles;
mod lexer;

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer may import from those before it and, within one line, from its neighbours.
const LAYERS: &[&[&str]] = &[
    &["text"],
    &["hparam", "disk", "machine"],
    &["experiment", "engine"],
    &["runs"],
    &["trainer", "evaluate", "explore", "export"],
    &["sweep", "queue"],
    &["ui"],
    &["cli"],
];

/// Crates that one layer alone may name.
const OWNED: &[(&str, &[&str])] = &[
    ("engine", &["burn"]),
    ("ui", &["ratatui", "crossterm"]),
    ("machine", &["nvml_wrapper", "sysinfo"]),
];

struct Source {
    path: PathBuf,
    /// The first part of its path below `src`: the layer's module, or `main` and `lib`.
    module: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    walkdir::WalkDir::new(&root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "rs"))
        .map(|entry| {
            let path = entry.path().strip_prefix(&root).unwrap().to_owned();
            let module = path.iter().next().unwrap().to_string_lossy();
            let module = module.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(entry.path()).unwrap();
            Source { path, module, text }
        })
        .collect()
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Lines of code, comments left out.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or(""))
}

/// Names that follow `crate::` in a line, those in braces too.
fn imports(text: &str) -> Vec<String> {
    let code: String = code(text).collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let heads = match rest.strip_prefix('{') {
            Some(braces) => first_parts(braces),
            None => vec![rest],
        };
        for head in heads {
            let end = head.find(|c: char| !c.is_alphanumeric() && c != '_');
            found.push(head[..end.unwrap_or(head.len())].to_owned());
        }
    }
    found
}

/// The parts between the commas of the outer braces.
fn first_parts(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                parts.push(text[start..at].trim_start());
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    parts
}

/// What a source file does against the layers, as sentences.
fn offences(source: &Source) -> Vec<String> {
    let mut out = Vec::new();
    let at = source.path.display();
    let own = layer(&source.module);
    for import in imports(&source.text) {
        if let (Some(own), Some(other)) = (own, layer(&import))
            && other > own
        {
            out.push(format!("{at} imports {import}, a later layer"));
        }
    }
    for (owner, crates) in OWNED {
        for name in *crates {
            let named = code(&source.text).any(|line| names(line, name));
            if named && source.module != *owner {
                out.push(format!("{at} names {name}, which only {owner} may"));
            }
        }
    }
    out
}

/// Whether a line names a crate in a path or an import.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + name.len()..];
        let word = before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '"');
        let import =
            line.trim_start().starts_with("use ") || line.trim_start().starts_with("pub use ");
        word && (after.starts_with("::") || (import && after.starts_with(';')))
    })
}

#[test]
fn imports_point_one_way_and_crates_stay_in_their_layer() {
    let sources = sources();
    assert!(sources.len() > 20, "the sources were found");
    let offences: Vec<String> = sources.iter().flat_map(offences).collect();
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn everything_is_printed_where_nothing_can_steer_a_terminal() {
    let printing = Path::new("cli/output.rs");
    for source in sources()
        .iter()
        .filter(|s| s.module == "cli" && s.path != printing)
    {
        for way in ["stderr()", ".println(", ".set_message(", "io::stdout()"] {
            let found = code(&source.text).any(|line| line.contains(way));
            assert!(!found, "{} prints by {way}", source.path.display());
        }
    }
}

#[test]
fn what_bars_show_is_shown_like_all_else() {
    let sources = sources();
    let printing = |s: &&Source| s.path == Path::new("cli/output.rs");
    let lines = sources.iter().filter(printing).flat_map(|s| code(&s.text));
    let bars: Vec<&str> = lines.filter(|line| line.contains("bar.")).collect();
    assert_eq!(bars.len(), 2, "{bars:?}");
    assert!(bars.iter().all(|line| line.contains("(shown(")), "{bars:?}");
}

#[test]
fn every_module_has_its_layer_and_says_what_it_is_for() {
    for source in sources() {
        let known =
            layer(&source.module).is_some() || ["main", "lib"].contains(&source.module.as_str());
        assert!(known, "{} belongs to no layer", source.path.display());
        assert!(
            source.text.starts_with("//! "),
            "{} begins with what it is for",
            source.path.display()
        );
        assert!(
            source.path.file_name().unwrap() != "mod.rs",
            "{}",
            source.path.display()
        );
    }
}

#[test]
fn what_breaks_the_layers_is_seen() {
    let source = |module: &str, text: &str| Source {
        path: PathBuf::from(format!("{module}/x.rs")),
        module: module.to_owned(),
        text: text.to_owned(),
    };
    for (module, text) in [
        ("hparam", "use crate::experiment::Experiment;"),
        ("engine", "fn f() { crate::runs::now(); }"),
        (
            "runs",
            "use crate::{\n    engine::report::{Begin, End},\n    trainer::Handle,\n};",
        ),
        ("ui", "use crate::cli;"),
        ("runs", "use burn::tensor::Tensor;"),
        ("ui", "fn f(t: burn::Tensor<2>) {}"),
        ("cli", "    ratatui::restore();"),
        ("trainer", "use crossterm;"),
    ] {
        assert_eq!(offences(&source(module, text)).len(), 1, "{module}: {text}");
    }
    for (module, text) in [
        (
            "runs",
            "use crate::engine::report::Report; // not crate::ui",
        ),
        ("engine", "use burn::prelude::*;"),
        ("ui", "use ratatui::{Frame, layout::Rect};"),
        ("cli", "let text = \"burn::x\"; let afterburn::y = 1;"),
        (
            "trainer",
            "/// [`ui`](crate::ui) reads it\nuse crate::experiment::Experiment;",
        ),
    ] {
        assert_eq!(
            offences(&source(module, text)),
            Vec::<String>::new(),
            "{module}: {text}"
        );
    }
}
