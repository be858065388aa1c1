//! The terminal's modes: entered once, left once, on every way out. A panic of the main thread leaves them too, so that
//! its message can be read; a panic of another thread, which the trainer catches, leaves the screen alone.

use crossterm::cursor::Show;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::execute;
use crossterm::terminal::{
    Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use std::fs::File;
use std::io;
use std::sync::{Mutex, Once};
use std::thread::{self, ThreadId};

/// What is needed to leave, where a panic finds it.
#[derive(Debug)]
struct Before {
    tty: File,
    output: Saved,
    thread: ThreadId,
}

static BEFORE: Mutex<Option<Before>> = Mutex::new(None);
static HOOK: Once = Once::new();

/// The modes, left when this is dropped.
#[derive(Debug)]
pub struct Modes {
    tty: File,
}

impl Modes {
    /// Raw mode, the other screen, and the mouse if wanted.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        let tty = terminal()?;
        let before = Before {
            tty: tty.try_clone()?,
            output: Saved::now()?,
            thread: thread::current().id(),
        };
        if let Ok(mut slot) = BEFORE.lock() {
            *slot = Some(before);
        }
        HOOK.call_once(hook);
        #[cfg(unix)]
        super::faults::arm();
        let modes = Self { tty };
        enable_raw_mode()?;
        let mut tty = &modes.tty;
        // A program that was killed there left its last frame.
        let clear = Clear(ClearType::All);
        execute!(tty, EnterAlternateScreen, clear, EnableBracketedPaste)?;
        if mouse {
            execute!(tty, EnableMouseCapture)?;
        }
        Ok(modes)
    }

    /// The terminal to draw on, wherever standard output goes meanwhile.
    pub fn tty(&self) -> io::Result<File> {
        self.tty.try_clone()
    }

    /// Back to how the terminal was.
    pub fn leave(self) {
        drop(self);
    }

    /// Leaves a terminal that is gone alone.
    pub fn abandon(self) {
        if let Ok(mut slot) = BEFORE.lock() {
            *slot = None;
        }
        #[cfg(unix)]
        super::faults::disarm();
        drop(self);
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        restore();
    }
}

fn hook() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let ours = BEFORE
            .try_lock()
            .ok()
            .and_then(|slot| slot.as_ref().map(|b| b.thread));
        if ours == Some(thread::current().id()) {
            restore();
        }
        before(info);
    }));
}

/// Does it once; each step is tried whatever became of those before.
fn restore() {
    let Some(before) = BEFORE.try_lock().ok().and_then(|mut slot| slot.take()) else {
        return;
    };
    #[cfg(unix)]
    super::faults::disarm();
    let mut tty = &before.tty;
    let _ = execute!(
        tty,
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    );
    let _ = disable_raw_mode();
    before.output.back();
}

#[cfg(unix)]
fn terminal() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

#[cfg(not(unix))]
fn terminal() -> io::Result<File> {
    std::fs::OpenOptions::new().write(true).open("CONOUT$")
}

/// Standard output and error as they were.
#[derive(Debug)]
struct Saved {
    #[cfg(unix)]
    output: std::os::fd::OwnedFd,
    #[cfg(unix)]
    error: std::os::fd::OwnedFd,
}

#[cfg(unix)]
impl Saved {
    fn now() -> io::Result<Self> {
        use std::os::fd::AsFd;
        Ok(Self {
            output: io::stdout().as_fd().try_clone_to_owned()?,
            error: io::stderr().as_fd().try_clone_to_owned()?,
        })
    }

    fn back(&self) {
        let _ = rustix::stdio::dup2_stdout(&self.output);
        let _ = rustix::stdio::dup2_stderr(&self.error);
    }
}

#[cfg(not(unix))]
impl Saved {
    fn now() -> io::Result<Self> {
        Ok(Self {})
    }

    fn back(&self) {}
}
