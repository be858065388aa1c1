//! Fetching a published data set: download, checksum, unpacking, and only then a rename to the name by which it is found.
//!
//! All work is done in `NAME.part` beside the final folder: a file being downloaded ends in `.part` there, loses the ending
//! once its checksum is right, and is unpacked into `unpacked`. Whatever interrupts this, the next fetch goes on from there.

mod download;
mod unpack;

use super::catalog::{Known, Remote};
use crate::disk::sync_folder;
use crate::disk::untrusted::{self, Links};
use md5::{Digest, Md5};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// How to fetch.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder in which the data set's own folder appears.
    pub to: PathBuf,
    /// Another address that the files lie right below, instead of their publisher's.
    pub mirror: Option<String>,
    /// How long a server may stay silent.
    pub patience: Duration,
}

/// Who watches the progress.
pub trait Watch {
    /// A part of the work begins, such as a file's download, of which `done` of `total` bytes were done before.
    fn begin(&mut self, what: &str, done: u64, total: u64);
    /// So many more bytes are done.
    fn advance(&mut self, bytes: u64);
    /// Something that the user should know.
    fn note(&mut self, text: &str);
}

/// Why a data set could not be fetched: a sentence that says what is kept and what to do.
#[derive(Debug, Error)]
pub enum FetchError {
    /// No connection comes about.
    #[error(
        "{address} can't be reached ({why}); check the network and run the same command again{kept}"
    )]
    Unreachable {
        /// What was asked for.
        address: String,
        /// In the words of the system.
        why: String,
        /// What an earlier attempt got.
        kept: Partial,
    },
    /// The server answers, but with no file.
    #[error(
        "{address}: the server answers {status}; it may have moved the file: download it by other means, unpack it and give \
         its folder as data.path{kept}"
    )]
    Status {
        /// What was asked for.
        address: String,
        /// The code and its words.
        status: String,
        /// What an earlier attempt got.
        kept: Partial,
    },
    /// The connection ended too early, or the server fell silent.
    #[error(
        "the connection to {address} was cut ({why}); run the same command again to continue{kept}"
    )]
    Cut {
        /// What was being downloaded.
        address: String,
        /// In the words of the system.
        why: String,
        /// What came before.
        kept: Partial,
    },
    /// The file is another than its publisher's.
    #[error(
        "{address} has the MD5 {found}, but the right file has {wanted}; what was downloaded is damaged or another file and \
         was deleted: run the same command again, or try another network"
    )]
    Checksum {
        /// Where it came from.
        address: String,
        /// What it has.
        found: String,
        /// What it should have.
        wanted: String,
    },
    /// The server has another file.
    #[error(
        "{address} is {offered} bytes long, but the right file has {wanted}; it is another file, and none of it was kept{kept}"
    )]
    Length {
        /// What was asked for.
        address: String,
        /// What the server says.
        offered: u64,
        /// What its publisher says.
        wanted: u64,
        /// What an earlier attempt got.
        kept: Partial,
    },
    /// A file or folder can't be written or read.
    #[error("{}: {why}", path.display())]
    Disk {
        /// Which.
        path: PathBuf,
        /// What stood in the way, and what to do.
        why: String,
    },
    /// An archive holds what it must not, or can't be read.
    #[error("{}: {why}", path.display())]
    Archive {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// Somebody else is at it.
    #[error("{}: another simclr-tui is fetching this data set; wait for it", .0.display())]
    Busy(PathBuf),
}

/// What of a file is on disk already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Partial {
    path: PathBuf,
    done: u64,
    total: u64,
}

impl std::fmt::Display for Partial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.done == 0 {
            return Ok(());
        }
        let Self { path, done, total } = self;
        write!(
            f,
            "; {done} of {total} bytes are kept in {}",
            path.display()
        )
    }
}

impl FetchError {
    fn disk(path: impl Into<PathBuf>, error: &io::Error) -> Self {
        let why = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "the disk is full; make room, or choose another disk with --to, and run the same command again".to_owned()
            }
            io::ErrorKind::PermissionDenied => "can't be written (permission denied)".to_owned(),
            _ => error.to_string(),
        };
        Self::Disk {
            path: path.into(),
            why,
        }
    }
}

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

/// Which side of a copy failed.
#[derive(Debug)]
enum Side {
    Read(io::Error),
    Write(io::Error),
}

/// Copies all bytes, telling how many as it goes.
fn copy(from: &mut dyn Read, to: &mut dyn Write, told: &mut dyn FnMut(u64)) -> Result<(), Side> {
    let mut bytes = vec![0; 1 << 16];
    loop {
        let count = match from.read(&mut bytes) {
            Ok(0) => return to.flush().map_err(Side::Write),
            Ok(count) => count,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(Side::Read(e)),
        };
        to.write_all(&bytes[..count]).map_err(Side::Write)?;
        told(count as u64);
    }
}
