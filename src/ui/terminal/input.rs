//! What the user types, clicks and pastes. The bytes are read here and never waited for: a sequence that is cut, by a slow line or by a
//! hand on Esc, must hold up neither the screen nor a signal. Crossterm reads on until a sequence is whole.

mod event;
mod sequence;

use crossterm::event::Event;
use rustix::io::{Errno, read};
use sequence::{Sequence, first};
use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

/// How long the rest of a sequence is awaited; Esc by itself means Esc after that.
const PATIENCE: Duration = Duration::from_millis(40);
/// How long the rest of a paste is awaited, which a slow line may deliver in parts.
const PASTING: Duration = Duration::from_secs(1);
/// Bytes of a paste that are kept; a few more than are ever taken, so that whoever takes them sees that there were more.
const KEPT: usize = crate::ui::app::PASTE + 4;
const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// The input of the terminal, as events.
#[derive(Debug)]
pub struct Input {
    bytes: VecDeque<u8>,
    /// What a paste has brought so far.
    pasted: Option<Vec<u8>>,
    /// When the last byte came.
    heard: Instant,
}

impl Input {
    /// Nothing has been typed yet.
    pub fn new() -> Self {
        Self {
            bytes: VecDeque::new(),
            pasted: None,
            heard: Instant::now(),
        }
    }

    /// Takes what has come, where some has; whether the terminal is still there.
    pub fn read(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 1 << 14];
        match read(io::stdin(), &mut buffer) {
            Ok(0) | Err(Errno::IO) => Ok(false),
            Ok(count) => {
                self.take(&buffer[..count]);
                Ok(true)
            }
            Err(Errno::INTR | Errno::AGAIN) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        self.heard = Instant::now();
    }

    /// When a sequence that is cut has waited long enough.
    pub fn due(&self) -> Option<Duration> {
        let patience = match self.pasted {
            Some(_) => PASTING,
            None if self.bytes.is_empty() => return None,
            None => PATIENCE,
        };
        Some(patience.saturating_sub(self.heard.elapsed()))
    }

    /// The next event, if there is one.
    pub fn next(&mut self) -> Option<Event> {
        let given_up = self.due().is_some_and(|left| left.is_zero());
        loop {
            if self.pasted.is_some() {
                return self.pasting(given_up);
            }
            let bytes = self.bytes.make_contiguous();
            let (taken, event) = match first(bytes) {
                Sequence::Complete(length) if bytes.starts_with(PASTE_BEGINS) => {
                    self.pasted = Some(Vec::new());
                    (length, None)
                }
                Sequence::Complete(length) => (length, event::of(&bytes[..length])),
                Sequence::Noise(length) => (length, None),
                Sequence::Incomplete if given_up && !bytes.is_empty() => {
                    (bytes.len(), event::of_cut(bytes))
                }
                Sequence::Incomplete => return None,
            };
            self.bytes.drain(..taken);
            if event.is_some() {
                return event;
            }
        }
    }

    /// The paste, once its end has come or been given up.
    fn pasting(&mut self, given_up: bool) -> Option<Event> {
        let bytes = self.bytes.make_contiguous();
        let mut windows = bytes.windows(PASTE_ENDS.len());
        let end = windows.position(|window| window == PASTE_ENDS);
        let text = match end {
            Some(at) => at,
            None if given_up => bytes.len(),
            // Its end may have begun.
            None => bytes.len().saturating_sub(PASTE_ENDS.len() - 1),
        };
        let pasted = self.pasted.get_or_insert_default();
        let room = KEPT.saturating_sub(pasted.len());
        pasted.extend(&bytes[..text.min(room)]);
        let over = end.is_some() || given_up;
        self.bytes
            .drain(..text + end.map_or(0, |_| PASTE_ENDS.len()));
        let pasted = self.pasted.take_if(|_| over)?;
        Some(Event::Paste(String::from_utf8_lossy(&pasted).into_owned()))
    }
}

#[cfg(test)]
mod tests;
