//! Archives unpacked into a folder and nowhere else, and no more of them than a data set takes.

use super::error::FetchError;
use super::watch::{Side, Watch, copy};
use crate::disk::untrusted::{self, Links};
use flate2::read::GzDecoder;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};
use tar::{Archive, Entry, EntryType};

/// Files and folders that an archive may hold.
const MOST: usize = 1000;
/// How many times an archive's length it may be unpacked, and bytes beside that: photographs hardly pack.
const TIMES: u64 = 8;
const BESIDE: u64 = 16 << 20;

/// Why an entry of an archive can't be put in its place.
enum Trouble {
    Damaged(io::Error),
    Forbidden(PathBuf, &'static str),
    TooMuch,
    Disk(PathBuf, io::Error),
}

/// Unpacks the folders and files of a `.tar.gz`; anything else in it, such as a link, or a path that leads out of `to`,
/// is an error.
pub fn unpack(archive: &Path, to: &Path, watch: &mut dyn Watch) -> Result<(), FetchError> {
    let file =
        untrusted::open(archive, Links::Refuse).map_err(|e| FetchError::disk(archive, &e))?;
    let bytes = file.metadata().map_or(0, |meta| meta.len());
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    watch.begin(&format!("unpacking {name}"), 0, bytes);
    let file = BufReader::new(file);
    let most = bytes.saturating_mul(TIMES).saturating_add(BESIDE);
    put_all(Watched { file, watch }, most, to).map_err(|trouble| match trouble {
        Trouble::Damaged(e) => FetchError::Archive {
            path: archive.to_owned(),
            why: format!("can't be unpacked ({e}); delete it and run the same command again"),
        },
        Trouble::Forbidden(path, which) => FetchError::Archive {
            path: archive.to_owned(),
            why: format!("holds {}, {which}; none of it is kept", path.display()),
        },
        Trouble::TooMuch => FetchError::Archive {
            path: archive.to_owned(),
            why: "holds more than a data set does; none of it is kept".to_owned(),
        },
        Trouble::Disk(path, e) => FetchError::disk(path, &e),
    })
}

fn put_all(packed: impl Read, most: u64, to: &Path) -> Result<(), Trouble> {
    let mut tar = Archive::new(GzDecoder::new(packed).take(most));
    let mut room = most;
    // As they are: else a long name, which is an entry of its own, would be read into memory.
    let entries = tar.entries().map_err(Trouble::Damaged)?.raw(true);
    for (nth, entry) in entries.enumerate() {
        let mut entry = entry.map_err(Trouble::Damaged)?;
        room = room.checked_sub(entry.size()).ok_or(Trouble::TooMuch)?;
        if nth == MOST {
            return Err(Trouble::TooMuch);
        }
        put(&mut entry, to)?;
    }
    Ok(())
}

fn put(entry: &mut Entry<'_, impl Read>, to: &Path) -> Result<(), Trouble> {
    let path = entry.path().map_err(Trouble::Damaged)?.into_owned();
    let forbidden = |which| Err(Trouble::Forbidden(path.clone(), which));
    let Some(place) = within(to, &path) else {
        return forbidden("which would be outside its folder");
    };
    match entry.header().entry_type() {
        EntryType::Directory => fs::create_dir_all(&place).map_err(|e| Trouble::Disk(place, e)),
        EntryType::Regular | EntryType::Continuous => {
            write(entry, &place).map_err(|side| match side {
                Side::Read(e) => Trouble::Damaged(e),
                Side::Write(e) => Trouble::Disk(place, e),
            })
        }
        EntryType::XGlobalHeader | EntryType::XHeader => Ok(()),
        _ => forbidden("which is neither a file nor a folder"),
    }
}

/// The place of an archive's path in a folder, unless it leads out of it.
fn within(to: &Path, path: &Path) -> Option<PathBuf> {
    let mut place = to.to_owned();
    for part in path.components() {
        match part {
            Component::Normal(name) => place.push(name),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(place)
}

fn write(entry: &mut Entry<'_, impl Read>, place: &Path) -> Result<(), Side> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder).map_err(Side::Write)?;
    }
    let mut file = File::create(place).map_err(Side::Write)?;
    copy(entry, &mut file, &mut |_| {})?;
    file.sync_all().map_err(Side::Write)
}

/// A file that tells how much of it was read.
struct Watched<'a> {
    file: BufReader<File>,
    watch: &'a mut dyn Watch,
}

impl Read for Watched<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(bytes)?;
        self.watch.advance(count as u64);
        Ok(count)
    }
}
