//! The workbench: takes keys, asks the screens, and does what they want. It is built from parts, so that a test can
//! drive it without a terminal or a trainer.

mod control;
mod editor;
mod intents;
mod leave;
mod mouse;
mod overlay;
mod palette;
mod paste;
mod queue;
mod runs;
mod tick;

pub use paste::PASTE;
pub use tick::TICK;

use crate::queue::StartWorker;
use crate::runs::{Listing, Request};
use crate::trainer::{Command, Handle};
use crate::ui::background::Start;
use crate::ui::clock::Clock;
use crate::ui::frame::{self, Hits, Scene};
use crate::ui::keymap::everywhere::Global;
use crate::ui::keys::{Hint, Key, Table};
use crate::ui::live::Live;
use crate::ui::notify::Notifier;
use crate::ui::overlay::Overlay;
use crate::ui::pictures::Pictures;
use crate::ui::saved_state::SavedState;
use crate::ui::screen_id::ScreenId;
use crate::ui::screens::Screen;
use crate::ui::screens::compare::Compare;
use crate::ui::screens::experiment::ExperimentScreen;
use crate::ui::screens::explore::Explore;
use crate::ui::screens::help::Help;
use crate::ui::screens::history::History;
use crate::ui::screens::sweeps::Sweeps;
use crate::ui::screens::train::Train;
use crate::ui::shared::{Message, Shared, Subject};
use crate::ui::task::{self, Running};
use crate::ui::theme::{Depth, Theme};
use crossterm::event::{Event, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui_image::picker::Picker;
use std::path::PathBuf;
use std::process::Child;

/// What the app is built from.
#[derive(Debug)]
pub struct Parts {
    /// The trainer, or a stand-in.
    pub trainer: Handle,
    /// The runs.
    pub listing: Listing,
    /// The time.
    pub clock: Clock,
    /// The colours.
    pub theme: Theme,
    /// How a run goes on in the background.
    pub background: Start,
    /// How the queue is worked in the background.
    pub worker: StartWorker,
    /// How evaluations, exports and reports are made.
    pub task: task::Start,
}

/// The workbench.
#[derive(Debug)]
pub struct App {
    /// What all screens see.
    pub shared: Shared,
    /// The screen in front.
    pub screen: ScreenId,
    /// The box over it.
    pub overlay: Option<Overlay>,
    /// The Experiment screen.
    pub experiment: ExperimentScreen,
    train: Train,
    history: History,
    compare: Compare,
    sweeps: Sweeps,
    explore: Explore,
    /// What the last frame left behind.
    hits: Hits,
    /// The slider that the mouse holds.
    held: Option<(Rect, usize)>,
    saved: SavedState,
    background: Start,
    start_worker: StartWorker,
    start_task: task::Start,
    /// An evaluation, an export or a report under way.
    running: Option<Running>,
    /// The worker of the queue that we started, while it lives.
    working: Option<Child>,
    /// A run that our trainer may let go of though nobody goes on with it.
    orphan: Option<PathBuf>,
    farewell: Option<String>,
    /// What the terminal should put on the clipboard.
    copied: Option<String>,
    /// What tells of runs that end.
    pub notifier: Notifier,
    /// What makes the terminal tell of them.
    told: String,
    /// Where the last launch came from: what is refused from the form is mended there.
    launched: ScreenId,
    suspended: bool,
    /// What the user wants to edit as text.
    writes: Option<String>,
    /// What they wrote that can't be read.
    unread: Option<String>,
    done: bool,
    stale: bool,
    second: u64,
}

impl App {
    /// A workbench on its Experiment screen.
    #[must_use]
    pub fn new(parts: Parts, experiment: ExperimentScreen) -> Self {
        let live = Live::new(parts.trainer);
        let sweeps = Sweeps::new(&parts.listing.dir);
        let pictures = Pictures::new(Picker::halfblocks(), parts.theme.picture_depth());
        Self {
            shared: Shared::new(parts.listing, live, parts.clock, parts.theme, pictures),
            screen: ScreenId::Experiment,
            overlay: None,
            experiment,
            train: Train::default(),
            history: History::default(),
            compare: Compare::default(),
            sweeps,
            explore: Explore::default(),
            hits: Hits::default(),
            held: None,
            saved: SavedState::default(),
            background: parts.background,
            start_worker: parts.worker,
            start_task: parts.task,
            running: None,
            working: None,
            orphan: None,
            farewell: None,
            copied: None,
            notifier: Notifier::default(),
            told: String::new(),
            launched: ScreenId::Experiment,
            suspended: false,
            writes: None,
            unread: None,
            done: false,
            stale: true,
            second: 0,
        }
    }

    /// From now on it knows what was remembered, and keeps it.
    pub fn remember(&mut self, saved: SavedState) {
        self.history.arrange(&saved.history);
        self.experiment.recent.know(&saved.recent);
        if let Some(why) = &saved.trouble {
            self.refuse(&why.clone());
        }
        self.saved = saved;
    }

    /// Whether the program should end.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.done
    }

    /// What should be put on the clipboard; asking takes it away.
    pub const fn take_copied(&mut self) -> Option<String> {
        self.copied.take()
    }

    /// What makes the terminal tell of runs that ended; asking takes it away.
    pub fn take_told(&mut self) -> String {
        std::mem::take(&mut self.told)
    }

    /// Whether something changed since the last frame; asking takes the answer away.
    pub const fn take_stale(&mut self) -> bool {
        std::mem::replace(&mut self.stale, false)
    }

    /// Whether something changed since the last frame.
    #[must_use]
    pub const fn is_stale(&self) -> bool {
        self.stale
    }

    /// The folder of the run that trains now, and `None` otherwise.
    #[must_use]
    pub fn training_dir(&self) -> Option<&std::path::Path> {
        let busy = self.shared.live.is_busy();
        self.shared.live.dir.as_deref().filter(|_| busy)
    }

    /// Whether the terminal was asked what pictures it takes.
    #[must_use]
    pub const fn knows_terminal(&self) -> bool {
        self.shared.pictures.detected
    }

    /// The colours that pictures may have; none where not even half blocks can be shown.
    #[must_use]
    pub fn picture_depth(&self) -> Depth {
        self.shared.theme.picture_depth()
    }

    /// Draws pictures for the terminal that `picker` describes.
    pub fn use_pictures(&mut self, picker: Picker) {
        self.shared.pictures = Pictures::new(picker, self.picture_depth());
        self.shared.pictures.detected = true;
        self.stale = true;
    }

    /// Takes pictures that have been drawn; to be called often while some are awaited.
    pub fn look(&mut self) {
        self.stale |= self.shared.pictures.poll();
    }

    /// Takes a key, a click, a resize or pasted text.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.key(key),
            Event::Mouse(mouse) => self.mouse(*mouse),
            Event::Paste(text) => self.paste(text),
            Event::Resize(..) => {}
            _ => return,
        }
        self.saved.touch(self.shared.clock.now());
        self.stale = true;
    }

    /// The terminal shows nothing of ours any more.
    pub const fn redraw(&mut self) {
        self.stale = true;
    }

    fn key(&mut self, key: &KeyEvent) {
        self.shared.message = None;
        if self.overlay.is_some() {
            self.overlay_key(key);
            return;
        }
        let global = self.shared.keys.everywhere.action(key);
        if Key::ctrl('c').is(key) {
            return self.global(Global::Quit);
        }
        // Also while text is typed, where they are no characters.
        let (control, alt) = (KeyModifiers::CONTROL, KeyModifiers::ALT);
        match global {
            Some(Global::Suspend) if key.modifiers.contains(control) => {
                return self.global(Global::Suspend);
            }
            Some(Global::Screen(screen)) if key.modifiers.contains(alt) => {
                return self.global(Global::Screen(screen));
            }
            _ => {}
        }
        let (screen, shared) = self.parts();
        match (screen.update(key, shared), global) {
            (Some(intents), _) => self.apply(intents),
            (None, Some(global)) if !self.screen_ref().is_typing() => self.global(global),
            _ => {}
        }
    }

    fn global(&mut self, action: Global) {
        match action {
            Global::Quit => self.quit(),
            Global::Suspend => self.suspend(),
            Global::Help => {
                let title = self.screen.title();
                let keys = &self.shared.keys;
                let own = self.screen_ref().help(keys);
                let help = Help::new(title, own, keys.everywhere.hints());
                self.overlay = Some(Overlay::Help(help));
            }
            Global::Palette => self.open_palette(),
            Global::Next => self.screen = self.screen.further(1),
            Global::Back => self.screen = self.screen.further(ScreenId::ALL.len() - 1),
            Global::Screen(screen) => self.screen = screen,
        }
    }

    /// Tells the user why something can't be done.
    pub fn refuse(&mut self, why: &str) {
        self.say(why.to_owned(), true);
    }

    fn say(&mut self, text: String, refusal: bool) {
        self.shared.message = Some(Message {
            text,
            refusal,
            of: None,
        });
    }

    /// The same of something that changes: it is said as long as that stands as it does now.
    fn say_of(&mut self, subject: Subject, text: String, refusal: bool) {
        let stands = self.shared.stands(&subject);
        self.shared.message = Some(Message {
            text,
            refusal,
            of: Some((subject, stands)),
        });
    }

    /// Waits, without a screen, until the run is over.
    pub fn finish_unseen(&mut self, give_up: impl Fn() -> bool) {
        self.shared.live.wait(give_up);
    }

    /// Stops the run and waits, without a screen, until it is over or `give_up` says so.
    pub fn stop_unseen(&mut self, give_up: impl Fn() -> bool) {
        if self.shared.live.is_busy() {
            self.shared.live.send(Command::Ask(Request::Stop));
            self.shared.live.wait_or(give_up);
        }
    }

    /// The screen in front.
    #[must_use]
    pub fn screen_ref(&self) -> &dyn Screen {
        self.screen_of(self.screen)
    }

    fn screen_of(&self, id: ScreenId) -> &dyn Screen {
        match id {
            ScreenId::Experiment => &self.experiment,
            ScreenId::Train => &self.train,
            ScreenId::History => &self.history,
            ScreenId::Compare => &self.compare,
            ScreenId::Sweeps => &self.sweeps,
            ScreenId::Explore => &self.explore,
        }
    }

    fn screen_mut(&mut self) -> &mut dyn Screen {
        self.parts().0
    }

    fn parts(&mut self) -> (&mut dyn Screen, &Shared) {
        let screen: &mut dyn Screen = match self.screen {
            ScreenId::Experiment => &mut self.experiment,
            ScreenId::Train => &mut self.train,
            ScreenId::History => &mut self.history,
            ScreenId::Compare => &mut self.compare,
            ScreenId::Sweeps => &mut self.sweeps,
            ScreenId::Explore => &mut self.explore,
        };
        (screen, &self.shared)
    }

    /// The keys that work now, those of the screen first.
    #[must_use]
    pub fn hints(&self) -> Vec<Hint> {
        let keys = &self.shared.keys;
        match &self.overlay {
            Some(Overlay::Help(_)) => keys.help.hints(),
            Some(Overlay::Palette(_)) => keys.palette.hints(),
            Some(Overlay::Ask(_)) => keys.ask.hints(),
            Some(question) => question.answers(keys).map_or_else(Vec::new, Table::hints),
            None => {
                let mut hints = self.screen_ref().hints(&self.shared);
                if !self.screen_ref().is_typing() {
                    hints.extend(keys.everywhere.hints());
                }
                hints
            }
        }
    }

    /// Draws everything.
    pub fn draw(&mut self, frame: &mut Frame) {
        let scene = Scene {
            shared: &self.shared,
            screen: self.screen,
            front: self.screen_ref(),
            overlay: self.overlay.as_ref(),
            hints: self.hints(),
        };
        self.hits = frame::draw(&scene, frame);
        if let Some(panel) = self.hits.picture_request.take() {
            self.shared.pictures.request(panel, self.hits.scene.take());
        }
        if self.screen == ScreenId::Experiment {
            let data = &self.experiment.form.experiment.data;
            self.shared.pictures.measure(data);
        }
    }
}
