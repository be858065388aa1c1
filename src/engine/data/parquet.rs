//! Tables of images as the Hugging Face hub has them: Parquet files of a column of image files and a column of labels.
//!
//! The reader is our own: of a format with many types it needs bytes and whole numbers, and it must never take memory for
//! what a header promises. Opening reads the labels and the headers of the pages that hold the images; a page is unpacked
//! when one of its images is wanted, and from then on each of its images is read by itself where its packing allows.

mod beside;
mod columns;
mod direct;
mod meta;
mod page;
mod recent;
mod table;
mod thrift;
mod values;

use super::decode::{self, Bounds};
use super::labels::{Label, Labels};
use super::parts::{Labelled, Stored};
use super::shards;
use super::{Data, DataError, DataSet, Image, Watch};
use crc32fast::Hasher;
use direct::{Index, Pieces};
use page::Page;
use rayon::prelude::*;
use recent::{Content, Recent};
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use table::{ImagePage, Table};
use values::{Rows, Words};

/// The ending of such files.
const ENDING: &str = "parquet";
/// Pixels that a byte of an image file makes, about.
const PIXELS: u64 = 16;

/// The images of one part.
struct Tables {
    root: PathBuf,
    files: Vec<PathBuf>,
    pages: Vec<Placed>,
    /// Of each page, what is known since it was unpacked.
    indexes: Vec<OnceLock<Option<Index>>>,
    /// Pages of paths, for rows that have no images; not of all rows.
    paths: Vec<Placed>,
    recent: Recent,
    bounds: Bounds,
    /// Pixels of the largest image in a file beside a table.
    largest: AtomicU64,
}

/// A page among all of a part.
struct Placed {
    file: usize,
    /// Its first row, counted in the file and in the part.
    row: usize,
    first: usize,
    page: ImagePage,
}

/// Where an image is.
enum Lies {
    Here(Vec<u8>),
    /// In a file of this path.
    Beside(String),
}

/// Opens the tables in `path`, or the one that it is.
pub fn open(path: &Path, data: &Data, watch: &Watch) -> Result<DataSet, DataError> {
    let bounds = Bounds::new(data.largest);
    shards::open(path, data, ENDING, watch, |files, labelled| {
        let tables = files.par_iter().map(|file| {
            watch.found()?;
            let table = table::open(file);
            table.map_err(|why| DataError::file(file, why))
        });
        let mut tables: Vec<Table> = tables.collect::<Result<_, _>>()?;
        for table in tables.iter_mut().skip(labelled) {
            table.labels = Labels::same(Label::None, table.labels.len());
            table.names.clear();
        }
        Ok(Tables::part(path, files, tables, bounds))
    })
}

/// Whether tables seem to lie in `path`.
pub fn fits(path: &Path) -> bool {
    shards::any(path, ENDING)
}

impl Tables {
    /// Those of some files.
    fn part(root: &Path, files: &[PathBuf], tables: Vec<Table>, bounds: Bounds) -> Labelled {
        let (mut pages, mut paths) = (Vec::new(), Vec::new());
        let (mut labels, mut names) = (Labels::default(), Vec::new());
        for (file, table) in tables.into_iter().enumerate() {
            let place = |row, page| Placed {
                file,
                row,
                first: labels.len() + row,
                page,
            };
            let mut row = 0;
            for page in table.pages {
                pages.push(place(row, page));
                row += page.page.values as usize;
            }
            paths.extend(table.paths.into_iter().map(|(row, page)| place(row, page)));
            labels.append(table.labels);
            if names.is_empty() {
                names = table.names;
            }
        }
        let images = Arc::new(Self {
            root: root.to_owned(),
            files: files.to_vec(),
            indexes: pages.iter().map(|_| OnceLock::new()).collect(),
            pages,
            paths,
            recent: Recent::default(),
            bounds,
            largest: AtomicU64::default(),
        });
        Labelled {
            images,
            labels,
            names,
        }
    }

    /// The page of image `i`, and its row there.
    fn place(&self, i: usize) -> (usize, usize) {
        let page = self.pages.partition_point(|page| page.first <= i) - 1;
        (page, i - self.pages[page].first)
    }

    /// The path of image `i`'s file, where the table has paths of rows without images.
    fn path(&self, i: usize) -> Result<Option<String>, String> {
        let Some((nth, row)) = self.path_place(i) else {
            return Ok(None);
        };
        let placed = &self.paths[nth];
        let read = || Ok::<_, String>(content(&self.files[placed.file], &placed.page)?.0);
        let content = self.recent.get(self.pages.len() + nth, read)?;
        let path = content.get(row).filter(|path| !path.is_empty());
        Ok(path.map(|path| String::from_utf8_lossy(path).into_owned()))
    }

    /// The page of image `i`'s path and its row there, where there is one.
    fn path_place(&self, i: usize) -> Option<(usize, usize)> {
        let after = self.paths.partition_point(|page| page.first <= i);
        let nth = after.checked_sub(1)?;
        let (row, page) = (i - self.paths[nth].first, &self.paths[nth].page.page);
        ((row as u64) < page.values).then_some((nth, row))
    }

    /// The folder of the table that image `i` is a row of.
    fn folder(&self, i: usize) -> &Path {
        let file = &self.files[self.pages[self.place(i).0].file];
        file.parent().unwrap_or(Path::new(""))
    }

