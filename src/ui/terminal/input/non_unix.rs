//! What the user types, clicks and pastes, where the system hands over whole events.

use crossterm::event::{self, Event};
use std::io;
use std::time::Duration;

/// The input of the terminal, as events.
#[derive(Debug)]
pub struct Input;

impl Input {
    /// Nothing has been typed yet.
    pub const fn new() -> Self {
        Self
    }

    /// Nothing is taken before it is asked for.
    pub fn read(&mut self) -> io::Result<bool> {
        Ok(true)
    }

    /// Events are whole.
    pub const fn due(&self) -> Option<Duration> {
        None
    }

    /// The next event, if there is one.
    pub fn next(&mut self) -> Option<Event> {
        let ready = event::poll(Duration::from_millis(1)).ok()?;
        ready.then(event::read)?.ok()
    }
}
