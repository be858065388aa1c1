//! A workbench on a test bench: synthetic runs, a trainer that only listens, and a screen in memory.
#![allow(dead_code, reason = "no test uses all of it")]
#![expect(clippy::expect_used, reason = "a helper of tests fails as tests do")]

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::backend::TestBackend;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::{Terminal, TerminalOptions, Viewport};
use simclr_tui::engine::report::{Begin, End, Level, Outcome, Point, Report};
use simclr_tui::experiment::{Experiment, parse, presets::PRESETS};
use simclr_tui::runs::{Listing, Record, Run, Status};
use simclr_tui::trainer::{Command, Handle, Notice};
use simclr_tui::ui::app::{App, Parts};
use simclr_tui::ui::backend::CompactBackend;
use simclr_tui::ui::background::Start;
use simclr_tui::ui::clock::Clock;
use simclr_tui::ui::live::Stage;
use simclr_tui::ui::screens::experiment::ExperimentScreen;
use simclr_tui::ui::screens::experiment::form::{Form, Origin};
use simclr_tui::ui::theme::{Depth, Theme};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// The moment at which all tests happen.
pub const NOW: f64 = 1_790_000_000.0;
/// The sizes of snapshots.
pub const SIZES: [(u16, u16); 2] = [(80, 24), (160, 48)];

/// The preset that the workbench opens with, as it was when the snapshots were made.
pub fn quick() -> Experiment {
    let text = r#"(
        format: 1, name: "quick", data: (source: shapes),
        augment: (strength: 1.0, crop: (area_min: 0.35)),
        model: (encoder: resnet10, width: 16), loss: (temperature: 0.2),
        train: (batch: 128, epochs: 20, optimizer: adamw, rate: 2e-3, scaling: none, warmup: 1.33, weight_decay: 1e-4),
    )"#;
    parse(text, "quick").expect("valid")
}

/// Numbers that look like noise and are always the same.
fn noise(i: u64) -> f64 {
    let mut x = i.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678;
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (x >> 40) as f64 / f64::from(1 << 24) - 0.5
}

struct Shape {
    /// Loss at the start and at the end.
    loss: (f64, f64),
    /// kNN at the start and at the end.
    knn: (f64, f64),
    spread: f64,
}

fn point(step: u64, shape: &Shape) -> Report {
    let share = step as f64 / 300.0;
    let fall = 1.0 - (-5.0 * share).exp();
    let loss = shape.loss.0 + (shape.loss.1 - shape.loss.0) * fall + 0.18 * noise(step);
    let values = [
        ("loss", loss),
        (
            "rate",
            0.002 * (1.0 + (std::f64::consts::PI * share).cos()) / 2.0,
        ),
        ("views_per_second", 612.0 + 20.0 * noise(step + 7)),
        ("data_wait", 2.0),
        ("contrastive_top1", 4.0 + 70.0 * fall),
        ("alignment", 0.9 - 0.5 * fall),
        ("uniformity", -1.2 - 1.4 * fall),
        ("z_std", shape.spread),
        ("h_rank", 20.0 + 40.0 * fall),
    ];
    report(step, &values)
}

fn report(step: u64, values: &[(&str, f64)]) -> Report {
    Report::Point(Point {
        epoch: step as f64 / 15.0,
        elapsed: step as f64 * 0.42,
        ..Point::at(step, values.iter().copied())
    })
}