    /// The bytes of image `i`'s file in its page, if they are there.
    fn bytes(&self, i: usize) -> Result<Option<Vec<u8>>, String> {
        let (page, row) = self.place(i);
        let placed = &self.pages[page];
        let path = &self.files[placed.file];
        let index = self.indexes[page].get().and_then(Option::as_ref);
        if let (Some(index), None) = (index, self.recent.kept(page)) {
            return index.read(path, row);
        }
        let content = self.recent.get(page, || {
            let (content, index) = content(path, &placed.page)?;
            // Another thread may have been first.
            let _ = self.indexes[page].set(index);
            Ok::<_, String>(content)
        })?;
        Ok(content.get(row).map(<[u8]>::to_vec))
    }

    fn lies(&self, i: usize) -> Result<Lies, String> {
        if let Some(bytes) = self.bytes(i)? {
            return Ok(Lies::Here(bytes));
        }
        let path = self.path(i)?;
        path.map(Lies::Beside)
            .ok_or_else(|| "the table holds no bytes of this image".to_owned())
    }

    fn decoded(&self, i: usize) -> Result<Image, String> {
        let most = self.bounds.bytes();
        let bytes = match self.lies(i)? {
            Lies::Here(bytes) => bytes,
            Lies::Beside(path) => {
                let mut bytes = Vec::new();
                let file = beside::open(self.folder(i), &path)?;
                let read = file.take(most + 1).read_to_end(&mut bytes);
                read.map_err(|e| format!("{path}: {e}"))?;
                bytes
            }
        };
        if bytes.len() as u64 > most {
            return Err("it has more bytes than any image within data.largest".to_owned());
        }
        decode::decode_bytes(&bytes, self.bounds)
    }
}

/// The content of a page, and by what single images of it are read later.
fn content(path: &Path, page: &ImagePage) -> Result<(Content, Option<Index>), String> {
    let (bytes, mut pieces) = unpacked(path, &page.page)?;
    let rows = Arc::new(Rows::new(&page.page, bytes, page.optional, None)?);
    let mut words = None;
    if let Some(page) = &page.words {
        let bytes;
        (bytes, pieces) = unpacked(path, page)?;
        words = Some(Arc::new(Words::new(page, bytes, None)?));
    }
    let content = Content { rows, words };
    let index = pieces.and_then(|pieces| Index::of(page, &content, pieces));
    Ok((content, index))
}

/// A page unpacked, and how it was packed.
fn unpacked(path: &Path, page: &Page) -> Result<(Vec<u8>, Option<Pieces>), String> {
    let packed = page.packed(path)?;
    let pieces = Pieces::of(page, &packed);
    Ok((page.unpacked(packed)?, pieces))
}

impl Stored for Tables {
    fn image(&self, i: usize) -> Result<Arc<Image>, DataError> {
        let image = self.decoded(i).map_err(|why| {
            let placed = &self.pages[self.place(i).0];
            let row = placed.row + i - placed.first;
            DataError::file(&self.files[placed.file], format!("row {row}: {why}"))
        });
        image.map(Arc::new)
    }

    fn memory(&self, i: usize) -> u64 {
        if self.path_place(i).is_some() {
            let largest = self.largest.load(Ordering::Relaxed);
            return decode::memory(largest, largest);
        }
        let ImagePage { page, words, .. } = &self.pages[self.place(i).0].page;
        let page = page.unpacked + words.as_ref().map_or(0, |words| words.unpacked);
        // An image's own size is known once its page is unpacked.
        let bytes = page / self.pages[self.place(i).0].page.page.values.max(1);
        page + decode::memory(bytes * PIXELS, bytes)
    }

    fn lies(&self, i: usize) -> Option<(&Path, Range<u64>)> {
        let Placed { file, page, .. } = &self.pages[self.place(i).0];
        // The words that a page uses are the images themselves, and come before it.
        let first = page.words.unwrap_or(page.page).place();
        Some((&self.files[*file], first.start..page.page.place().end))
    }

    fn name(&self, i: usize) -> String {
        let placed = &self.pages[self.place(i).0];
        let file = shards::shown(&self.root, &self.files[placed.file]);
        format!("{file} row {}", placed.row + i - placed.first)
    }

    fn digest(&self, i: usize, label: u32, hash: &mut Hasher) -> Result<(), DataError> {
        hash.update(&label.to_le_bytes());
        let (page, row) = self.place(i);
        let page = &self.pages[page].page.page;
        hash.update(
            format!("{} {} {row} {}\n", page.values, page.unpacked, self.name(i)).as_bytes(),
        );
        // A file that is gone by now is told when it is read.
        if self.path_place(i).is_some()
            && let Ok(Lies::Beside(path)) = self.lies(i)
            && let Ok(meta) = self.folder(i).join(&path).metadata()
        {
            hash.update(format!("{path} {}\n", meta.len()).as_bytes());
        }
        Ok(())
    }

    fn check(&self, i: usize, bounds: Bounds) -> Result<(), String> {
        // What lies in a page is looked at when it is unpacked.
        if self.path_place(i).is_none() {
            return Ok(());
        }
        if let Lies::Beside(path) = self.lies(i)? {
            let file = beside::open(self.folder(i), &path)?;
            let length = file.metadata().map_err(|e| e.to_string())?.len();
            let pixels = decode::check_start(file, length, bounds)?;
            self.largest.fetch_max(pixels, Ordering::Relaxed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
