//! The terminal: its modes, the loop, and every way out. Whatever happens, the terminal is as it was before; and when it
//! vanishes, the run goes on without it.

mod console;
mod editor;
mod end;
mod event_loop;
#[cfg(unix)]
mod faults;
#[cfg(unix)]
mod input;
#[cfg(not(unix))]
#[path = "terminal/input/non_unix.rs"]
mod input;
mod modes;
mod signals;
mod suspend;
mod wait;

use crate::ui::app::App;
use crate::ui::options::{Options, UiError};
use end::End;
use event_loop::EventLoop;
use modes::Modes;
use signals::Signals;
use std::io::{self, IsTerminal};

/// Draws the workbench until the user leaves, the terminal vanishes or the process is told to end.
pub fn run(mut app: App, options: &Options) -> Result<Option<String>, UiError> {
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Err(UiError::NoTerminal);
    }
    let signals = Signals::watch()?;
    loop {
        let modes = Modes::enter(options.mouse)?;
        match run_loop(&mut app, &signals, &modes, options) {
            Ok(End::Left) => {
                modes.leave();
                app.leave_behind();
                return Ok(app.take_farewell());
            }
            Ok(End::Suspended) => {
                modes.leave();
                // Who is stopped may never go on.
                app.leave_behind();
                suspend::stop();
                signals.heard_go_on();
                app.redraw();
            }
            Ok(End::Writing) => {
                modes.leave();
                if let Some(text) = app.take_writing() {
                    app.written(editor::edit(&text));
                }
                app.redraw();
            }
            Ok(End::Continued) => {
                modes.leave();
                app.redraw();
            }
            Ok(End::Terminated) => {
                modes.leave();
                signals.heard_terminate();
                app.leave_behind();
                app.stop_unseen(|| signals.terminated());
                return Ok(None);
            }
            Ok(End::Vanished) => {
                // A hang-up may also be sent to a process whose terminal is still there.
                if wait::is_gone(&signals) {
                    modes.abandon();
                } else {
                    modes.leave();
                }
                app.leave_behind();
                app.finish_unseen(|| signals.terminated());
                return Ok(None);
            }
            Err(error) => {
                modes.leave();
                app.leave_behind();
                // What failed is the screen, not the run.
                app.finish_unseen(|| signals.terminated());
                return Err(error.into());
            }
        }
    }
}

fn run_loop(app: &mut App, signals: &Signals, modes: &Modes, options: &Options) -> io::Result<End> {
    let ended = EventLoop::begin(app, signals, modes, options).and_then(|mut events| events.run());
    // Writing to a terminal that is gone fails before anybody says that it is.
    ended.or_else(|error| {
        let gone = wait::is_gone(signals).then_some(End::Vanished);
        gone.ok_or(error)
    })
}