/// A run that reached `steps` of 300.
fn run(name: &str, experiment: Experiment, steps: u64, shape: &Shape, age: f64) -> Run {
    let stamp = 20_260_921 - (age / 86_400.0) as u64;
    let id = format!(
        "{stamp}-201500-{name}-{:04x}",
        name.bytes().map(u16::from).sum::<u16>() * 7
    );
    let mut run = Run::open(Path::new("/nowhere").join(&id).as_path());
    run.id = id;
    run.experiment = Some(Experiment {
        name: name.to_owned(),
        ..experiment
    });
    run.created = NOW - age;
    run.broken = None;
    run.status = Status::Running;
    let mut say = |seconds: f64, report| {
        let at = run.created + seconds;
        run.series.apply(&Record { at, report });
    };
    say(
        1.0,
        Report::Begin(Begin {
            step: 0,
            steps: 300,
            steps_per_epoch: 15,
            train_images: 2000,
            test_images: 600,
            classes: 10,
            parameters: 312_448,
            device: "CPU, 2 threads".to_owned(),
            rate: 0.002,
        }),
    );
    let text = "shapes: 2,000 training and 600 test images of 10 classes";
    say(1.2, Report::note(Level::Info, text));
    let text = "ResNet-10 of width 16 with head 128-128";
    say(1.3, Report::note(Level::Info, text));
    say(2.0, report(0, &[("knn", shape.knn.0)]));
    for step in 1..=steps {
        say(2.0 + step as f64 * 0.42, point(step, shape));
        if step % 15 == 0 {
            let share = step as f64 / 300.0;
            let knn = shape.knn.0
                + (shape.knn.1 - shape.knn.0) * (1.0 - (-3.5 * share).exp())
                + 1.5 * noise(step);
            say(2.1 + step as f64 * 0.42, report(step, &[("knn", knn)]));
        }
    }
    if steps > 100 {
        let text = "the loader waits: 3 % of the last epoch";
        say(44.0, Report::note(Level::Warning, text));
    }
    run
}

fn end(mut run: Run, outcome: Outcome, reason: Option<&str>) -> Run {
    let end = End {
        reason: reason.map(str::to_owned),
        ..outcome.into()
    };
    let at = run.series.last_at + 1.0;
    run.series.apply(&Record {
        at,
        report: Report::End(end),
    });
    run.status = match outcome {
        Outcome::Completed => Status::Completed,
        Outcome::Stopped => Status::Stopped,
        Outcome::Failed => Status::Failed,
    };
    run
}

const GOOD: Shape = Shape {
    loss: (5.5, 1.38),
    knn: (21.7, 66.0),
    spread: 0.96,
};

/// A run that was completed with about this kNN.
pub fn finished(name: &str, experiment: Experiment, knn: f64) -> Run {
    let shape = Shape {
        knn: (21.7, knn),
        ..GOOD
    };
    end(
        run(name, experiment, 300, &shape, 7_900.0),
        Outcome::Completed,
        None,
    )
}

/// A run whose loss stays at chance because z has collapsed.
pub fn flat() -> Run {
    let shape = Shape {
        loss: (5.54, 5.54),
        knn: (21.7, 11.0),
        spread: 0.02,
    };
    run("flat", quick(), 120, &shape, 60.0)
}

/// A run that failed.
pub fn hot() -> Run {
    let mut hot = quick();
    hot.train.rate = 10.0;
    let why = "the loss is not a number at step 41: lower the rate (10) or raise the temperature";
    end(
        run("hot", hot, 40, &GOOD, 90_000.0),
        Outcome::Failed,
        Some(why),
    )
}

/// A run of each kind, newest first.
pub fn runs() -> Vec<Run> {
    let mut crop = quick();
    crop.augment.jitter.p = 0.0;
    crop.augment.grayscale.p = 0.0;
    let crop_shape = Shape {
        loss: (5.4, 0.98),
        knn: (21.7, 16.4),
        spread: 0.91,
    };
    let mut large = quick();
    large.train.batch = 256;
    large.loss.temperature = 0.5;
    let live = run("quick", quick(), 186, &GOOD, 82.0);
    let crop = end(
        run("crop-only", crop, 300, &crop_shape, 3_700.0),
        Outcome::Completed,
        None,
    );
    let large = end(
        run("large-batch", large, 120, &GOOD, 7_300.0),
        Outcome::Stopped,
        None,
    );
    let failed = hot();
    let mut lost = run("night", quick(), 210, &GOOD, 190_000.0);
    lost.status = Status::Interrupted;
    let mut broken = Run::open(Path::new("/nowhere/20260801-090000-old-12ab"));
    broken.broken =
        Some("/nowhere/20260801-090000-old-12ab/experiment.ron: there is no such file".into());
    broken.created = NOW - 4_000_000.0;
    vec![live, crop, large, failed, broken, lost]
}

/// No run goes on in the background.
fn nowhere(_: &Path) -> std::io::Result<std::process::Child> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// The workbench and what it is connected to.
pub struct Bench {
    pub app: App,
    asked: Receiver<Command>,
    say: Option<Sender<Notice>>,
    screen: Option<Terminal<TestBackend>>,
}

