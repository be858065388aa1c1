//! Fetching a published data set: download, checksum, unpacking, and only then a rename to the name by which it is found.
//!
//! All work is done in `NAME.part` beside the final folder: a file being downloaded ends in `.part` there, loses the ending
//! once its checksum is right, and is unpacked into `unpacked`. Whatever interrupts this, the next fetch goes on from there.

mod download;
mod error;
mod unpack;
mod watch;

pub use error::{FetchError, Partial};
pub use watch::{Options, Watch};

use super::catalog::{Known, Remote};
use crate::disk::sync_folder;
use crate::disk::untrusted::{self, Links};
use md5::{Digest, Md5};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use watch::{Side, copy};

/// Fetches a data set, or what is missing of it, and gives its folder.
///
/// # Errors
/// A sentence that says what is kept and what to do. The data set's folder is whole or not there.
pub fn fetch(
    known: &Known,
    options: &Options,
    watch: &mut dyn Watch,
) -> Result<PathBuf, FetchError> {
    let place = known.place(&options.to);
    if place.is_dir() {
        return Ok(place);
    }
    let work = work_folder(known, &options.to);
    fs::create_dir_all(&work).map_err(|e| FetchError::disk(&work, &e))?;
    let lock = lock(&work)?;
    if place.is_dir() {
        // Another process finished between the two looks.
        return Ok(place);
    }
    let server = download::Server::new(known, options);
    for remote in known.files {
        whole_file(&server, remote, &work, watch)?;
    }
    let staged = work.join("unpacked");
    let put = renew(&staged).and_then(|()| stage(known, &work, &staged, watch));
    if let Err(error) = put {
        // Half a data set is of no use, and gives the disk its room back.
        let _ = fs::remove_dir_all(&staged);
        return Err(error);
    }
    fs::rename(staged.join(known.folder), &place).map_err(|e| FetchError::disk(&place, &e))?;
    sync_folder(&options.to).map_err(|e| FetchError::disk(&options.to, &e))?;
    drop(lock);
    if let Err(e) = fs::remove_dir_all(&work) {
        watch.note(&format!(
            "{}: can't be deleted ({e}); it is no longer needed",
            work.display()
        ));
    }
    Ok(place)
}

/// Bytes that an interrupted fetch has downloaded.
#[must_use]
pub fn begun(known: &Known, home: &Path) -> Option<u64> {
    let work = work_folder(known, home);
    let bytes = |remote: &Remote| {
        let part = format!("{}.part", remote.file);
        let there = fs::metadata(work.join(remote.file)).or_else(|_| fs::metadata(work.join(part)));
        there.map_or(0, |meta| meta.len())
    };
    let all = known.files.iter().map(bytes).sum();
    (all > 0).then_some(all)
}

fn work_folder(known: &Known, home: &Path) -> PathBuf {
    home.join(format!("{}.part", known.name))
}

/// A lock on the folder of work, until it is dropped; where the file system has none, there is none.
fn lock(work: &Path) -> Result<File, FetchError> {
    let path = work.join("lock");
    let file = File::create(&path).map_err(|e| FetchError::disk(&path, &e))?;
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => Err(FetchError::Busy(work.to_owned())),
        Ok(()) | Err(fs::TryLockError::Error(_)) => Ok(file),
    }
}

/// An empty folder, whatever an interrupted fetch left there.
fn renew(folder: &Path) -> Result<(), FetchError> {
    let gone = match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    };
    gone.and_then(|()| fs::create_dir(folder))
        .map_err(|e| FetchError::disk(folder, &e))
}

/// Downloads and checks a file. One that is there is checked again: it may have been exchanged since.
fn whole_file(
    server: &download::Server,
    remote: &Remote,
    work: &Path,
    watch: &mut dyn Watch,
) -> Result<(), FetchError> {
    let path = work.join(remote.file);
    if untrusted::regular(&path, Links::Refuse).is_ok() {
        if digest(&path, remote, watch)? == remote.md5 {
            return Ok(());
        }
        watch.note(&format!(
            "{}: is damaged; fetching it again",
            path.display()
        ));
    }
    let part = work.join(format!("{}.part", remote.file));
    for other in [&path, &part] {
        clear(other).map_err(|e| FetchError::disk(other, &e))?;
    }
    server.download(remote, &part, watch)?;
    let found = digest(&part, remote, watch)?;
    if found != remote.md5 {
        fs::remove_file(&part).map_err(|e| FetchError::disk(&part, &e))?;
        let (address, wanted) = (server.address(remote), remote.md5.to_owned());
        return Err(FetchError::Checksum {
            address,
            found,
            wanted,
        });
    }
    fs::rename(&part, &path)
        .and_then(|()| sync_folder(work))
        .map_err(|e| FetchError::disk(&path, &e))
}

/// Removes what lies in the place of a file of ours and is none, such as a link; a download that was begun stays.
fn clear(path: &Path) -> io::Result<()> {
    let part = path.extension().is_some_and(|e| e == "part");
    match fs::symlink_metadata(path) {
        Ok(meta) if !(meta.is_file() && part) => fs::remove_file(path),
        _ => Ok(()),
    }
}

fn digest(path: &Path, remote: &Remote, watch: &mut dyn Watch) -> Result<String, FetchError> {
    watch.begin(&format!("checking {}", remote.file), 0, remote.bytes);
    let mut file = untrusted::open(path, Links::Refuse).map_err(|e| FetchError::disk(path, &e))?;
    let mut digest = Md5::new();
    let mut take = Digesting(&mut digest);
    copy(&mut file, &mut take, &mut |bytes| watch.advance(bytes)).map_err(|e| match e {
        Side::Read(e) | Side::Write(e) => FetchError::disk(path, &e),
    })?;
    Ok(hexadecimal(digest.finalize().into()))
}

/// The MD5 of some bytes, in hexadecimal digits: no protection against forgery, but what publishers of data sets tell a whole file by.
#[must_use]
pub fn md5(bytes: &[u8]) -> String {
    hexadecimal(Md5::digest(bytes).into())
}

fn hexadecimal(digest: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(digest))
}

/// A digest as something to write to.
struct Digesting<'a>(&'a mut Md5);

impl Write for Digesting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Puts the data set's folder together from what was downloaded.
fn stage(
    known: &Known,
    work: &Path,
    staged: &Path,
    watch: &mut dyn Watch,
) -> Result<(), FetchError> {
    let folder = staged.join(known.folder);
    for remote in known.files {
        let from = work.join(remote.file);
        if remote.file.ends_with(".tar.gz") {
            unpack::unpack(&from, staged, watch)?;
        } else {
            let to = folder.join(remote.file);
            fs::create_dir_all(&folder)
                .and_then(|()| fs::copy(&from, &to))
                .map_err(|e| FetchError::disk(&to, &e))?;
        }
    }
    if folder.is_dir() {
        return Ok(());
    }
    let path = known
        .files
        .first()
        .map_or_else(PathBuf::new, |remote| work.join(remote.file));
    let why = format!("holds no folder {}", known.folder);
    Err(FetchError::Archive { path, why })
}
