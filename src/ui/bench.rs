//! What frames cost: a workbench over made runs, drawn onto a line that counts bytes.

use crate::engine::report::{Begin, Point, Report};
use crate::experiment::presets::PRESETS;
use crate::runs::{Listing, Record, Run, Status};
use crate::trainer::Handle;
use crate::ui::app::{App, Parts};
use crate::ui::backend::CompactBackend;
use crate::ui::clock::Clock;
use crate::ui::screens::experiment::ExperimentScreen;
use crate::ui::screens::experiment::form::Form;
use crate::ui::theme::{Depth, Theme};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

/// Runs in the list, and points of each of the curves of the one that is shown.
pub const SIZES: (usize, u64) = (1_000, 100_000);
/// Cells of the screen.
pub const SCREEN: (u16, u16) = (160, 48);

/// What some frames cost.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    /// From a key, or a record of the live run, until its frame is written.
    pub times: Vec<Duration>,
    /// Bytes of the first frame.
    pub first: usize,
    /// Bytes of all others together.
    pub others: usize,
}

/// Frames of the Train screen as records of a live run come in.
///
/// # Errors
/// When the terminal in memory fails, which it doesn't.
pub fn live(times: usize) -> io::Result<Frames> {
    let mut bench = Bench::new()?;
    bench.key('2');
    bench.frames(times, |bench, nth| bench.grow(nth as u64))
}

/// Frames of the History screen as the cursor goes down.
///
/// # Errors
/// As [`live`].
pub fn history(times: usize) -> io::Result<Frames> {
    let mut bench = Bench::new()?;
    bench.key('3');
    bench.frames(times, |bench, _| bench.key('j'))
}

struct Bench {
    app: App,
    line: Line,
}

/// A line to a far terminal, which counts the bytes that it gets.
#[derive(Debug)]
pub struct Line {
    terminal: Terminal<CompactBackend<Counter>>,
    bytes: Arc<AtomicUsize>,
}

impl Line {
    /// To a terminal of so many cells.
    ///
    /// # Errors
    /// When the terminal in memory fails, which it doesn't.
    pub fn new(width: u16, height: u16) -> io::Result<Self> {
        let bytes = Arc::new(AtomicUsize::new(0));
        let viewport = Viewport::Fixed(Rect::new(0, 0, width, height));
        let backend = CompactBackend::new(Counter(Arc::clone(&bytes)));
        let terminal = Terminal::with_options(backend, TerminalOptions { viewport })?;
        Ok(Self { terminal, bytes })
    }

    /// Draws a frame; tells its bytes.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn frame(&mut self, app: &mut App) -> io::Result<usize> {
        let before = self.bytes.load(Ordering::Relaxed);
        self.terminal.draw(|frame| app.draw(frame))?;
        Ok(self.bytes.load(Ordering::Relaxed) - before)
    }
}

impl Bench {
    fn new() -> io::Result<Self> {
        // Nobody trains, and nobody asks to.
        let handle = Handle {
            commands: channel().0,
            notices: channel().1,
        };
        let mut listing = Listing::default();
        listing.runs = (0..SIZES.0).map(made).collect();
        let live = &mut listing.runs[0];
        live.status = Status::Running;
        (0..SIZES.1).for_each(|step| live.series.apply(&record(step)));
        let parts = Parts {
            trainer: handle,
            listing,
            clock: Clock::Fixed(at(SIZES.1)),
            theme: Theme::new(Depth::True),
            background: |_| Err(io::Error::other("nothing trains in a bench")),
            worker: |_| Err(io::Error::other("nothing trains in a bench")),
            task: |_, _| Err(io::Error::other("a bench does nothing else")),
        };
        let form = Form::of_preset(&PRESETS[0]);
        let mut app = App::new(parts, ExperimentScreen::new(form));
        app.shared.listing_changed();
        let line = Line::new(SCREEN.0, SCREEN.1)?;
        Ok(Self { app, line })
    }

    /// The first frame, and those after each of so many changes.
    fn frames(
        &mut self,
        times: usize,
        mut change: impl FnMut(&mut Self, usize),
    ) -> io::Result<Frames> {
        let mut frames = Frames {
            first: self.draw()?,
            ..Frames::default()
        };
        for nth in 0..times {
            let began = Instant::now();
            change(self, nth);
            frames.others += self.draw()?;
            frames.times.push(began.elapsed());
        }
        Ok(frames)
    }

    fn draw(&mut self) -> io::Result<usize> {
        self.line.frame(&mut self.app)
    }

    fn key(&mut self, key: char) {
        let key = KeyEvent::new(KeyCode::Char(key), modifiers(key));
        self.app.event(&Event::Key(key));
    }

    /// One more record of the live run.
    fn grow(&mut self, nth: u64) {
        let step = SIZES.1 + nth;
        self.app.shared.listing.runs[0].series.apply(&record(step));
        self.app.shared.clock = Clock::Fixed(at(step));
    }
}

/// With alt, because a digit on a field of numbers is typed into it.
const fn modifiers(key: char) -> KeyModifiers {
    if key.is_ascii_digit() {
        KeyModifiers::ALT
    } else {
        KeyModifiers::NONE
    }
}

/// A complete run with a short history.
fn made(nth: usize) -> Run {
    let id = format!("20260921-201500-made-{nth:04x}");
    let mut run = Run::open(&Path::new("/nowhere").join(id));
    run.experiment = Some(crate::experiment::Experiment::default());
    run.broken = None;
    run.status = Status::Completed;
    run.created = at(0) - nth as f64 * 3_600.0;
    run.series.apply(&Record {
        at: at(0),
        report: Report::Begin(Begin {
            steps: 2 * SIZES.1,
            steps_per_epoch: 100,
            classes: 10,
            device: "CPU, 2 threads".to_owned(),
            ..Begin::default()
        }),
    });
    (0..20).for_each(|epoch| run.series.apply(&record(epoch * 100)));
    run
}

/// When a step is recorded.
fn at(step: u64) -> f64 {
    1_790_000_000.0 + step as f64 * 0.1
}

fn record(step: u64) -> Record {
    let fall = (-(step as f64) / 2e4).exp();
    // Irregular, as losses are, and always the same.
    let noise = (step.wrapping_mul(0x9e37_79b9) >> 16 & 0xff) as f64 / 255.0;
    let mut values = BTreeMap::from([
        ("loss".to_owned(), 1.0 + 4.0 * fall + 0.2 * noise),
        ("rate".to_owned(), 0.002 * fall),
        ("views_per_second".to_owned(), 600.0 + 20.0 * noise),
    ]);
    if step.is_multiple_of(100) {
        values.insert("knn".to_owned(), 90.0 - 60.0 * fall + noise);
    }
    Record {
        at: at(step),
        report: Report::Point(Point {
            step,
            epoch: step as f64 / 100.0,
            elapsed: step as f64 * 0.1,
            values,
        }),
    }
}

#[derive(Debug)]
struct Counter(Arc<AtomicUsize>);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.fetch_add(bytes.len(), Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_a_live_run_are_small_however_long_it_is() {
        let frames = live(100).unwrap();
        let mean = frames.others / 100;
        assert!(frames.first < 12_000, "{} bytes", frames.first);
        assert!(mean < 300, "{mean} bytes a frame in the mean");
    }
}
