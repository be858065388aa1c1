//! Who holds a lock, for those who can't see it: many shared file systems keep locks to one machine, and some have none.
//!
//! The holder writes its machine and process into the locked file, and does so again every [`BEAT`]. Elsewhere the lock is
//! held until that was [`LONG`] ago. Two machines that take a lock in the same moment may both get it; and where clocks
//! differ by more than a minute, leases end too early or too late (`doctor` looks).

use crate::runs::environment::host;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// From one writing to the next.
const BEAT: Duration = Duration::from_secs(20);
/// After so long without one, the holder is gone.
const LONG: Duration = Duration::from_mins(2);
/// A longer text is none of ours.
const MOST: u64 = 512;

/// What stands in the file of a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The name of the holder's machine.
    pub host: String,
    /// The number of its process there.
    pub process: u32,
    /// Whether it was written lately.
    fresh: bool,
}

impl Lease {
    /// That of a lock's file; none where nobody holds it or a program without leases does.
    #[must_use]
    pub fn of(file: &File) -> Option<Self> {
        let meta = file.metadata().ok().filter(|meta| meta.len() > 0)?;
        let mut text = String::new();
        let mut start = file;
        start.seek(SeekFrom::Start(0)).ok()?;
        start.take(MOST).read_to_string(&mut text).ok()?;
        // The rest is of a holder that was killed, whose line was longer.
        let (process, host) = text.lines().next()?.split_once(' ')?;
        // One from the future is as fresh as can be.
        let age = meta.modified().ok()?.elapsed().unwrap_or_default();
        Some(Self {
            host: host.to_owned(),
            process: process.parse().ok()?,
            fresh: age < LONG,
        })
    }

    /// Whether somebody still holds the lock, where a look at the lock itself showed nobody; that look is `sure` for processes of
    /// this machine if the file system has locks.
    #[must_use]
    pub fn counts(&self, sure: bool) -> bool {
        let here = self.host == host();
        self.fresh && !(here && (sure || !lives(self.process)))
    }
}

/// Whether a process of this machine lives; unknown ones do.
fn lives(process: u32) -> bool {
    let all = Path::new("/proc");
    !all.join("self").exists() || all.join(process.to_string()).exists()
}

/// The locks of this process.
static HELD: Mutex<Vec<Weak<File>>> = Mutex::new(Vec::new());

/// Writes the lease of a lock that was taken, and goes on to until its file is dropped.
pub fn begin(file: &Arc<File>) {
    // Who can't write it has the lock all the same, for all who see it.
    let _ = write(file);
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    held.push(Arc::downgrade(file));
    if held.len() == 1 {
        // Where the system refuses a thread, other machines take the lock for free in a while.
        let _ = std::thread::Builder::new()
            .name("leases".to_owned())
            .spawn(beat);
    }
}

/// Writes all leases again and again, until there are none.
fn beat() {
    loop {
        std::thread::sleep(BEAT);
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|file| file.strong_count() > 0);
        for file in held.iter().filter_map(Weak::upgrade) {
            // What can't be written now, as on a full disk, may be the next time.
            let _ = write(&file);
        }
        if held.is_empty() {
            return;
        }
    }
}

/// Ends a lease, so that others need not wait for it.
pub fn end(file: &Arc<File>) {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    held.retain(|other| other.as_ptr() != Arc::as_ptr(file));
    let _ = file.set_len(0);
}

fn write(mut file: &File) -> io::Result<()> {
    let text = format!("{} {}\n", std::process::id(), host());
    file.seek(SeekFrom::Start(0))?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::{State, look_file, take_file};
    use super::*;
    use std::fs;
    use std::time::SystemTime;

    fn written(text: &str, ago: Duration) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        fs::write(&path, text).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - ago).unwrap();
        (dir, path)
    }

    #[test]
    fn another_machine_holds_a_lock_until_it_has_been_silent_for_long() {
        for (text, ago, state) in [
            ("77 elsewhere\n", Duration::ZERO, State::Held),
            ("77 elsewhere\n", LONG / 2, State::Held),
            ("77 elsewhere\n", 2 * LONG, State::Free),
            ("", Duration::ZERO, State::Free),
            ("what is this\n", Duration::ZERO, State::Free),
        ] {
            let (_dir, path) = written(text, ago);
            assert_eq!(look_file(&path), state, "{text:?}, {ago:?} ago");
            let taken = take_file(&path).unwrap();
            assert_eq!(
                taken.is_some(),
                state == State::Free,
                "{text:?}, {ago:?} ago"
            );
        }
    }

    #[test]
    fn on_this_machine_the_lock_alone_counts_where_there_are_locks() {
        let own = format!("{} {}\n", std::process::id(), host());
        let (_dir, path) = written(&own, Duration::ZERO);
        assert_eq!(look_file(&path), State::Free);
        let lease = Lease::of(&File::open(&path).unwrap()).unwrap();
        assert!(!lease.counts(true), "the lock was free");
        assert!(lease.counts(false), "without locks its process lives");
        let gone = Lease {
            process: u32::MAX,
            ..lease
        };
        assert!(!gone.counts(false), "no process has that number");
    }

    #[test]
    fn a_lease_is_read_over_the_longer_one_of_who_was_killed() {
        // Process numbers begin again from small ones.
        let (_dir, path) = written(&format!("{:020}{}", 1, host_line()), Duration::ZERO);
        let file = File::options().read(true).write(true).open(&path).unwrap();
        write(&file).unwrap();
        let lease = Lease::of(&file).unwrap();
        assert_eq!((lease.process, lease.host), (std::process::id(), host()));
    }

    #[test]
    fn who_lets_go_leaves_no_lease() {
        let (_dir, path) = written("", Duration::ZERO);
        let held = take_file(&path).unwrap().unwrap();
        assert!(fs::read_to_string(&path).unwrap().ends_with(&host_line()));
        drop(held);
        assert_eq!(fs::read(&path).unwrap(), b"");
    }

    fn host_line() -> String {
        format!(" {}\n", host())
    }
}
