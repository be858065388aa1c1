//! How to fetch, and who watches.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

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

/// Which side of a copy failed.
#[derive(Debug)]
pub enum Side {
    Read(io::Error),
    Write(io::Error),
}

/// Copies all bytes, telling how many as it goes.
pub fn copy(
    from: &mut dyn Read,
    to: &mut dyn Write,
    told: &mut dyn FnMut(u64),
) -> Result<(), Side> {
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
