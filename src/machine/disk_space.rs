//! Room on disks, and whether a folder can be written to.

use super::Amount;
use crate::disk::path;
use std::io;
use std::path::{Path, PathBuf};

/// What a folder is good for.
#[derive(Debug)]
pub struct Place {
    /// The folder, or the nearest one above that is there.
    pub there: PathBuf,
    /// The room of its disk, where the system tells.
    pub room: Option<Amount>,
    /// Why nothing can be written there.
    pub refused: Option<io::Error>,
}

/// Looks at a folder; one that is not there yet is made when it is needed, so what counts is the nearest above.
#[must_use]
pub fn look(folder: &Path) -> Place {
    let there = nearest(folder);
    Place {
        room: room(&there),
        refused: tried(&there).err(),
        there,
    }
}

/// The folder, or the nearest above it that is there.
fn nearest(folder: &Path) -> PathBuf {
    let whole = path::whole(folder);
    // A link that leads nowhere is there all the same, and stands in the way.
    let there = whole.ancestors().find(|dir| dir.symlink_metadata().is_ok());
    there.unwrap_or(&whole).to_owned()
}

/// Writes a file that goes away again.
fn tried(folder: &Path) -> io::Result<()> {
    use io::Write;
    let mut file = tempfile::Builder::new()
        .prefix(".simclr-tui-")
        .tempfile_in(folder)?;
    file.write_all(b"written to see whether it can be")?;
    file.close()
}

/// The room of the disk that a folder lies on, as far as this user may fill it.
#[cfg(unix)]
#[must_use]
pub fn room(folder: &Path) -> Option<Amount> {
    let said = rustix::fs::statvfs(folder).ok()?;
    let free = said.f_bavail.checked_mul(said.f_frsize)?;
    let taken = said.f_blocks.saturating_sub(said.f_bfree);
    let used = taken.checked_mul(said.f_frsize)?;
    let total = used.checked_add(free)?;
    // File systems of the kernel's own have no room to speak of.
    (total > 0).then_some(Amount { used, total })
}

/// The room of the disk that a folder lies on.
#[cfg(not(unix))]
#[must_use]
pub fn room(folder: &Path) -> Option<Amount> {
    let disks = sysinfo::Disks::new_with_refreshed_list().ok()?;
    let holds = |disk: &&sysinfo::Disk| folder.starts_with(disk.mount_point());
    let disk = disks
        .iter()
        .filter(holds)
        .max_by_key(|disk| disk.mount_point().as_os_str().len())?;
    let total = disk.total_space();
    Some(Amount {
        used: total.saturating_sub(disk.available_space()),
        total,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_is_judged_by_the_one_above() {
        let dir = tempfile::tempdir().unwrap();
        let place = look(&dir.path().join("a/b"));
        assert_eq!(place.there, dir.path());
        assert!(place.refused.is_none());
        assert!(place.room.unwrap().total > 0);
        let left = std::fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(left, 0, "nothing stays behind");
    }

    #[test]
    fn a_file_in_its_place_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(look(&file.join("runs")).refused.is_some());
    }
}
