//! The loop: input in, frames out, and a look at runs and trainer whenever something may have changed; nothing in between.

use super::console::Console;
use super::end::End;
use super::input::Input;
use super::modes::Modes;
use super::signals::Signals;
use super::suspend;
use super::wait::wait;
use crate::disk::file_watcher::Notices;
use crate::runs::CONSOLE;
use crate::ui::app::{App, TICK};
use crate::ui::backend::CompactBackend;
use crate::ui::options::Options;
use crate::ui::pictures;
use crate::ui::screen_id::ScreenId;
use crossterm::clipboard::CopyToClipboard;
use crossterm::event::Event;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use crossterm::{execute, queue};
use ratatui::Terminal;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::time::{Duration, Instant};

/// How often pictures that are being drawn are looked for.
const GLANCE: Duration = Duration::from_millis(15);
/// Between frames that no key asked for.
const FRAME: Duration = Duration::from_millis(100);
/// Between frames that a key asked for.
const ECHO: Duration = Duration::from_millis(30);

type Tty = BufWriter<File>;

/// The workbench on its terminal.
pub struct EventLoop<'a> {
    app: &'a mut App,
    signals: &'a Signals,
    terminal: Terminal<CompactBackend<Tty>>,
    console: Console,
    input: Input,
    /// What folders tell, where they can.
    notices: Option<Notices>,
    /// Whether all folders of interest are watched.
    watches_all: bool,
    /// Screen and number of runs for which that was seen to.
    watched: Option<(ScreenId, usize)>,
    drawn: Option<Instant>,
    ticked: Instant,
    /// Whether a key asks for the next frame.
    pressed: bool,
    /// Whether something happened that the next look is to take in.
    news: bool,
}

impl<'a> EventLoop<'a> {
    /// Shows the first frame, and learns what pictures the terminal takes.
    pub fn begin(
        app: &'a mut App,
        signals: &'a Signals,
        modes: &Modes,
        options: &Options,
    ) -> io::Result<Self> {
        let tty = BufWriter::with_capacity(1 << 16, modes.tty()?);
        let mut terminal = Terminal::new(CompactBackend::new(tty))?;
        if !app.knows_terminal() {
            // A terminal that doesn't answer shows something at once all the same.
            draw(&mut terminal, app)?;
            app.use_pictures(pictures::detect(
                &options.config.images(),
                app.picture_depth(),
            ));
        }
        Ok(Self {
            app,
            signals,
            terminal,
            console: Console::divert(&options.runs.join(CONSOLE)),
            input: Input::new(),
            notices: Notices::new(),
            watches_all: false,
            watched: None,
            drawn: None,
            ticked: Instant::now(),
            pressed: false,
            news: true,
        })
    }

    /// Goes on until there is a reason to end.
    pub fn run(&mut self) -> io::Result<End> {
        loop {
            if let Some(end) = self.signals.end()
                && (end != End::Suspended || self.may_suspend())
            {
                return Ok(end);
            }
            if self.signals.take_resize() {
                self.app.redraw();
                self.pressed = true;
            }
            self.draw_if_due()?;
            let woken = wait(self.signals, self.listened(), self.idle());
            if woken.gone || (woken.input && !self.input.read()?) {
                return Ok(End::Vanished);
            }
            if woken.changed {
                self.take_notices();
            }
            while let Some(event) = self.input.next() {
                if let Some(end) = self.event(&event)? {
                    return Ok(end);
                }
            }
            self.app.look();
            if self.ticked.elapsed() >= self.until_tick() {
                self.tick();
            }
            if self.app.is_done() {
                return Ok(End::Left);
            }
        }
    }

    /// Between the last look and the next.
    fn until_tick(&self) -> Duration {
        if self.news {
            TICK
        } else {
            self.app.until_tick(self.watches_all)
        }
    }

    /// How long there is nothing to do, unless something happens.
    fn idle(&self) -> Duration {
        let look = self.until_tick().saturating_sub(self.ticked.elapsed());
        let frame = self.app.is_stale().then(|| self.until_frame());
        let glance = self.app.shared.pictures.is_waiting().then_some(GLANCE);
        let all = [frame, glance, self.input.due()];
        all.into_iter().flatten().fold(look, Duration::min)
    }

    fn until_frame(&self) -> Duration {
        let pause = if self.pressed { ECHO } else { FRAME };
        self.drawn
            .map_or(Duration::ZERO, |at| pause.saturating_sub(at.elapsed()))
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        if self.until_frame().is_zero() && self.app.take_stale() {
            draw(&mut self.terminal, self.app)?;
            (self.drawn, self.pressed) = (Some(Instant::now()), false);
        }
        Ok(())
    }

    /// Folders that may tell of changes now: once they have, the next look comes first.
    fn listened(&self) -> Option<&Notices> {
        self.notices.as_ref().filter(|_| !self.news)
    }

    fn take_notices(&mut self) {
        self.news = true;
        let folders = self.notices.as_mut().map(Notices::take);
        for folder in folders.iter().flatten() {
            self.app.changed(folder);
            // A folder of interest may have been made in it.
            if self.app.has_folders(folder) {
                self.watched = None;
            }
        }
    }

    fn event(&mut self, event: &Event) -> io::Result<Option<End>> {
        // A key means what is to be seen, which may come from a log that is ahead of what was heard.
        self.app.hear_trainer();
        self.app.event(event);
        (self.pressed, self.news) = (true, true);
        if self.app.is_done() {
            return Ok(Some(End::Left));
        }
        if let Some(text) = self.app.take_copied() {
            // Also over ssh, where the terminal takes it.
            let copy = CopyToClipboard::to_clipboard_from(text);
            execute!(self.terminal.backend_mut(), copy)?;
        }
        if self.app.is_writing() {
            return Ok(Some(End::Writing));
        }
        let suspends = self.app.take_suspended() && self.may_suspend();
        Ok(suspends.then_some(End::Suspended))
    }

    fn may_suspend(&mut self) -> bool {
        let possible = suspend::is_possible();
        if !possible {
            self.app
                .refuse("there is no shell to go back to here; q quits");
            self.app.redraw();
        }
        possible
    }

    fn tick(&mut self) {
        // What is told while we look is for the next look.
        self.take_notices();
        self.news = false;
        self.app.tick();
        let told = self.app.take_told();
        if !told.is_empty() {
            // A terminal that is gone is noticed where the next frame is drawn.
            let _ = self.terminal.backend_mut().write_all(told.as_bytes());
            let _ = self.terminal.backend_mut().flush();
        }
        self.ticked = Instant::now();
        self.watch();
        let log = self.app.training_dir().map(|dir| dir.join(CONSOLE));
        self.console.follow(log.as_deref());
    }

    /// Has all folders of interest tell of changes.
    fn watch(&mut self) {
        let Some(notices) = &mut self.notices else {
            return;
        };
        let now = Some((self.app.screen, self.app.shared.listing.runs.len()));
        if self.watches_all && self.watched == now {
            return;
        }
        self.watched = now;
        let folders = self.app.folders();
        let missing = folders.iter().filter(|folder| !notices.watch(folder));
        self.watches_all = missing.count() == 0;
    }
}

/// One frame, which the terminal shows at once and not in parts.
fn draw(terminal: &mut Terminal<CompactBackend<Tty>>, app: &mut App) -> io::Result<()> {
    queue!(terminal.backend_mut(), BeginSynchronizedUpdate)?;
    terminal.draw(|frame| app.draw(frame))?;
    execute!(terminal.backend_mut(), EndSynchronizedUpdate)
}
