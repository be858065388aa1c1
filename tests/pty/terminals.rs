//! Terminals as they come: of every size, dumb, without colours, without a language.

use crate::session::{Folder, Session, assert_restored, experiment, program, status};
use simclr_tui::runs::Status;

/// From a fixed seed, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u16) -> u16 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(end)) as u16
    }
}

#[test]
fn a_storm_of_sizes_leaves_the_screen_whole() {
    const SEED: u64 = 20_261_124;
    println!("seed {SEED}");
    let mut random = Random(SEED);
    let folder = Folder::new();
    let mut session = Session::training(folder.path(), 100_000);
    let edges = [
        (1, 1),
        (300, 1),
        (1, 100),
        (2, 2),
        (39, 11),
        (40, 12),
        (40_000, 12),
        (40, 40_000),
    ];
    let storm = (0..200).map(|_| (1 + random.below(300), 1 + random.below(100)));
    let sizes: Vec<(u16, u16)> = edges.into_iter().chain(storm).chain([(300, 100)]).collect();
    for (at, (columns, rows)) in sizes.into_iter().enumerate() {
        session.resize(columns, rows);
        // Another screen now and then.
        if at % 10 == 0 {
            session.press("\t");
        }
    }
    // A key at the very moment of a resize is not lost.
    for rows in (20..60).chain([36]) {
        session.press("3");
        session.wait_for("╭ runs ");
        session.resize_now(120, rows);
        session.press("2");
        session.wait_for("╭ loss ");
    }
    session.stop();
    assert_restored(&session.bytes());
    assert_eq!(status(folder.path()), Status::Stopped);
}

/// Trains two epochs and leaves; all that was written.
fn from_start_to_end(environment: &[(&str, &str)]) -> String {
    let folder = Folder::new();
    let file = experiment(folder.path(), 2);
    let mut command = program(folder.path());
    command.arg(file.as_os_str());
    for (name, value) in environment {
        command.env(name, value);
    }
    let mut session = Session::of(command);
    session.wait_for("what this means");
    session.press("t");
    session.wait_for("completed");
    session.press("3");
    session.wait_for("tiny");
    session.press("q");
    assert_eq!(session.end(), 0);
    let bytes = session.bytes();
    assert_restored(&bytes);
    assert_eq!(status(folder.path()), Status::Completed);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether any text was given a colour.
fn is_coloured(text: &str) -> bool {
    text.split("\x1b[")
        .filter_map(|part| part.split_once('m'))
        .map(|(codes, _)| codes)
        .filter(|codes| codes.bytes().all(|b| b.is_ascii_digit() || b == b';'))
        .any(|codes| {
            let mut codes = codes.split(';').filter_map(|code| code.parse::<u8>().ok());
            codes.any(|code| matches!(code, 30..=38 | 40..=48 | 90..=107))
        })
}

#[test]
fn colours_where_there_are_some() {
    assert!(is_coloured(&from_start_to_end(&[(
        "COLORTERM",
        "truecolor"
    )])));
}

#[test]
fn a_dumb_terminal() {
    assert!(!is_coloured(&from_start_to_end(&[("TERM", "dumb")])));
}

#[test]
fn no_colours() {
    assert!(!is_coloured(&from_start_to_end(&[("NO_COLOR", "1")])));
}

#[test]
fn no_language() {
    let text = from_start_to_end(&[("LANG", "C"), ("LC_ALL", "C")]);
    assert!(text.is_ascii(), "there are signs that are not ASCII");
    assert!(!from_start_to_end(&[]).is_ascii());
}
