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
use super::labels::{self, Label};
use super::parts::{Stored, Whole};
use super::shards;
use super::{Data, DataError, DataSet, Image, Images};
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
    rows: usize,
    given: Vec<Label>,
    labels: Vec<u32>,
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
pub fn open(path: &Path, data: &Data) -> Result<DataSet, DataError> {
    let shards = shards::find(path, ENDING)?;
    let bounds = Bounds::new(data.largest);
    let (train, unlabelled) = (read(&shards.train)?, read(&shards.unlabelled)?);
    let mut notes = Vec::new();
    let labelled = |tables: &Vec<(PathBuf, Table)>| {
        let mut labels = tables.iter().flat_map(|(_, table)| &table.labels);
        labels.any(|label| *label != Label::None)
    };
    let test = shards
        .tested(&mut notes, read, labelled)?
        .unwrap_or_default();
    let mut names = Vec::new();
    for (_, table) in train.iter().chain(&test) {
        if names.is_empty() {
            names.clone_from(&table.names);
        }
    }
    let mut train = Tables::new(path, train, bounds);
    train.add_unlabelled(Tables::new(path, unlabelled, bounds));
    let mut test = Tables::new(path, test, bounds);
    if train.rows == 0 {
        return Err(DataError::file(
            path,
            "holds no training images: its tables are empty",
        ));
    }
    let classes = labels::classes(&[&train.given, &test.given], &names);
    let (classes, mut labels) = classes.map_err(|why| DataError::file(path, why))?;
    test.labels = labels.pop().unwrap_or_default();
    train.labels = labels.pop().unwrap_or_default();
    (train.given, test.given) = (Vec::new(), Vec::new());
    let name = path
        .file_stem()
        .map_or("parquet".into(), |name| name.to_string_lossy());
    let whole = Whole {
        name: name.into_owned(),
        train: Arc::new(train),
        test: (test.rows > 0).then(|| Arc::new(test) as Arc<dyn Stored>),
        classes,
        notes,
    };
    whole.data_set(path, data)
}

/// Whether tables seem to lie in `path`.
pub fn fits(path: &Path) -> bool {
    shards::any(path, ENDING)
}

fn read(files: &[PathBuf]) -> Result<Vec<(PathBuf, Table)>, DataError> {
    let read = files.par_iter().map(|file| match table::open(file) {
        Ok(table) => Ok((file.clone(), table)),
        Err(why) => Err(DataError::file(file, why)),
    });
    read.collect()
}

impl Tables {
    fn new(root: &Path, tables: Vec<(PathBuf, Table)>, bounds: Bounds) -> Self {
        let mut all = Self {
            root: root.to_owned(),
            files: Vec::new(),
            pages: Vec::new(),
            rows: 0,
            given: Vec::new(),
            labels: Vec::new(),
            recent: Recent::default(),
            bounds,
        };
        for (file, table) in tables {
            let before = all.rows;
            for page in table.pages {
                let (file, first) = (all.files.len(), all.rows);
                let row = first - before;
                all.rows += page.page.values as usize;
                all.pages.push(Placed {
                    file,
                    row,
                    first,
                    page,
                });
            }
            all.files.push(file);
            all.given.extend(table.labels);
        }
        all
    }

    /// Adds images that are learnt from whatever their labels are.
    fn add_unlabelled(&mut self, other: Self) {
        let (files, rows) = (self.files.len(), self.rows);
        self.pages
            .extend(other.pages.into_iter().map(|page| Placed {
                file: files + page.file,
                first: rows + page.first,
                ..page
            }));
        self.files.extend(other.files);
        self.rows += other.rows;
        self.given.resize(self.rows, Label::None);
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

impl Images for Tables {
    fn len(&self) -> usize {
        self.rows
    }

    fn label(&self, i: usize) -> u32 {
        self.labels[i]
    }

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
}

impl Stored for Tables {
    fn digest(&self, i: usize, hash: &mut Hasher) -> Result<(), DataError> {
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
