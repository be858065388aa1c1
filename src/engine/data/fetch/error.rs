//! What can go wrong while fetching.

use std::io;
use std::path::PathBuf;
use thiserror::Error;

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
    /// Where it is.
    pub path: PathBuf,
    /// Bytes of it.
    pub done: u64,
    /// Bytes of the whole file.
    pub total: u64,
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
    /// What a disk answers.
    pub fn disk(path: impl Into<PathBuf>, error: &io::Error) -> Self {
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
