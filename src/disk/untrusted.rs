//! Files that somebody else may have written: read only where they are regular, and only so many bytes of them.
//!
//! A folder may be shared or come out of an archive, so what lies in the place of a file can be a link to anywhere, a pipe that
//! never ends, or a billion bytes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

/// Whether links may lead to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// The user named the file: a link is as good.
    Follow,
    /// The file lies in a folder of ours, where no link is ours.
    Refuse,
}

/// Opens a regular file for reading, without waiting for whoever writes to a pipe.
///
/// # Errors
/// Those of the system, and a sentence where it is not a regular file or a link that is refused.
pub fn open(path: &Path, links: Links) -> io::Result<File> {
    regular(path, links)?;
    let file = at_once(OpenOptions::new().read(true), links).open(path)?;
    // It may have been exchanged since.
    is_regular(&file.metadata()?)?;
    Ok(file)
}

/// Has a file be opened without waiting for whoever writes to a pipe.
fn at_once(options: &mut OpenOptions, links: Links) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let follow = match links {
            Links::Follow => 0,
            Links::Refuse => libc::O_NOFOLLOW,
        };
        options.custom_flags(libc::O_NONBLOCK | follow);
    }
    let _ = links;
    options
}

/// Opens a file of ours to write to it, as the options say: one that is there must be regular and no link.
///
/// # Errors
/// As [`open`].
pub fn open_own(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    own(path)?;
    let file = at_once(options, Links::Refuse).open(path)?;
    is_regular(&file.metadata()?)?;
    Ok(file)
}

/// Whether a file of ours may be written in this place: nothing is there, or a regular file that is no link.
///
/// # Errors
/// As [`regular`].
pub fn own(path: &Path) -> io::Result<()> {
    match regular(path, Links::Refuse) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        looked => looked,
    }
}

/// Whether it is a folder, and no link to one.
///
/// # Errors
/// Those of the system, and a sentence where it isn't.
pub fn folder(path: &Path) -> io::Result<()> {
    let meta = fs::symlink_metadata(path)?;
    if meta.is_symlink() {
        return Err(refused(LINK));
    }
    if meta.is_dir() {
        Ok(())
    } else {
        Err(refused("is not a folder"))
    }
}

/// Makes a folder of ours, whose parent is there; one that is there already must be no link.
///
/// # Errors
/// As [`folder`].
pub fn own_folder(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => folder(path),
        made => made,
    }
}

/// What lies in a folder of ours; a link to another is not followed.
///
/// # Errors
/// As [`folder`].
pub fn entries(path: &Path) -> io::Result<fs::ReadDir> {
    folder(path)?;
    fs::read_dir(path)
}

/// All bytes of a regular file, which may have so many at most.
///
/// # Errors
/// As [`open`], and a sentence where it is larger.
pub fn read(path: &Path, links: Links, most: u64) -> io::Result<Vec<u8>> {
    let file = open(path, links)?;
    let length = file.metadata()?.len();
    let mut bytes = Vec::new();
    if length <= most {
        // Its length is no more than a guess: it may still grow.
        bytes.reserve_exact(usize::try_from(length).unwrap_or_default());
        file.take(most + 1).read_to_end(&mut bytes)?;
    }
    if length.max(bytes.len() as u64) > most {
        return Err(too_large(most));
    }
    Ok(bytes)
}

/// Reads from a place in a file that other threads read at the same time.
///
/// # Errors
/// Those of the system; `UnexpectedEof` where the file ends before.
#[cfg(unix)]
pub fn read_at(_: &Path, file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

/// The same where a file's position belongs to all its readers: each read opens it anew.
///
/// # Errors
/// Those of the system; `UnexpectedEof` where the file ends before.
#[cfg(not(unix))]
pub fn read_at(path: &Path, _: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    use std::io::Seek;
    let mut file = open(path, Links::Follow)?;
    file.seek(io::SeekFrom::Start(at))?;
    file.read_exact(bytes)
}

/// A stretch of a regular file, which may have so many bytes at most. Memory is taken once the file is long enough.
///
/// # Errors
/// As [`read`], and a sentence where the file ends before the stretch does.
pub fn stretch(path: &Path, at: u64, length: u64, most: u64) -> io::Result<Vec<u8>> {
    stretch_of(path, &open(path, Links::Follow)?, at, length, most)
}

/// The same of an open file, which many threads may read at once.
///
/// # Errors
/// As [`stretch`].
pub fn stretch_of(
    path: &Path,
    file: &File,
    at: u64,
    length: u64,
    most: u64,
) -> io::Result<Vec<u8>> {
    if length > most {
        return Err(too_large(most));
    }
    if at
        .checked_add(length)
        .is_none_or(|end| end > file.metadata().map_or(0, |m| m.len()))
    {
        return Err(refused("is shorter than when it was opened, or cut short"));
    }
    let mut bytes = vec![0; length as usize];
    read_at(path, file, &mut bytes, at)?;
    Ok(bytes)
}

/// Has the system read a stretch of a regular file before it is wanted, where it can; what fails is told when it is read.
pub fn ahead(path: &Path, stretch: Range<u64>) {
    #[cfg(target_os = "linux")]
    if let Ok(file) = open(path, Links::Follow) {
        // It reads no more than this for one call, where nobody has raised that.
        const CALL: u64 = 128 << 10;
        for at in stretch.clone().step_by(CALL as usize) {
            let length = std::num::NonZeroU64::new(CALL.min(stretch.end - at));
            let _ = rustix::fs::fadvise(&file, at, length, rustix::fs::Advice::WillNeed);
        }
    }
    let _ = (path, stretch);
}

/// All bytes of what the user named, which may also be a pipe that somebody writes to, or a device; so many at most.
///
/// # Errors
/// Those of the system, and a sentence where it is a folder or there is more.
pub fn named(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.is_dir() {
        regular(path, Links::Follow)?;
    }
    // Nobody may write to a pipe: then it ends at once.
    let file = at_once(OpenOptions::new().read(true), Links::Follow).open(path)?;
    #[cfg(unix)]
    rustix::fs::fcntl_setfl(&file, rustix::fs::OFlags::empty())?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(too_large(most));
    }
    Ok(bytes)
}

