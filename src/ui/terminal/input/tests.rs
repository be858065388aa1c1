//! Bytes as terminals send them, whole and cut.

use super::*;
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseEventKind};
use proptest::prelude::*;

fn all(input: &mut Input) -> Vec<Event> {
    std::iter::from_fn(|| input.next()).collect()
}

/// The events of some bytes, after which nothing comes for so long.
fn after(silence: Duration, bytes: &[u8]) -> (Input, Vec<Event>) {
    let mut input = Input::new();
    input.take(bytes);
    let mut events = all(&mut input);
    input.heard -= silence;
    events.extend(all(&mut input));
    (input, events)
}

fn events(bytes: &[u8]) -> Vec<Event> {
    after(Duration::ZERO, bytes).1
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(code, modifiers))
}

#[test]
fn keys_are_what_terminals_send() {
    const NONE: KeyModifiers = KeyModifiers::NONE;
    for (bytes, code, modifiers) in [
        ("a", KeyCode::Char('a'), NONE),
        ("A", KeyCode::Char('A'), KeyModifiers::SHIFT),
        ("é", KeyCode::Char('é'), NONE),
        ("\x03", KeyCode::Char('c'), KeyModifiers::CONTROL),
        ("\x1a", KeyCode::Char('z'), KeyModifiers::CONTROL),
        ("\r", KeyCode::Enter, NONE),
        ("\t", KeyCode::Tab, NONE),
        ("\x7f", KeyCode::Backspace, NONE),
        ("\x1b3", KeyCode::Char('3'), KeyModifiers::ALT),
        ("\x1b[A", KeyCode::Up, NONE),
        ("\x1bOA", KeyCode::Up, NONE),
        ("\x1bOP", KeyCode::F(1), NONE),
        ("\x1b[[A", KeyCode::F(1), NONE),
        ("\x1b[15~", KeyCode::F(5), NONE),
        ("\x1b[3~", KeyCode::Delete, NONE),
        ("\x1b[5~", KeyCode::PageUp, NONE),
        ("\x1b[Z", KeyCode::BackTab, KeyModifiers::SHIFT),
        ("\x1b[1;2D", KeyCode::Left, KeyModifiers::SHIFT),
        ("\x1b[1;5C", KeyCode::Right, KeyModifiers::CONTROL),
        // Kitty's keys.
        ("\x1b[97;5u", KeyCode::Char('a'), KeyModifiers::CONTROL),
        ("\x1b[27u", KeyCode::Esc, NONE),
        ("\x1b[57414u", KeyCode::Enter, NONE),
    ] {
        assert_eq!(
            events(bytes.as_bytes()),
            [key(code, modifiers)],
            "{bytes:?}"
        );
    }
    let Event::Key(release) = events(b"\x1b[97;1:3u")[0] else {
        panic!("no key");
    };
    assert_eq!(release.kind, KeyEventKind::Release);
    assert_eq!(
        events(b"\x1b[I\x1b[O"),
        [Event::FocusGained, Event::FocusLost]
    );
}

#[test]
fn clicks_are_what_terminals_send() {
    for (bytes, kind, column, row) in [
        ("\x1b[<65;10;20M", MouseEventKind::ScrollDown, 9, 19),
        ("\x1b[M\x60!\x22", MouseEventKind::ScrollUp, 0, 1),
    ] {
        let Event::Mouse(event) = events(bytes.as_bytes())[0] else {
            panic!("{bytes:?} is no click");
        };
        assert_eq!((event.kind, event.column, event.row), (kind, column, row));
    }
}

