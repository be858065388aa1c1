//! Files that are whole or absent: written beside, synced, renamed, the folder synced.

pub mod file_watcher;
pub mod path;
pub mod untrusted;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a file so that whoever opens it, now or after a power cut, sees the old bytes or all of the new ones.
///
/// # Errors
/// When the folder can't be written or the disk is full; the old file is then still there.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link stays a link: what it points to is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    replace(&path, bytes)
}

/// The same for a file in a folder of ours, which others may have written to: a link there is refused, not followed.
///
/// # Errors
/// As [`write_whole`], and a sentence where something other than a regular file is in its place.
pub fn write_own(path: &Path, bytes: &[u8]) -> io::Result<()> {
    untrusted::own(path)?;
    replace(path, bytes)
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path);
    let written = write_synced(path, &beside, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // Left over, it would only take room; why the write failed is what the caller has to hear.
        let _ = fs::remove_file(&beside);
    }
    written?;
    crash_point(path, "renamed");
    sync_folder(folder(path))?;
    crash_point(path, "lasting");
    Ok(())
}

/// Removes what writes that were cut off by a crash left in a folder; nobody else may be writing there.
pub fn sweep(folder: &Path) {
    for entry in untrusted::entries(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(UNFINISHED) {
            // What can't be removed takes room and does no other harm.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes a rename or a new file in the folder outlast a power cut.
///
/// # Errors
/// When the folder can't be opened or synced.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

fn write_synced(path: &Path, beside: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(beside)?;
    let (first, rest) = bytes.split_at(bytes.len() / 2);
    file.write_all(first)?;
    crash_point(path, "half");
    file.write_all(rest)?;
    if let Ok(like) = fs::metadata(path) {
        file.set_permissions(like.permissions())?;
    }
    crash_point(path, "written");
    file.sync_all()?;
    crash_point(path, "synced");
    Ok(())
}

/// The places between two steps of a write, in their order.
pub const CRASH_POINTS: [&str; 5] = ["half", "written", "synced", "renamed", "lasting"];

/// Ends the process here where a test asks for it with `SIMCLR_TUI_CRASH=FILE:POINT`: what is then on disk is what a
/// crash at this moment leaves. In builds without debug assertions this is nothing.
fn crash_point(path: &Path, point: &str) {
    if cfg!(debug_assertions) && std::env::var_os("SIMCLR_TUI_CRASH").is_some() {
        debug_assert!(CRASH_POINTS.contains(&point));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if std::env::var("SIMCLR_TUI_CRASH").is_ok_and(|at| at == format!("{name}:{point}")) {
            std::process::abort();
        }
    }
}

/// The folder that a path lies in: the one that we are in, where it names none.
#[must_use]
pub fn folder(path: &Path) -> &Path {
    path.parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."))
}

/// A hidden name in the same folder that no other process or thread uses.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let process = std::process::id();
    folder(path).join(format!(".{name}.{process}-{:08x}{UNFINISHED}", random()))
}

/// How the names of files that are being written end.
const UNFINISHED: &str = ".tmp";

/// Some random bits for names of files, not for numbers of a run.
pub fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_replaces_the_whole_file_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ron");
        write_whole(&path, b"a longer first text").unwrap();
        write_whole(&path, b"short").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"short");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_write_that_fails_keeps_the_old_file_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), b"old").unwrap();
        write_whole(&path, b"new").unwrap_err();
        assert_eq!(fs::read(path.join("inside")).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_sweep_takes_unfinished_writes_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_whole(&path, b"whole").unwrap();
        fs::write(beside(&path), b"hal").unwrap();
        fs::write(folder.path().join("users.tmp"), b"mine").unwrap();
        sweep(folder.path());
        let names = fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["a", "users.tmp"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, b"old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write_whole(&link, b"new").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
