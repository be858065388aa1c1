//! The program in a real terminal: start, train, watch, quit; and every other way out.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a helper of tests fails as tests do")]

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use simclr_tui::runs::{Listing, Status};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(4);

const ROWS: NonZeroU16 = NonZeroU16::new(36).unwrap();
const COLUMNS: NonZeroU16 = NonZeroU16::new(120).unwrap();

/// What the terminal shows, and all that was written to it.
struct Shown {
    screen: vt100::Parser,
    bytes: Vec<u8>,
    closed: bool,
}

type Shared = Arc<(Mutex<Shown>, Condvar)>;

struct Session {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    shown: Shared,
    let_go: Arc<AtomicBool>,
    reader: JoinHandle<()>,
}

fn experiment(epochs: u32) -> String {
    format!(
        r#"(format: 1, name: "tiny", data: (source: shapes, train_limit: 64, test_limit: 32, image_size: 16),
        model: (encoder: resnet10, width: 4), head: (out: 16), loss: (temperature: 0.2),
        train: (batch: 16, epochs: {epochs}, optimizer: adamw, rate: 1e-3, scaling: none, warmup: 0.0), knn: (k: 5))"#
    )
}

impl Session {
    fn open(folder: &Path, epochs: u32) -> Self {
        let file = folder.join("tiny.ron");
        std::fs::write(&file, experiment(epochs)).expect("a fresh folder");
        let size = PtySize {
            rows: ROWS.get(),
            cols: COLUMNS.get(),
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_simclr-tui"));
        command.args([
            "--runs".as_ref(),
            folder.join("runs").as_os_str(),
            file.as_os_str(),
        ]);
        command.env("TERM", "xterm-256color");
        command.env("SIMCLR_TUI_IMAGES", "halfblocks");
        let child = pair
            .slave
            .spawn_command(command)
            .expect("the program starts");
        drop(pair.slave);
        let shown: Shared = Arc::new((
            Mutex::new(Shown {
                screen: vt100::Parser::new(ROWS, COLUMNS, 0),
                bytes: Vec::new(),
                closed: false,
            }),
            Condvar::new(),
        ));
        let let_go = Arc::new(AtomicBool::new(false));
        let input = pair.master.try_clone_reader().expect("its output");
        let reader = std::thread::spawn({
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

    fn press(&mut self, keys: &str) {
        self.writer
            .write_all(keys.as_bytes())
            .expect("the terminal takes keys");
        self.writer.flush().expect("the terminal takes keys");
    }

    /// Waits until the screen shows the text.
    fn wait_for(&self, text: &str) {
        self.wait(&format!("{text:?}"), |shown| {
            shown.screen.screen().contents().contains(text)
        });
    }

    fn wait(&self, what: &str, is: impl Fn(&Shown) -> bool) {
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

    /// Waits for the program's end; its exit code.
    fn end(&mut self) -> u32 {
        self.child.wait().expect("a child").exit_code()
    }

    /// Everything that was written to the terminal, once it is closed.
    fn bytes(&self) -> Vec<u8> {
        self.wait("end of output", |shown| shown.closed);
        self.shown.0.lock().expect("no panic").bytes.clone()
    }
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

/// The status of the only run.
fn status(folder: &Path) -> Option<Status> {
    let listing = Listing::open(&folder.join("runs"));
    assert!(listing.runs.len() <= 1);
    listing.runs.first().map(|run| run.status)
}

/// Everything that was switched on is off again.
fn assert_restored(bytes: &[u8]) {
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

#[test]
fn train_watch_and_quit() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = Session::open(folder.path(), 2);
    session.wait_for("what this means");
    session.press("t");
    session.wait_for("console");
    session.wait_for("completed");
    session.press("3");
    session.wait_for("1 run");
    session.press("q");
    assert_eq!(session.end(), 0);
    assert_restored(&session.bytes());
    assert_eq!(status(folder.path()), Some(Status::Completed));
}

#[test]
fn quitting_a_run_stops_it_with_a_checkpoint() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = Session::open(folder.path(), 100_000);
    session.wait_for("what this means");
    session.press("t");
    session.wait_for("running");
    session.wait_for("left");
    session.press("q");
    session.wait_for("stop and quit");
    session.press("s");
    assert_eq!(session.end(), 0);
    assert_restored(&session.bytes());
    assert_eq!(status(folder.path()), Some(Status::Stopped));
    let listing = Listing::open(&folder.path().join("runs"));
    assert!(!listing.runs[0].series.checkpoints.is_empty());
}

#[test]
fn a_termination_restores_the_terminal_and_stops_the_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = Session::open(folder.path(), 100_000);
    session.wait_for("what this means");
    session.press("t");
    session.wait_for("running");
    signal(&session, "TERM");
    session.end();
    assert_restored(&session.bytes());
    assert_eq!(status(folder.path()), Some(Status::Stopped));
}

#[test]
fn a_terminal_that_vanishes_leaves_the_run_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut session = Session::open(folder.path(), 40);
    session.wait_for("what this means");
    session.press("t");
    session.wait_for("running");
    session.let_go.store(true, Ordering::Relaxed);
    // The reader holds the terminal open until the next byte, which a live run soon writes.
    session.reader.join().expect("the reader ends");
    drop((session.writer, session.master));
    let hung_up = Instant::now();
    assert_eq!(session.child.wait().expect("a child").exit_code(), 0);
    println!("it went on for {:?} without a terminal", hung_up.elapsed());
    assert_eq!(status(folder.path()), Some(Status::Completed));
}

fn signal(session: &Session, name: &str) {
    let id = session.child.process_id().expect("it lives").to_string();
    let done = std::process::Command::new("kill")
        .args(["-s", name, &id])
        .status();
    assert!(done.is_ok_and(|s| s.success()));
}
