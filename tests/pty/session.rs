//! The program in a terminal of its own, what that shows, and the ways to take it away.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use simclr_tui::runs::{Listing, Run, Status};
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Longer than anything here takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(4);
/// Between two looks at what another process writes.
pub const TICK: Duration = Duration::from_millis(20);

const SIZE: (u16, u16) = (120, 36);

/// What the terminal shows, and all that was written to it.
pub struct Shown {
    pub screen: vt100::Parser,
    pub bytes: Vec<u8>,
    closed: bool,
}

/// A fresh folder. With it goes every process that was started on it, also one that was left in the background or that
/// a failed test has left behind.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a place for files"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let name = self.path().as_os_str().as_encoded_bytes();
        let names = |id: i32| {
            let words = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            words.windows(name.len()).any(|part| part == name)
        };
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        for id in ids.filter(|id| names(*id)).filter_map(Pid::from_raw) {
            // It may have ended meanwhile.
            let _ = kill_process(id, Signal::KILL);
        }
    }
}

type Shared = Arc<(Mutex<Shown>, Condvar)>;

pub struct Session {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    shown: Shared,
    let_go: Arc<AtomicBool>,
    reader: JoinHandle<()>,
}

/// A small experiment's file in the folder.
pub fn experiment(folder: &Path, epochs: u32) -> PathBuf {
    let file = folder.join(format!("tiny-{epochs}.ron"));
    let text = format!(
        r#"(format: 1, name: "tiny", data: (source: shapes, train_limit: 64, test_limit: 32, image_size: 16),
        model: (encoder: resnet10, width: 4), head: (out: 16), loss: (temperature: 0.2),
        train: (batch: 16, epochs: {epochs}, optimizer: adamw, rate: 1e-3, scaling: none, warmup: 0.0), knn: (k: 5))"#
    );
    // A program that was started before may be reading it.
    if !file.exists() {
        std::fs::write(&file, text).expect("a fresh folder");
    }
    file
}

/// A command in a terminal with 256 colours, whatever that of the tests has.
pub fn command(program: impl AsRef<OsStr>) -> CommandBuilder {
    let mut command = CommandBuilder::new(program);
    command.env("TERM", "xterm-256color");
    // This terminal answers no questions.
    command.env("SIMCLR_TUI_IMAGES", "halfblocks");
    command.env("LANG", "C.UTF-8");
    // Nor are there settings.
    command.env("XDG_CONFIG_HOME", "/nowhere/at/all");
    // What one test does, no other remembers.
    command.env("SIMCLR_TUI_STATE", "");
    for name in [
        "LC_ALL",
        "LC_CTYPE",
        "NO_COLOR",
        "COLORTERM",
        "COLORFGBG",
        "SIMCLR_TUI_RUNS",
        "SIMCLR_TUI_CONFIG",
        "SIMCLR_TUI_THEME",
        "SIMCLR_TUI_SYMBOLS",
    ] {
        command.env_remove(name);
    }
    command
}

/// The program on the folder's runs.
pub fn program(folder: &Path) -> CommandBuilder {
    let mut command = command(env!("CARGO_BIN_EXE_simclr-tui"));
    command.args(["--runs".as_ref(), folder.join("runs").as_os_str()]);
    command
}

impl Session {
    /// The workbench on a small experiment; it leads its session.
    pub fn open(folder: &Path, epochs: u32) -> Self {
        let file = experiment(folder, epochs);
        let mut command = program(folder);
        command.arg(file.as_os_str());
        Self::of(command)
    }

    /// The workbench as somebody opens it who comes back.
    pub fn reopen(folder: &Path) -> Self {
        Self::of(program(folder))
    }

    /// The same, once a run of the small experiment trains.
    pub fn training(folder: &Path, epochs: u32) -> Self {
        let mut session = Self::open(folder, epochs);
        session.train();
        session
    }

    /// Trains what is on the Experiment screen, and waits for its first steps.
    pub fn train(&mut self) {
        self.wait_for("what this means");
        self.press("t");
        self.wait_for("running");
        self.wait_for(" left");
    }

    /// Quits, and stops the run.
    pub fn stop(&mut self) {
        self.press("q");
        self.wait_for("stop and quit");
        self.press("s");
        assert_eq!(self.end(), 0);
    }

    pub fn of(command: CommandBuilder) -> Self {
        let size = PtySize {
            rows: SIZE.1,
            cols: SIZE.0,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let child = pair
            .slave
            .spawn_command(command)
            .expect("the program starts");
        drop(pair.slave);
        let shown: Shared = Arc::new((
            Mutex::new(Shown {
                screen: vt100::Parser::new(cells(SIZE.1), cells(SIZE.0), 0),
                bytes: Vec::new(),
                closed: false,
            }),
            Condvar::new(),
        ));
        let let_go = Arc::new(AtomicBool::new(false));
        let input = pair.master.try_clone_reader().expect("its output");
        let reader = thread::spawn({
            let (shown, let_go) = (Arc::clone(&shown), Arc::clone(&let_go));
            move || read(input, &shown, &let_go)
        });
        Self {
            child,
            writer: pair.master.take_writer().expect("its input"),
            master: pair.master,
            shown,
            let_go,
            reader,
        }
    }

    pub fn press(&mut self, keys: &str) {
        self.type_bytes(keys.as_bytes());
    }

    pub fn type_bytes(&mut self, bytes: &[u8]) {
        self.writer
            .write_all(bytes)
            .expect("the terminal takes keys");
        self.writer.flush().expect("the terminal takes keys");
    }

    /// Presses keys again and again until the screen shows the text: the first ones may belong to what was typed before, which is over
    /// after a pause.
    pub fn press_until(&mut self, keys: &str, text: &str) {
        let began = Instant::now();
        loop {
            self.press(keys);
            let (lock, news) = &*self.shown;
            let shown = lock.lock().expect("no panic");
            let is_there = |s: &Shown| s.screen.screen().contents().contains(text);
            let (shown, _) = news
                .wait_timeout_while(shown, Duration::from_millis(1500), |s| !is_there(s))
                .expect("no panic");
            if is_there(&shown) {
                return;
            }
            let contents = shown.screen.screen().contents();
            assert!(began.elapsed() < PATIENCE, "no {text:?}:\n{contents}");
        }
    }

    /// Whether the terminal takes lines and echoes, as for a shell.
    pub fn is_cooked(&self) -> bool {
        use rustix::termios::{LocalModes, tcgetattr};
        let name = self.master.tty_name().expect("a terminal has a name");
        let terminal = std::fs::File::open(name).expect("it is there");
        let modes = tcgetattr(terminal).expect("a terminal").local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON)
    }