/// The text of a regular file, which may have so many bytes at most.
///
/// # Errors
/// As [`read`], and where it isn't UTF-8.
pub fn text(path: &Path, links: Links, most: u64) -> io::Result<String> {
    let bytes = read(path, links, most)?;
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "isn't UTF-8 text"))
}

/// Whether it is a regular file, and no link where these are refused.
///
/// # Errors
/// Those of the system, and a sentence where it isn't.
pub fn regular(path: &Path, links: Links) -> io::Result<()> {
    let meta = match links {
        Links::Follow => fs::metadata(path)?,
        Links::Refuse => fs::symlink_metadata(path)?,
    };
    is_regular(&meta)
}

/// Whether a name that was read from a file names something in a folder, and nothing outside it.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let one = matches!(parts.next(), Some(std::path::Component::Normal(part)) if part == name);
    one && parts.next().is_none() && !name.contains(['\\', '\0'])
}

const LINK: &str = "is a link, which isn't followed here";

fn is_regular(meta: &fs::Metadata) -> io::Result<()> {
    if meta.is_file() {
        return Ok(());
    }
    let what = if meta.is_symlink() {
        LINK
    } else if meta.is_dir() {
        "is a folder, not a file"
    } else {
        "is not a regular file"
    };
    Err(refused(what))
}

fn too_large(most: u64) -> io::Error {
    refused(format!("is larger than {most} bytes"))
}

fn refused(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;
    use std::io::Write;

    #[test]
    fn a_name_is_one_place_in_a_folder() {
        for good in ["20261124-a-1", "a b", ".hidden", "学習率", "..."] {
            assert!(is_plain(good), "{good}");
        }
        for bad in [
            "", ".", "..", "a/b", "/a", "a/", "./a", "a/../b", "a\\b", "a\0",
        ] {
            assert!(!is_plain(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read(&path, Links::Refuse, 5).unwrap(), b"12345");
        let error = read(&path, Links::Refuse, 4).unwrap_err();
        assert_eq!(error.to_string(), "is larger than 4 bytes");
        let error = read(folder.path(), Links::Follow, 4).unwrap_err();
        assert_eq!(error.to_string(), "is a folder, not a file");
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_or_read_through_a_link_in_a_place_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let link = |to: &str, name: &str| std::os::unix::fs::symlink(at(to), at(name)).unwrap();
        fs::create_dir(at("elsewhere")).unwrap();
        fs::write(at("theirs"), "1").unwrap();
        for (to, name) in [("theirs", "a"), ("elsewhere", "b"), ("nothing", "c")] {
            link(to, name);
        }
        for name in ["a", "b", "c"] {
            for error in [
                open_own(&at(name), OpenOptions::new().append(true).create(true)).unwrap_err(),
                crate::disk::write_own(&at(name), b"2").unwrap_err(),
                own_folder(&at(name)).unwrap_err(),
                entries(&at(name)).unwrap_err(),
            ] {
                assert_eq!(error.to_string(), LINK, "{name}");
            }
        }
        assert_eq!(fs::read(at("theirs")).unwrap(), b"1");
        assert!(!at("nothing").exists());
        for name in ["new", "new"] {
            own_folder(&at(name)).unwrap();
            crate::disk::write_own(&at("ours"), b"3").unwrap();
        }
        assert_eq!(entries(folder.path()).unwrap().count(), 7);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_where_the_user_named_them_and_devices_and_pipes_never() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "1").unwrap();
        std::os::unix::fs::symlink(at("file"), at("link")).unwrap();
        assert_eq!(text(&at("link"), Links::Follow, 9).unwrap(), "1");
        text(&at("link"), Links::Refuse, 9)
            .unwrap_err()
            .says("is a link");
        std::os::unix::fs::symlink("/dev/zero", at("zero")).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(at("pipe"))
            .status();
        assert!(made.is_ok_and(|status| status.success()));
        for name in ["zero", "pipe"] {
            let error = read(&at(name), Links::Follow, 9).unwrap_err();
            assert_eq!(error.to_string(), "is not a regular file", "{name}");
        }
        // What the user named: a pipe is read to its end, which is at once where nobody writes.
        assert_eq!(named(&at("pipe"), 9).unwrap(), b"");
        let error = named(&at("zero"), 9).unwrap_err();
        assert_eq!(error.to_string(), "is larger than 9 bytes");
        let both = || OpenOptions::new().read(true).write(true).open(at("pipe"));
        let mut writer = both().unwrap();
        writer.write_all(&[b'x'; 10]).unwrap();
        let error = named(&at("pipe"), 9).unwrap_err();
        assert_eq!(error.to_string(), "is larger than 9 bytes");
    }
}
