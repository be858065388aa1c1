//! The terminal: its modes, the loop, and every way out. Whatever happens, the terminal is as it was before; and when it
//! vanishes, the run goes on without it.

mod console;
mod input;
mod modes;
mod suspend;

use crate::runs::CONSOLE;
use crate::ui::app::App;
use crate::ui::backend::Frugal;
use crate::ui::{Options, UiError, copy, pictures};
use console::Console;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use crossterm::{execute, queue};
use input::Input;
use modes::Modes;
use ratatui::Terminal;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often runs and trainer are looked at.
const TICK: Duration = Duration::from_millis(125);
/// How often pictures that are being drawn are looked for.
const GLANCE: Duration = Duration::from_millis(15);
/// Between frames that no key asked for.
const FRAME: Duration = Duration::from_millis(100);
/// Between frames that a key asked for.
const ECHO: Duration = Duration::from_millis(30);

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The user left.
    Left,
    /// SIGTERM or SIGINT.
    Terminated,
    /// The user wants the shell for a while.
    Suspended,
    /// The process was stopped and goes on: whatever the shell did to the terminal meanwhile, its modes are ours again.
    Continued,
    /// The terminal is gone.
    Vanished,
}

/// Signals that have come.
#[derive(Debug, Default)]
struct Signals {
    terminate: Arc<AtomicBool>,
    hang_up: Arc<AtomicBool>,
    go_on: Arc<AtomicBool>,
}

impl Signals {
    fn watch() -> io::Result<Self> {
        let signals = Self::default();
        signal_hook::flag::register(SIGTERM, Arc::clone(&signals.terminate))?;
        signal_hook::flag::register(SIGINT, Arc::clone(&signals.terminate))?;
        #[cfg(unix)]
        signal_hook::flag::register(signal_hook::consts::SIGCONT, Arc::clone(&signals.go_on))?;
        signal_hook::flag::register(SIGHUP, Arc::clone(&signals.hang_up))?;
        Ok(signals)
    }

    fn terminated(&self) -> bool {
        self.terminate.load(Ordering::Relaxed)
    }

    fn end(&self) -> Option<End> {
        if self.hang_up.load(Ordering::Relaxed) {
            Some(End::Vanished)
        } else if self.terminated() {
            Some(End::Terminated)
        } else {
            let went_on = self.go_on.swap(false, Ordering::Relaxed);
            went_on.then_some(End::Continued)
        }
    }
}

/// Draws the workbench until the user leaves, the terminal vanishes or the process is told to end.
pub fn run(mut app: App, options: &Options) -> Result<Option<String>, UiError> {
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Err(UiError::NoTerminal);
    }
    let signals = Signals::watch()?;
    loop {
        let modes = Modes::enter(options.mouse)?;
        match stay(&mut app, &signals, &modes, options) {
            Ok(End::Left) => {
                modes.leave();
                app.keep_draft();
                return Ok(app.take_farewell());
            }
            Ok(End::Suspended) => {
                modes.leave();
                suspend::stop();
                signals.go_on.store(false, Ordering::Relaxed);
                app.redraw();
            }
            Ok(End::Continued) => {
                modes.leave();
                app.redraw();
            }
            Ok(End::Terminated) => {
                modes.leave();
                signals.terminate.store(false, Ordering::Relaxed);
                app.keep_draft();
                app.stop_unseen(|| signals.terminated());
                return Ok(None);
            }
            Ok(End::Vanished) => {
                modes.abandon();
                app.keep_draft();
                app.finish_unseen(|| signals.terminated());
                return Ok(None);
            }
            Err(error) => {
                modes.leave();
                app.keep_draft();
                // What failed is the screen, not the run.
                app.finish_unseen(|| signals.terminated());
                return Err(error.into());
            }
        }
    }
}

type Tty = BufWriter<File>;

fn stay(app: &mut App, signals: &Signals, modes: &Modes, options: &Options) -> io::Result<End> {
    let tty = BufWriter::with_capacity(1 << 16, modes.tty()?);
    let mut terminal = Terminal::new(Frugal::new(tty))?;
    if !app.knows_terminal() {
        // A terminal that doesn't answer shows something at once all the same.
        if draw(&mut terminal, app).is_err() && input::is_gone() {
            return Ok(End::Vanished);
        }
        app.use_pictures(pictures::detect(
            &options.config.images(),
            app.picture_depth(),
        ));
    }
    let mut console = Console::divert(&options.runs.join(CONSOLE));
    let (mut drawn, mut ticked) = (None::<Instant>, Instant::now());
    let mut pressed = false;
    loop {
        if let Some(end) = signals.end() {
            return Ok(end);
        }
        let pause = if pressed { ECHO } else { FRAME };
        if drawn.is_none_or(|at| at.elapsed() >= pause) && app.take_stale() {
            if let Err(error) = draw(&mut terminal, app) {
                // Writing to a terminal that is gone fails before anybody says that it is.
                return if input::is_gone() {
                    Ok(End::Vanished)
                } else {
                    Err(error)
                };
            }
            (drawn, pressed) = (Some(Instant::now()), false);
        }
        let until_frame = drawn.map_or(FRAME, |at| pause.saturating_sub(at.elapsed()));
        let until_tick = TICK.saturating_sub(ticked.elapsed());
        let mut wait = if app.is_stale() {
            until_frame.min(until_tick)
        } else {
            until_tick
        };
        if app.shared.pictures.is_waiting() {
            wait = wait.min(GLANCE);
        }
        if input::wait(wait) == Input::Gone {
            return Ok(End::Vanished);
        }
        while let Some(event) = match input::next() {
            // It may have vanished since.
            Err(_) if input::is_gone() => return Ok(End::Vanished),
            event => event?,
        } {
            // A key means what is to be seen, which may come from a log that is ahead of what was heard.
            app.hear_trainer();
            app.event(&event);
            pressed = true;
            if app.is_done() {
                return Ok(End::Left);
            }
            if let Some(text) = app.take_copied() {
                copy::ask(terminal.backend_mut(), &text)?;
            }
            if app.take_suspended() {
                if suspend::is_possible() {
                    return Ok(End::Suspended);
                }
                app.refuse("there is no shell to go back to here; q quits");
            }
        }
        app.look();
        if ticked.elapsed() >= TICK {
            app.tick();
            ticked = Instant::now();
            let log = app.training_dir().map(|dir| dir.join(CONSOLE));
            console.follow(log.as_deref());
        }
        if app.is_done() {
            return Ok(End::Left);
        }
    }
}

/// One frame, which the terminal shows at once and not in parts.
fn draw(terminal: &mut Terminal<Frugal<Tty>>, app: &mut App) -> io::Result<()> {
    queue!(terminal.backend_mut(), BeginSynchronizedUpdate)?;
    terminal.draw(|frame| app.draw(frame))?;
    execute!(terminal.backend_mut(), EndSynchronizedUpdate)
}