#[test]
fn a_sequence_that_is_cut_is_dropped_after_a_moment_and_the_next_key_counts() {
    for cut in [
        &b"\x1b[<0;1"[..],
        b"\x1b[M",
        b"\x1b[M!",
        b"\x1b[1;",
        b"\xe8\xa1",
        b"\x1b\xe8",
        b"\x1b]11;rgb:",
        b"\x1bP>|x",
        b"\x1b[[",
    ] {
        let (mut input, events) = after(PATIENCE, cut);
        assert_eq!((events, input.due()), (Vec::new(), None), "{cut:?}");
        input.take(b"q");
        assert_eq!(
            all(&mut input),
            [key(KeyCode::Char('q'), KeyModifiers::NONE)]
        );
    }
    for (cut, modifiers) in [
        (&b"\x1b["[..], KeyModifiers::ALT),
        (b"\x1bO", KeyModifiers::ALT),
    ] {
        let code = KeyCode::Char(char::from(cut[1]));
        assert_eq!(after(PATIENCE, cut).1, [key(code, modifiers)], "{cut:?}");
    }
    let esc = key(KeyCode::Esc, KeyModifiers::NONE);
    assert!(events(b"\x1b").is_empty(), "it may go on");
    assert_eq!(after(PATIENCE, b"\x1b").1, [esc]);
}

#[test]
fn a_sequence_in_parts_is_one() {
    let mut input = Input::new();
    for part in [&b"\x1b"[..], b"[1;", b"5"] {
        input.take(part);
        assert_eq!(input.next(), None);
    }
    input.take(b"Cq");
    let (right, q) = (
        key(KeyCode::Right, KeyModifiers::CONTROL),
        key(KeyCode::Char('q'), KeyModifiers::NONE),
    );
    assert_eq!(all(&mut input), [right, q]);
    let (first, rest) = "é".as_bytes().split_at(1);
    input.take(first);
    assert_eq!(input.next(), None);
    input.take(rest);
    let letter = key(KeyCode::Char('é'), KeyModifiers::NONE);
    assert_eq!(all(&mut input), [letter]);
}

#[test]
fn a_key_that_cuts_a_sequence_counts() {
    let enter = key(KeyCode::Enter, KeyModifiers::NONE);
    for cut in [&b"\x1b[1;\r"[..], b"\xe8\xa1\r", b"\x1bO\r"] {
        assert_eq!(events(cut), std::slice::from_ref(&enter), "{cut:?}");
    }
    // Answers that come late are no keys.
    assert_eq!(
        events(b"\x1b_Gi=31;OK\x1b\\\x1b]11;rgb:0/0/0\x07\r"),
        [enter]
    );
}

#[test]
fn a_paste_is_one_event_however_it_comes() {
    let mut input = Input::new();
    for part in [&b"\x1b[200~two\r"[..], b"lines\x1b[", b"20", b"1~q"] {
        assert_eq!(input.next(), None);
        input.take(part);
    }
    let wanted = [
        Event::Paste("two\rlines".to_owned()),
        key(KeyCode::Char('q'), KeyModifiers::NONE),
    ];
    assert_eq!(all(&mut input), wanted);
}

#[test]
fn a_paste_without_an_end_is_taken_after_a_while() {
    let (input, events) = after(PASTING, b"\x1b[200~abc");
    assert_eq!(events, [Event::Paste("abc".to_owned())]);
    assert_eq!(input.due(), None);
}

#[test]
fn of_a_huge_paste_only_so_much_is_kept() {
    let mut input = Input::new();
    input.take(PASTE_BEGINS);
    for _ in 0..1000 {
        input.take(&[b'x'; 1000]);
        assert_eq!(input.next(), None);
        assert!(input.bytes.len() < PASTE_ENDS.len());
    }
    input.take(PASTE_ENDS);
    let Some(Event::Paste(text)) = input.next() else {
        panic!("no paste");
    };
    assert_eq!(text.len(), KEPT);
}

proptest! {
    #[test]
    fn any_bytes_are_over_after_a_moment(bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(0x1b), Just(b'['), Just(b'<'), Just(b';'), b'0'..=b'9', Just(b'M')], 0..40)) {
        let (mut input, _) = after(PASTING, &bytes);
        while input.due().is_some() {
            input.heard -= PASTING;
            all(&mut input);
        }
        input.take(b"q");
        prop_assert_eq!(all(&mut input), [key(KeyCode::Char('q'), KeyModifiers::NONE)]);
    }
}