impl Bench {
    pub fn new(runs: Vec<Run>) -> Self {
        Self::with(runs, Depth::True, nowhere)
    }

    /// The names of the runs' folders, in their order.
    pub fn ids(&self) -> Vec<String> {
        let runs = self.app.shared.listing.runs.iter();
        runs.map(|run| run.id.clone()).collect()
    }

    /// The history with runs of these names and temperatures.
    pub fn at_temperatures(named: [(&str, f64); 3]) -> Self {
        let all = named.map(|(name, temperature)| {
            let mut experiment = quick();
            experiment.loss.temperature = temperature;
            finished(name, experiment, 60.0)
        });
        let mut bench = Self::new(all.into());
        bench.press("<alt-3>");
        bench
    }

    pub fn colourless(runs: Vec<Run>) -> Self {
        Self::with(runs, Depth::None, nowhere)
    }

    /// A workbench in this theme.
    pub fn themed(runs: Vec<Run>, theme: Theme) -> Self {
        let mut bench = Self::with(runs, theme.depth, nowhere);
        bench.app.shared.theme = theme;
        bench
    }

    /// A workbench that starts this for a run that is to go on in the background.
    pub fn leaving(background: Start) -> Self {
        Self::with(Vec::new(), Depth::True, background)
    }

    /// A workbench over a folder of runs that is there.
    pub fn over(dir: &Path) -> Self {
        Self::built(dir, Vec::new(), Depth::True, nowhere)
    }

    fn with(runs: Vec<Run>, depth: Depth, background: Start) -> Self {
        let dir = Path::new("/home/me/.local/share/simclr-tui/runs");
        Self::built(dir, runs, depth, background)
    }

    fn built(dir: &Path, runs: Vec<Run>, depth: Depth, background: Start) -> Self {
        let (commands, asked) = channel();
        let (say, notices) = channel();
        let mut listing = Listing::default();
        dir.clone_into(&mut listing.dir);
        listing.runs = runs;
        let parts = Parts {
            trainer: Handle { commands, notices },
            listing,
            clock: Clock::Fixed(NOW),
            theme: Theme::new(depth),
            background,
            worker: |_| Err(std::io::Error::other("there is no worker here")),
            task: |_, _| Err(std::io::Error::other("nothing else is done here")),
        };
        let form = Form::new(quick(), Origin::Preset(PRESETS[0].name, PRESETS[0].text));
        Self {
            app: App::new(parts, ExperimentScreen::new(form)),
            asked,
            say: Some(say),
            screen: None,
        }
    }

    /// Makes a run of the listing the one that our trainer trains.
    pub fn own(&mut self, index: usize) -> PathBuf {
        let dir = self.app.shared.listing.runs[index].dir.clone();
        self.app.shared.live.stage = Stage::Training;
        self.app.shared.live.dir = Some(dir.clone());
        dir
    }

    /// The trainer says something; nothing on disk is looked at.
    pub fn say(&mut self, notice: Notice) {
        let runs = std::mem::take(&mut self.app.shared.listing.runs);
        self.say
            .as_ref()
            .expect("not hung up")
            .send(notice)
            .expect("the app listens");
        self.app.hear_trainer();
        self.app.shared.listing.runs = runs;
    }

    /// The trainer dies.
    pub fn hang_up(&mut self) {
        self.say = None;
    }

    /// What the trainer was asked since last time.
    pub fn commands(&self) -> Vec<Command> {
        self.asked.try_iter().collect()
    }

