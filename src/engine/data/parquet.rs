//! Tables of images as the Hugging Face hub has them: Parquet files of a column of image files and a column of labels.
//!
//! The reader is our own: of a format with many types it needs bytes and whole numbers, and it must never take memory for
//! what a header promises. Opening reads the labels and the headers of the pages that hold the images; a page is unpacked
//! when one of its images is wanted.

mod columns;
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
use rayon::prelude::*;
use recent::{Content, Recent};
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
    recent: Recent,
    bounds: Bounds,
}

/// A page among all of a part.
struct Placed {
    file: usize,
    /// Its first row, counted in the file and in the part.
    row: usize,
    first: usize,
    page: ImagePage,
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
        let (mut pages, mut labels, mut names) = (Vec::new(), Labels::default(), Vec::new());
        for (file, table) in tables.into_iter().enumerate() {
            let mut row = 0;
            for page in table.pages {
                pages.push(Placed {
                    file,
                    row,
                    first: labels.len() + row,
                    page,
                });
                row += page.page.values as usize;
            }
            labels.append(table.labels);
            if names.is_empty() {
                names = table.names;
            }
        }
        let images = Arc::new(Self {
            root: root.to_owned(),
            files: files.to_vec(),
            pages,
            recent: Recent::default(),
            bounds,
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

    fn content(&self, page: usize) -> Result<Content, String> {
        let Placed { file, page, .. } = &self.pages[page];
        let path = &self.files[*file];
        let words = page.words.as_ref();
        let words = words.map(|words| Words::new(words, words.content(path)?, None));
        let words = words.transpose()?.map(Arc::new);
        let rows = Rows::new(&page.page, page.page.content(path)?, page.optional, None)?;
        let rows = Arc::new(rows);
        Ok(Content { rows, words })
    }

    fn decoded(&self, i: usize) -> Result<Image, String> {
        let (page, row) = self.place(i);
        let content = self.recent.get(page, || self.content(page))?;
        let bytes = content.rows.get(row, content.words.as_deref());
        let bytes = bytes
            .ok_or("the table holds no bytes of this image, perhaps only the path of its file")?;
        if bytes.len() as u64 > self.bounds.bytes() {
            return Err("it has more bytes than any image within data.largest".to_owned());
        }
        decode::decode_bytes(bytes, self.bounds)
    }
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
        let ImagePage { page, words, .. } = &self.pages[self.place(i).0].page;
        let page = page.unpacked + words.as_ref().map_or(0, |words| words.unpacked);
        // An image's own size is known once its page is unpacked.
        let bytes = page / self.pages[self.place(i).0].page.page.values.max(1);
        page + decode::memory(bytes * PIXELS, bytes)
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
        Ok(())
    }
}

#[cfg(test)]
mod tests;
