//! Archives unpacked into a folder and nowhere else.

use super::{FetchError, Side, Watch, copy};
use flate2::read::GzDecoder;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};
use tar::{Archive, Entry, EntryType};

/// Unpacks the folders and files of a `.tar.gz`; anything else in it, such as a link, or a path that leads out of `to`, is
/// an error.
pub fn unpack(archive: &Path, to: &Path, watch: &mut dyn Watch) -> Result<(), FetchError> {
    let bad = |why: String| FetchError::Archive {
        path: archive.to_owned(),
        why,
    };
    let file = File::open(archive).map_err(|e| FetchError::disk(archive, &e))?;
    let bytes = file.metadata().map_or(0, |meta| meta.len());
    let name = archive
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    watch.begin(&format!("unpacking {name}"), 0, bytes);
    let watched = Watched {
        file: BufReader::new(file),
        watch,
    };
    let mut tar = Archive::new(GzDecoder::new(watched));
    let damaged = |e: &io::Error| {
        bad(format!(
            "can't be unpacked ({e}); delete it and run the same command again"
        ))
    };
    for entry in tar.entries().map_err(|e| damaged(&e))? {
        let mut entry = entry.map_err(|e| damaged(&e))?;
        let path = entry.path().map_err(|e| damaged(&e))?.into_owned();
        let Some(place) = within(to, &path) else {
            return Err(bad(format!(
                "holds {}, which would lie outside of its folder; nothing of it is kept",
                path.display()
            )));
        };
        match entry.header().entry_type() {
            EntryType::Directory => {
                fs::create_dir_all(&place).map_err(|e| FetchError::disk(&place, &e))?
            }
            EntryType::Regular | EntryType::Continuous => match write(&mut entry, &place) {
                Ok(()) => {}
                Err(Side::Read(e)) => return Err(damaged(&e)),
                Err(Side::Write(e)) => return Err(FetchError::disk(&place, &e)),
            },
            EntryType::XGlobalHeader => {}
            _ => {
                return Err(bad(format!(
                    "holds {}, which is neither file nor folder; nothing of it is kept",
                    path.display()
                )));
            }
        }
    }
    Ok(())
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
