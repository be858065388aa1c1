//! The files of CIFAR: in a folder, or in the archive as its authors publish it and torchvision leaves it.

use crate::disk::untrusted::{self, Links};
use crate::engine::data::{DataError, packed};
use flate2::bufread::MultiGzDecoder;
use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use tar::Archive;

/// Files that an archive may hold: fifty times those of the official ones.
const MANY: usize = 500;

/// Where files are read from.
pub enum Files {
    Folder(PathBuf),
    Archive(PathBuf, BTreeMap<String, Vec<u8>>),
}

impl Files {
    /// The files of an archive, gzipped or not, that has so many bytes at most once it is unpacked.
    pub fn of_archive(path: &Path, most: u64) -> Result<Self, DataError> {
        let files = unpacked(path, most).map_err(|why| DataError::file(path, why))?;
        Ok(Self::Archive(path.to_owned(), files))
    }

    /// Whether there is a file of this name.
    pub fn has(&self, name: &str) -> bool {
        match self {
            Self::Folder(folder) => folder.join(name).is_file(),
            Self::Archive(_, files) => files.contains_key(name),
        }
    }

    /// What a user would call a file.
    pub fn place(&self, name: &str) -> PathBuf {
        match self {
            Self::Folder(path) | Self::Archive(path, _) => path.join(name),
        }
    }

    /// The names of all files, in their order.
    pub fn names(&self) -> Result<Vec<String>, DataError> {
        let folder = match self {
            Self::Folder(folder) => folder,
            Self::Archive(_, files) => return Ok(files.keys().cloned().collect()),
        };
        let entries = std::fs::read_dir(folder).map_err(|e| DataError::io(folder, &e))?;
        let name = |entry: std::fs::DirEntry| entry.file_name().to_str().map(str::to_owned);
        let mut names: Vec<String> = entries.flatten().filter_map(name).collect();
        names.sort();
        Ok(names)
    }

    /// What a file holds, which may have so many bytes at most.
    pub fn read(&self, name: &str, most: u64) -> Result<Vec<u8>, DataError> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(name);
                untrusted::read(&path, Links::Follow, most).map_err(|e| DataError::io(path, &e))
            }
            Self::Archive(path, files) => {
                let missing = || DataError::file(path, format!("holds no {name}; fetch it again"));
                files.get(name).cloned().ok_or_else(missing)
            }
        }
    }
}

fn unpacked(path: &Path, most: u64) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let file = untrusted::open(path, Links::Follow).map_err(|e| e.to_string())?;
    let most = packed::most(file.metadata().map_err(|e| e.to_string())?.len()).min(most);
    let mut file = BufReader::new(file);
    let gzip =
        std::io::BufRead::fill_buf(&mut file).is_ok_and(|bytes| bytes.starts_with(&[0x1f, 0x8b]));
    let file: Box<dyn Read> = if gzip {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let damaged = |e: std::io::Error| {
        format!("can't be unpacked ({e}); it is damaged or cut short, fetch it again")
    };
    let mut tar = Archive::new(file.take(most));
    let mut files = BTreeMap::new();
    let mut room = most;
    // As they are: else a long name, which is an entry of its own, would be read into memory.
    for entry in tar.entries().map_err(damaged)?.raw(true) {
        let mut entry = entry.map_err(damaged)?;
        let left = room
            .checked_sub(entry.size())
            .filter(|_| files.len() < MANY);
        room = left.ok_or("holds more than the data set does")?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let name = name.rsplit('/').next().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(damaged)?;
        if (bytes.len() as u64) < entry.size() {
            return Err("ends within a file; it is cut short, fetch it again".to_owned());
        }
        files.insert(name, bytes);
    }
    Ok(files)
}