    /// Waits until the screen shows the text.
    pub fn wait_for(&self, text: &str) {
        self.wait(&format!("{text:?}"), |shown| {
            shown.screen.screen().contents().contains(text)
        });
    }

    pub fn wait(&self, what: &str, is: impl Fn(&Shown) -> bool) {
        let (lock, news) = &*self.shown;
        let shown = lock.lock().expect("no panic");
        let (shown, waited) = news
            .wait_timeout_while(shown, PATIENCE, |s| !is(s) && !s.closed)
            .expect("no panic");
        let contents = shown.screen.screen().contents();
        assert!(
            is(&shown),
            "no {what} (timed out: {}):\n{contents}",
            waited.timed_out()
        );
    }

    /// Another size, and the program's answer to it.
    pub fn resize(&self, columns: u16, rows: u16) {
        let before = self.resize_now(columns, rows);
        self.wait("frame of another size", |shown| shown.bytes.len() > before);
    }

    /// Another size; how many bytes were written before.
    pub fn resize_now(&self, columns: u16, rows: u16) -> usize {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        let before = {
            let mut shown = self.shown.0.lock().expect("no panic");
            shown.screen.set_size(cells(rows), cells(columns));
            shown.bytes.len()
        };
        self.master.resize(size).expect("a terminal");
        before
    }

    pub fn id(&self) -> u32 {
        self.child.process_id().expect("it lives")
    }

    pub fn signal(&self, signal: Signal) {
        send(self.id(), signal);
    }

    /// Waits for the program's end; its exit code.
    pub fn end(&mut self) -> u32 {
        self.child.wait().expect("a child").exit_code()
    }

    /// Everything that was written to the terminal, once it is closed.
    pub fn bytes(&self) -> Vec<u8> {
        self.wait("end of output", |shown| shown.closed);
        self.shown.0.lock().expect("no panic").bytes.clone()
    }

    /// Takes the terminal away; the program that is left.
    pub fn hang_up(self) -> Box<dyn Child + Send + Sync> {
        self.let_go.store(true, Ordering::Relaxed);
        // The reader holds the terminal open until the next byte, which a live run soon writes.
        self.reader.join().expect("the reader ends");
        drop((self.writer, self.master));
        self.child
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("some cells")
}

fn read(mut from: Box<dyn Read + Send>, shown: &Shared, let_go: &AtomicBool) {
    let mut buffer = [0; 4096];
    loop {
        let count = from.read(&mut buffer).unwrap_or(0);
        let mut shown_now = shown.0.lock().expect("no panic");
        shown_now.screen.process(&buffer[..count]);
        shown_now.bytes.extend_from_slice(&buffer[..count]);
        shown_now.closed = count == 0;
        shown.1.notify_all();
        if count == 0 || let_go.load(Ordering::Relaxed) {
            return;
        }
    }
}

pub fn send(process: u32, signal: Signal) {
    let id = Pid::from_raw(process as i32).expect("a process");
    kill_process(id, signal).expect("it lives");
}

/// The only run, as its folder shows it now.
pub fn run(folder: &Path) -> Run {
    let mut runs = Listing::open(&folder.join("runs")).runs;
    assert_eq!(runs.len(), 1);
    runs.remove(0)
}

/// The status of the only run.
pub fn status(folder: &Path) -> Status {
    run(folder).status
}

/// Waits until the only run is as wanted.
pub fn wait_for_run(folder: &Path, what: &str, is: impl Fn(&Run) -> bool) -> Run {
    let mut run = run(folder);
    let began = Instant::now();
    while !is(&run) {
        let step = run.series.progress();
        assert!(
            began.elapsed() < PATIENCE,
            "the run is not {what}: {} at {step:?}",
            run.status
        );
        thread::sleep(TICK);
        run.refresh();
    }
    run
}

/// Everything that was switched on is off again.
pub fn assert_restored(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for (on, off) in [
        ("\x1b[?1049h", "\x1b[?1049l"),
        ("\x1b[?1000h", "\x1b[?1000l"),
        ("\x1b[?2004h", "\x1b[?2004l"),
        ("\x1b[?25l", "\x1b[?25h"),
    ] {
        let (on_at, off_at) = (text.rfind(on), text.rfind(off));
        assert!(
            on_at.is_some() && off_at > on_at,
            "{on:?} at {on_at:?}, {off:?} at {off_at:?}"
        );
    }
}
