//! Sequences that are cut, and pastes: whatever is typed, the screen and signals go on.

use crate::session::{Folder, Session, assert_restored};
use rustix::process::Signal;

const CUT: [&[u8]; 8] = [
    b"\x1b",
    b"\x1b[",
    b"\x1bO",
    b"\x1b[<0;1",
    b"\x1b[M!",
    b"\xe8\xa1",
    b"\x1b[200~abc",
    b"\x1b]11;rgb",
];

#[test]
fn after_a_sequence_that_is_cut_the_next_key_counts() {
    let folder = Folder::new();
    let mut session = Session::open(folder.path(), 2);
    session.wait_for("what this means");
    for (at, cut) in CUT.iter().enumerate() {
        session.type_bytes(cut);
        let (key, text) = [("5", "╭ sweeps"), ("1", "what this means")][at % 2];
        session.press_until(key, text);
    }
    session.press("q");
    assert_eq!(session.end(), 0);
}

#[test]
fn a_signal_ends_it_within_a_sequence() {
    for cut in CUT {
        let folder = Folder::new();
        let mut session = Session::open(folder.path(), 2);
        session.wait_for("what this means");
        session.type_bytes(cut);
        session.signal(Signal::TERM);
        session.end();
        assert_restored(&session.bytes());
    }
}

#[test]
fn a_megabyte_is_pasted_in_one_go() {
    let folder = Folder::new();
    let mut session = Session::open(folder.path(), 2);
    session.wait_for("what this means");
    session.press("o\x1b[200~");
    let part = "x\x1by".repeat(1000);
    for _ in 0..350 {
        session.press(&part);
    }
    session.press("\x1b[201~");
    session.wait_for("only the first 64 KiB are taken");
    session.signal(Signal::TERM);
    session.end();
    assert_restored(&session.bytes());
}
