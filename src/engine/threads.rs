//! The threads that compute together: as many as there are cores, or fewer where the system allows no more.

use rayon::{ThreadBuilder, ThreadPoolBuilder};
use std::io;
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// Threads that are left to others: a loader's, one that syncs the log, one that asks the card's driver, and one to spare.
const OTHERS: usize = 4;

/// Where to look where the system refuses threads.
pub const HINT: &str = "`ulimit -u`, or pids.max of the control group, says how many there may be";

/// What is told where fewer threads compute than should.
static TOLD: OnceLock<Option<String>> = OnceLock::new();

/// Starts them, once and before anything computes: a pool that is started on its own panics where it may not have all its threads.
/// What the user should know of it.
pub fn start() -> Option<&'static str> {
    TOLD.get_or_init(|| {
        let wanted = wanted();
        let (computing, why) = begin(wanted);
        why.map(|why| fewer(wanted, computing, &why))
    })
    .as_deref()
}

/// As many as rayon would start.
fn wanted() -> usize {
    let set = std::env::var("RAYON_NUM_THREADS").ok();
    let set = set.and_then(|n| n.parse().ok()).filter(|n| *n > 0);
    set.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

fn fewer(wanted: usize, computing: usize, why: &io::Error) -> String {
    format!(
        "the system allows no more threads ({why}): {computing} compute instead of {wanted}; {HINT}"
    )
}

/// A thread that waits to be told what to do, or that it isn't needed.
type Waiting = (Sender<ThreadBuilder>, JoinHandle<()>);

/// Starts the global pool; how many compute, and why they aren't more.
fn begin(wanted: usize) -> (usize, Option<io::Error>) {
    let mut waiting = Vec::new();
    let mut refused = None;
    for _ in 0..wanted + OTHERS {
        match spawn() {
            Ok(thread) => waiting.push(thread),
            Err(e) => {
                refused = Some(e);
                break;
            }
        }
    }
    let spare = OTHERS.min(waiting.len() / 2);
    let computing = wanted.min(waiting.len() - spare);
    release(waiting.split_off(computing));
    // Without any, whoever asks for the pool computes alone.
    let alone = computing == 0;
    let pool = ThreadPoolBuilder::new().num_threads(computing.max(1));
    let built = if alone {
        pool.use_current_thread().build_global()
    } else {
        pool.spawn_handler(|thread| {
            let lacks = || io::Error::other("no thread is left");
            let (work, _) = waiting.pop().ok_or_else(lacks)?;
            work.send(thread).map_err(|_| lacks())
        })
        .build_global()
    };
    // One that is there already, as in tests, is as good.
    let _ = built;
    (computing.max(1), refused.filter(|_| computing < wanted))
}

fn spawn() -> io::Result<Waiting> {
    let (work, told): (Sender<ThreadBuilder>, Receiver<ThreadBuilder>) = channel();
    let thread = Builder::new().name("compute".to_owned()).spawn(move || {
        if let Ok(work) = told.recv() {
            work.run();
        }
    })?;
    Ok((work, thread))
}

/// Ends threads, so that others may start.
fn release(threads: Vec<Waiting>) {
    for (work, thread) in threads {
        drop(work);
        // It has done nothing that could panic.
        let _ = thread.join();
    }
}

/// Starts a thread; one that has just ended may count for a moment longer.
///
/// # Errors
/// When the system refuses it.
pub fn patiently<T>(mut start: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for _ in 0..20 {
        match start() {
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(5));
            }
            other => return other,
        }
    }
    start()
}