    /// Presses keys: characters, or names in angle brackets, apart by spaces.
    pub fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.app.event(&Event::Key(key_event(key)));
        }
    }

    pub fn paste(&mut self, text: &str) {
        self.app.event(&Event::Paste(text.to_owned()));
    }

    /// Clicks on the first place where the last frame shows this text.
    pub fn click_on(&mut self, text: &str) {
        let frame = self.text();
        let (row, line) = frame
            .lines()
            .enumerate()
            .find(|(_, l)| l.contains(text))
            .expect("on screen");
        let bytes = line.find(text).expect("in this line");
        let column = line[..bytes].chars().count();
        self.click_at(column as u16, row as u16);
    }

    pub fn click_at(&mut self, column: u16, row: u16) {
        self.app.event(&Event::Mouse(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column,
            row,
            modifiers: KeyModifiers::NONE,
        }));
    }

    /// The frame at this size.
    pub fn draw(&mut self, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("in memory");
        terminal
            .draw(|frame| self.app.draw(frame))
            .expect("in memory");
        self.screen = Some(terminal);
        self.text()
    }

    /// The cells of the last frame.
    pub fn buffer(&self) -> &ratatui::buffer::Buffer {
        self.screen.as_ref().expect("drawn").backend().buffer()
    }

    fn text(&self) -> String {
        let buffer = self.screen.as_ref().expect("drawn").backend().buffer();
        let row = |y| {
            let row: String = (0..buffer.area.width)
                .map(|x| buffer[(x, y)].symbol())
                .collect();
            row.trim_end().to_owned() + "\n"
        };
        (0..buffer.area.height).map(row).collect()
    }

    /// The text that is drawn in reverse.
    pub fn reversed(&self) -> String {
        let buffer = self.screen.as_ref().expect("drawn").backend().buffer();
        let reversed = |c: &&ratatui::buffer::Cell| c.modifier.contains(Modifier::REVERSED);
        buffer
            .content
            .iter()
            .filter(reversed)
            .map(ratatui::buffer::Cell::symbol)
            .collect()
    }

    /// Whether everything in the last frame is ASCII.
    pub fn is_ascii(&self) -> bool {
        self.text().is_ascii()
    }

    /// The colours of the last frame.
    pub fn colours(&self) -> BTreeSet<String> {
        let buffer = self.screen.as_ref().expect("drawn").backend().buffer();
        let colours = buffer.content.iter().flat_map(|c| [c.fg, c.bg]);
        colours
            .filter(|c| *c != ratatui::style::Color::Reset)
            .map(|c| format!("{c:?}"))
            .collect()
    }

    /// One more step of a run.
    pub fn grow(&mut self, index: usize, by: u64) {
        let run = &mut self.app.shared.listing.runs[index];
        let step = 187 + by;
        let at = NOW + by as f64 * 0.1;
        run.series.apply(&Record {
            at,
            report: point(step, &GOOD),
        });
        self.app.shared.clock = Clock::Fixed(at);
    }
}

/// One loss far off the others.
pub fn spike(run: &mut Run, step: u64, loss: f64) {
    let report = report(step, &[("loss", loss)]);
    run.series.apply(&Record { at: NOW, report });
}

/// A line to a far terminal, which counts the bytes that it gets.
pub struct Line {
    terminal: Terminal<CompactBackend<Counter>>,
    bytes: Rc<Cell<usize>>,
}

impl Line {
    /// To a terminal of so many cells.
    pub fn new(width: u16, height: u16) -> Self {
        let bytes = Rc::default();
        let viewport = Viewport::Fixed(Rect::new(0, 0, width, height));
        let backend = CompactBackend::new(Counter(Rc::clone(&bytes)));
        let terminal = Terminal::with_options(backend, TerminalOptions { viewport });
        Self {
            terminal: terminal.expect("in memory"),
            bytes,
        }
    }

    /// Draws a frame and returns its bytes.
    pub fn frame(&mut self, bench: &mut Bench) -> usize {
        self.bytes.set(0);
        let drawn = self.terminal.draw(|frame| bench.app.draw(frame));
        drawn.expect("in memory");
        self.bytes.get()
    }
}

struct Counter(Rc<Cell<usize>>);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn key_event(key: &str) -> KeyEvent {
    let name = key.strip_prefix('<').and_then(|k| k.strip_suffix('>'));
    let Some(name) = name else {
        return KeyEvent::new(
            KeyCode::Char(key.chars().next().expect("a key")),
            KeyModifiers::NONE,
        );
    };
    let (modifiers, name) = match name.split_once('-') {
        Some(("ctrl", name)) => (KeyModifiers::CONTROL, name),
        Some(("alt", name)) => (KeyModifiers::ALT, name),
        Some(("shift", name)) => (KeyModifiers::SHIFT, name),
        _ => (KeyModifiers::NONE, name),
    };
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "space" => KeyCode::Char(' '),
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "backspace" => KeyCode::Backspace,
        "pagedown" => KeyCode::PageDown,
        "pageup" => KeyCode::PageUp,
        _ => KeyCode::Char(name.chars().next().expect("a key")),
    };
    KeyEvent::new(code, modifiers)
}
