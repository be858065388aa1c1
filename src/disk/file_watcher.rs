//! Changes in folders, as the system tells them, so that nobody need look. File systems of other machines tell nothing, and other systems
//! than Linux aren't asked: whoever watches looks now and then all the same.

use std::path::{Path, PathBuf};

/// Folders that are watched.
#[cfg(target_os = "linux")]
#[derive(Debug)]
pub struct Notices {
    told: std::os::fd::OwnedFd,
    folders: std::collections::HashMap<i32, PathBuf>,
    watched: std::collections::HashSet<PathBuf>,
}

#[cfg(target_os = "linux")]
impl Notices {
    /// Watches nothing yet; none where the system has no room for it.
    #[must_use]
    pub fn new() -> Option<Self> {
        use rustix::fs::inotify::{CreateFlags, init};
        Some(Self {
            told: init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?,
            folders: std::collections::HashMap::new(),
            watched: std::collections::HashSet::new(),
        })
    }

    /// Watches a folder, too; whether that is possible.
    pub fn watch(&mut self, folder: &Path) -> bool {
        use rustix::fs::inotify::{WatchFlags, add_watch};
        if self.watched.contains(folder) {
            return true;
        }
        let changes = WatchFlags::MODIFY
            | WatchFlags::CLOSE_WRITE
            | WatchFlags::CREATE
            | WatchFlags::DELETE
            | WatchFlags::MOVE
            | WatchFlags::ONLYDIR;
        let Ok(key) = add_watch(&self.told, folder, changes) else {
            return false;
        };
        self.folders.insert(key, folder.to_owned());
        self.watched.insert(folder.to_owned())
    }

    /// The folders in which something has changed since the last call.
    pub fn take(&mut self) -> std::collections::HashSet<PathBuf> {
        use rustix::fs::inotify::{ReadFlags, Reader};
        let mut changed = std::collections::HashSet::new();
        let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(&self.told, &mut buffer);
        // An error is that there are no more.
        while let Ok(event) = reader.next() {
            let flags = event.events();
            if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
                changed.extend(self.watched.iter().cloned());
            }
            let Some(folder) = self.folders.get(&event.wd()).cloned() else {
                continue;
            };
            if flags.contains(ReadFlags::IGNORED) {
                self.folders.remove(&event.wd());
                self.watched.remove(&folder);
            }
            if let Some(name) = event
                .file_name()
                .filter(|_| flags.intersects(ReadFlags::MOVED_FROM | ReadFlags::DELETE))
            {
                // Another folder may take its name.
                use std::os::unix::ffi::OsStrExt;
                let name = std::ffi::OsStr::from_bytes(name.to_bytes());
                self.watched.remove(&folder.join(name));
            }
            changed.insert(folder);
        }
        changed
    }
}

#[cfg(target_os = "linux")]
impl std::os::fd::AsFd for Notices {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.told.as_fd()
    }
}

/// Nothing is watched here.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub enum Notices {}

#[cfg(not(target_os = "linux"))]
impl Notices {
    /// There are none.
    #[must_use]
    pub const fn new() -> Option<Self> {
        None
    }

    /// Never called.
    pub const fn watch(&mut self, _: &Path) -> bool {
        match *self {}
    }

    /// Never called.
    pub const fn take(&mut self) -> std::collections::HashSet<PathBuf> {
        match *self {}
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
impl std::os::fd::AsFd for Notices {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        match *self {}
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_changes_in_a_folder_is_told_once() {
        let root = tempfile::tempdir().unwrap();
        let (a, b) = (root.path().join("a"), root.path().join("b"));
        fs::create_dir(&a).unwrap();
        let mut notices = Notices::new().unwrap();
        assert!(notices.watch(&a) && !notices.watch(&b));
        assert!(notices.watch(root.path()));
        assert!(notices.take().is_empty());
        fs::write(a.join("log"), "1").unwrap();
        assert_eq!(notices.take(), [a.clone()].into());
        assert!(notices.take().is_empty());
        fs::read(a.join("log")).unwrap();
        assert!(notices.take().is_empty(), "looking is no change");
        fs::rename(&a, &b).unwrap();
        assert_eq!(notices.take(), [root.path().to_owned()].into());
        // A new folder of the old name is another one.
        fs::create_dir(&a).unwrap();
        assert!(notices.watch(&a));
        notices.take();
        fs::write(a.join("log"), "1").unwrap();
        assert_eq!(notices.take(), [a].into());
    }
}
