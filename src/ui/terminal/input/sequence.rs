//! Where a sequence of bytes from a terminal ends.

/// What some bytes begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A key, click or report of so many bytes.
    Whole(usize),
    /// So many bytes that mean nothing: a late answer, or a sequence that was cut by another.
    Noise(usize),
    /// What may become one of these, or nothing.
    Cut,
}

const ESC: u8 = 0x1b;
const BELL: u8 = 0x07;
/// Longer than any report of a key.
const LONGEST: usize = 64;
/// Longer than any answer.
const LONGEST_ANSWER: usize = 1 << 12;

/// The first sequence.
pub fn first(bytes: &[u8]) -> Piece {
    match bytes {
        [] | [ESC] => Piece::Cut,
        [ESC, ESC, ..] => Piece::Whole(1),
        [ESC, b'[', rest @ ..] => behind(2, control(rest)),
        [ESC, b'O', rest @ ..] => behind(2, shifted(rest)),
        [ESC, b']' | b'P' | b'X' | b'^' | b'_', rest @ ..] => behind(2, answer(rest)),
        [ESC, rest @ ..] => behind(1, letter(rest)),
        _ => letter(bytes),
    }
}

/// The same piece with so many bytes before it.
const fn behind(before: usize, piece: Piece) -> Piece {
    match piece {
        Piece::Whole(length) => Piece::Whole(before + length),
        Piece::Noise(length) => Piece::Noise(before + length),
        Piece::Cut => Piece::Cut,
    }
}

/// A control sequence: parameters, and a byte that ends it.
fn control(bytes: &[u8]) -> Piece {
    match bytes {
        // A click in the old way, which is followed by button, column and row.
        [b'M', _, _, _, ..] => return Piece::Whole(4),
        [b'M', ..] | [b'['] => return Piece::Cut,
        // F1 to F5 of Linux's console.
        [b'[', _, ..] => return Piece::Whole(2),
        _ => {}
    }
    match bytes.iter().position(|byte| !matches!(byte, 0x20..=0x3f)) {
        Some(at) if matches!(bytes[at], 0x40..=0x7e) => Piece::Whole(at + 1),
        Some(at) => Piece::Noise(at),
        None if bytes.len() > LONGEST => Piece::Noise(bytes.len()),
        None => Piece::Cut,
    }
}

fn shifted(bytes: &[u8]) -> Piece {
    match bytes {
        [] => Piece::Cut,
        [0x40..=0x7e, ..] => Piece::Whole(1),
        _ => Piece::Noise(0),
    }
}

/// The answer to a question that nobody waits for any more.
fn answer(bytes: &[u8]) -> Piece {
    match bytes.iter().position(|byte| matches!(*byte, BELL | ESC)) {
        Some(at) if bytes[at] == BELL => Piece::Noise(at + 1),
        Some(at) => match bytes.get(at + 1) {
            Some(b'\\') => Piece::Noise(at + 2),
            Some(_) => Piece::Noise(at),
            None => Piece::Cut,
        },
        None if bytes.len() > LONGEST_ANSWER => Piece::Noise(bytes.len()),
        None => Piece::Cut,
    }
}

/// A character in UTF-8.
fn letter(bytes: &[u8]) -> Piece {
    let length = match bytes.first() {
        None => return Piece::Cut,
        Some(0..=0x7f) => return Piece::Whole(1),
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        Some(_) => return Piece::Noise(1),
    };
    let part = &bytes[..length.min(bytes.len())];
    match std::str::from_utf8(part) {
        Ok(_) => Piece::Whole(length),
        // Cut, as far as it goes well.
        Err(error) if error.error_len().is_none() => Piece::Cut,
        Err(_) => Piece::Noise(1),
    }
}
