//! Where a sequence of bytes from a terminal ends.

/// What some bytes begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// A key, click or report of so many bytes.
    Complete(usize),
    /// So many bytes that mean nothing: a late answer, or a sequence that was cut by another.
    Noise(usize),
    /// What may become one of these, or nothing.
    Incomplete,
}

const ESC: u8 = 0x1b;
const BELL: u8 = 0x07;
/// Longer than any report of a key.
const LONGEST: usize = 64;
/// Longer than any answer.
const LONGEST_ANSWER: usize = 1 << 12;

/// The first sequence.
pub fn first(bytes: &[u8]) -> Sequence {
    match bytes {
        [] | [ESC] => Sequence::Incomplete,
        [ESC, ESC, ..] => Sequence::Complete(1),
        [ESC, b'[', rest @ ..] => behind(2, control(rest)),
        [ESC, b'O', rest @ ..] => behind(2, shifted(rest)),
        [ESC, b']' | b'P' | b'X' | b'^' | b'_', rest @ ..] => behind(2, answer(rest)),
        [ESC, rest @ ..] => behind(1, letter(rest)),
        _ => letter(bytes),
    }
}

/// The same with so many bytes before it.
const fn behind(before: usize, sequence: Sequence) -> Sequence {
    match sequence {
        Sequence::Complete(length) => Sequence::Complete(before + length),
        Sequence::Noise(length) => Sequence::Noise(before + length),
        Sequence::Incomplete => Sequence::Incomplete,
    }
}

/// A control sequence: parameters, and a byte that ends it.
fn control(bytes: &[u8]) -> Sequence {
    match bytes {
        // A click in the old way, which is followed by button, column and row.
        [b'M', _, _, _, ..] => return Sequence::Complete(4),
        [b'M', ..] | [b'['] => return Sequence::Incomplete,
        // F1 to F5 of Linux's console.
        [b'[', _, ..] => return Sequence::Complete(2),
        _ => {}
    }
    match bytes.iter().position(|byte| !matches!(byte, 0x20..=0x3f)) {
        Some(at) if matches!(bytes[at], 0x40..=0x7e) => Sequence::Complete(at + 1),
        Some(at) => Sequence::Noise(at),
        None if bytes.len() > LONGEST => Sequence::Noise(bytes.len()),
        None => Sequence::Incomplete,
    }
}

fn shifted(bytes: &[u8]) -> Sequence {
    match bytes {
        [] => Sequence::Incomplete,
        [0x40..=0x7e, ..] => Sequence::Complete(1),
        _ => Sequence::Noise(0),
    }
}

/// The answer to a question that nobody waits for any more.
fn answer(bytes: &[u8]) -> Sequence {
    match bytes.iter().position(|byte| matches!(*byte, BELL | ESC)) {
        Some(at) if bytes[at] == BELL => Sequence::Noise(at + 1),
        Some(at) => match bytes.get(at + 1) {
            Some(b'\\') => Sequence::Noise(at + 2),
            Some(_) => Sequence::Noise(at),
            None => Sequence::Incomplete,
        },
        None if bytes.len() > LONGEST_ANSWER => Sequence::Noise(bytes.len()),
        None => Sequence::Incomplete,
    }
}

/// A character in UTF-8.
fn letter(bytes: &[u8]) -> Sequence {
    let length = match bytes.first() {
        None => return Sequence::Incomplete,
        Some(0..=0x7f) => return Sequence::Complete(1),
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        Some(_) => return Sequence::Noise(1),
    };
    let part = &bytes[..length.min(bytes.len())];
    match std::str::from_utf8(part) {
        Ok(_) => Sequence::Complete(length),
        // Cut, as far as it goes well.
        Err(error) if error.error_len().is_none() => Sequence::Incomplete,
        Err(_) => Sequence::Noise(1),
    }
}
