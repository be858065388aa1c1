//! Standard output and error go to a file while the screen is up, so that a stray print of a library never lands on it.

use crate::disk::untrusted;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

/// Where standard output and error go.
#[derive(Debug)]
pub struct Console {
    /// While nothing trains.
    idle: PathBuf,
    now: Option<PathBuf>,
}

impl Console {
    /// Sends both to a file that is there for times when nothing trains.
    pub fn divert(idle: &Path) -> Self {
        let console = Self {
            idle: idle.to_owned(),
            now: None,
        };
        send(&console.idle);
        console
    }

    /// Sends both to the console of the run that trains now.
    pub fn follow(&mut self, log: Option<&Path>) {
        if self.now.as_deref() != log {
            send(log.unwrap_or(&self.idle));
            self.now = log.map(Path::to_owned);
        }
    }
}

fn send(log: &Path) {
    if let Ok(file) = opened(log) {
        replace(&file);
    }
}

/// A file that can't be opened costs what libraries print, not the screen.
fn opened(log: &Path) -> std::io::Result<File> {
    let file = untrusted::open_own(log, OpenOptions::new().append(true).create(true));
    file.or_else(|_| OpenOptions::new().write(true).open("/dev/null"))
}

#[cfg(unix)]
fn replace(file: &File) {
    // Both calls fail only without file descriptors left; then prints land on the screen, which the next frame mends.
    let _ = rustix::stdio::dup2_stdout(file);
    let _ = rustix::stdio::dup2_stderr(file);
}

#[cfg(not(unix))]
fn replace(_file: &File) {}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn what_libraries_print_goes_through_no_link() {
        let folder = tempfile::tempdir().unwrap();
        let [log, precious] = ["console.log", "precious"].map(|name| folder.path().join(name));
        opened(&log).unwrap().write_all(b"a").unwrap();
        opened(&log).unwrap().write_all(b"b").unwrap();
        assert_eq!(std::fs::read(&log).unwrap(), b"ab");
        std::fs::write(&precious, "kept").unwrap();
        std::fs::remove_file(&log).unwrap();
        std::os::unix::fs::symlink(&precious, &log).unwrap();
        opened(&log).unwrap().write_all(b"c").unwrap();
        assert_eq!(std::fs::read(&precious).unwrap(), b"kept");
    }
}
