//! Making a pack. What is done lies beside it in a journal, so that whoever begins again goes on there.

use super::encode::{Encoded, encode};
use super::index::{BLOCK, FORMAT, HEAD, Head, Kind, MARK, Record, Shape, ZEROS};
use crate::disk::{self, untrusted};
use crate::engine::data::{DataError, DataSet, Images, UNLABELLED};
use crc32fast::Hasher;
use rayon::prelude::*;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tar::Header;

/// Images that are made before they are written, and bytes that these take at most, about, unless one takes more.
const MANY: usize = 1024;
const MUCH: u64 = 1 << 30;

/// A pack that is being made.
pub struct Packing {
    set: DataSet,
    head: Head,
    to: PathBuf,
    part: PathBuf,
    out: BufWriter<File>,
    /// Where the next image goes.
    at: u64,
    journal_path: PathBuf,
    journal: BufWriter<File>,
    done: usize,
    /// Images that can't be read, and why.
    left_out: Vec<String>,
}

impl Packing {
    /// Begins to pack a data set into the file `to`, or goes on where that was begun.
    ///
    /// # Errors
    /// A sentence, where the file is there already, can't be written, or was begun otherwise or by another process.
    pub fn begin(set: DataSet, to: &Path, shape: Shape) -> Result<Self, DataError> {
        if to.exists() {
            return Err(DataError::file(
                to,
                "is there already; remove it first, or choose another name",
            ));
        }
        let head = Head {
            format: FORMAT,
            name: set.name.clone(),
            fingerprint: set.fingerprint.hash.clone(),
            shape,
            train: set.train.len(),
            test: set.test.len(),
            classes: set.classes.clone(),
        };
        let beside = |ending: &str| {
            let mut path = to.as_os_str().to_owned();
            path.push(ending);
            PathBuf::from(path)
        };
        let (part, journal_path) = (beside(".part"), beside(".part.index"));
        let out = opened(&part).map_err(|e| DataError::io(&part, &e))?;
        if out.try_lock().is_err() {
            return Err(DataError::file(
                &part,
                "is being written by another process",
            ));
        }
        let journal = opened(&journal_path).map_err(|e| DataError::io(&journal_path, &e))?;
        let mut packing = Self {
            set,
            head,
            to: to.to_owned(),
            part,
            out: BufWriter::with_capacity(1 << 20, out),
            at: 0,
            journal_path,
            journal: BufWriter::new(journal),
            done: 0,
            left_out: Vec::new(),
        };
        let resumed = packing.resume();
        resumed.map_err(|e| DataError::io(&packing.journal_path, &e))?;
        Ok(packing)
    }

    /// Images that are done, of all.
    pub fn progress(&self) -> (usize, usize) {
        (self.done, self.head.train + self.head.test)
    }

    /// Reads the journal up to the last image that lies whole in the file, and cuts both there.
    fn resume(&mut self) -> io::Result<()> {
        let line = serde_json::to_string(&self.head)? + "\n";
        let file = self.journal.get_mut();
        let mut there = Vec::new();
        BufReader::new(&mut *file)
            .take(HEAD)
            .read_until(b'\n', &mut there)?;
        let mut end = line.len() as u64;
        if there == line.as_bytes() {
            let length = self.out.get_ref().metadata()?.len();
            file.seek(SeekFrom::Start(end))?;
            let mut records = BufReader::new(&mut *file);
            while self.done < self.head.train + self.head.test
                && let Ok((record, name)) = Record::read(0, &mut records)
            {
                let after = behind(&record).max(self.at);
                if after > length {
                    break;
                }
                (self.at, self.done) = (after, self.done + 1);
                end += record.next();
                if record.pixels() == 0 {
                    self.left_out.push(name);
                }
            }
        } else if there.ends_with(b"\n") {
            return Err(io::Error::other(
                "was begun with other images or settings; remove it to begin anew",
            ));
        } else {
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(line.as_bytes())?;
        }
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        let out = self.out.get_mut();
        out.set_len(self.at)?;
        out.seek(SeekFrom::Start(self.at))?;
        Ok(())
    }

    fn part_of(&self, i: usize) -> (&Arc<dyn Images>, usize) {
        match i.checked_sub(self.head.train) {
            None => (&self.set.train, i),
            Some(i) => (&self.set.test, i),
        }
    }

    /// Packs some more images; false where all are.
    ///
    /// # Errors
    /// A sentence, where the file can't be written.
    pub fn step(&mut self) -> Result<bool, DataError> {
        let (first, all) = self.progress();
        let mut memory = 0;
        let more = (first..all).take(MANY).take_while(|i| {
            let (images, at) = self.part_of(*i);
            memory += images.memory(at);
            *i == first || memory <= MUCH
        });
        let last = first + more.count();
        let made: Vec<_> = (first..last)
            .into_par_iter()
            .map(|i| {
                let (images, at) = self.part_of(i);
                let image = images.image(at).map_err(|e| e.to_string())?;
                encode(image, self.head.shape)
            })
            .collect();
        let wrote = self.write(made);
        wrote.map_err(|e| DataError::io(&self.part, &e))?;
        Ok(last < all)
    }

    fn write(&mut self, made: Vec<Result<Encoded, String>>) -> io::Result<()> {
        let mut records = Vec::with_capacity(made.len());
        for (i, image) in (self.done..).zip(made) {
            let (images, at) = self.part_of(i);
            let (name, label) = (images.name(at), images.label(at));
            let record = match image {
                Ok(image) => self.add(i, &image, label)?,
                Err(why) => {
                    self.left_out.push(why);
                    Record::left_out()
                }
            };
            records.push((record.named(&name), name));
        }
        // The journal may say only what the file holds.
        self.out.flush()?;
        self.out.get_ref().sync_data()?;
        for (record, name) in &records {
            record.write(name, &mut self.journal)?;
        }
        self.journal.flush()?;
        self.done += records.len();
        Ok(())
    }

    /// Writes one image and its label.
    fn add(&mut self, i: usize, image: &Encoded, label: u32) -> io::Result<Record> {
        let part = if i < self.head.train { "train" } else { "test" };
        let ending = if image.kind == Kind::Jpeg {
            "jpg"
        } else {
            "ppm"
        };
        let record = Record {
            kind: image.kind,
            at: self.at + BLOCK,
            bytes: image.bytes.len() as u32,
            sum: crc32fast::hash(&image.bytes),
            width: image.width,
            height: image.height,
            label,
            ..Record::left_out()
        };
        member(
            &mut self.out,
            &format!("{part}/{i:08}.{ending}"),
            &image.bytes,
        )?;
        if label != UNLABELLED {
            member(
                &mut self.out,
                &format!("{part}/{i:08}.cls"),
                label.to_string().as_bytes(),
            )?;
        }
        self.at = behind(&record);
        Ok(record)
    }

    /// Writes the index and gives the file its name. What was left out, and why.
    ///
    /// # Errors
    /// A sentence, where the file can't be written, or none of the images could be read.
    pub fn finish(mut self) -> Result<Vec<String>, DataError> {
        let ended = self.end();
        ended.map_err(|e| DataError::io(&self.to, &e))?;
        Ok(self.left_out)
    }

    fn end(&mut self) -> io::Result<()> {
        let line = serde_json::to_string(&self.head)? + "\n";
        let records_at = line.len() as u64;
        // First how many of each part are kept.
        let (mut train, mut test) = (0, 0);
        let all = self.head.train + self.head.test;
        each(self.journal.get_mut(), records_at, all, |i, record, _| {
            let count = if i < self.head.train {
                &mut train
            } else {
                &mut test
            };
            *count += usize::from(record.pixels() > 0);
            Ok(())
        })?;
        if train == 0 {
            return Err(io::Error::other("none of the training images can be read"));
        }
        let begin = self.at + BLOCK;
        self.out.seek(SeekFrom::Start(begin))?;
        let head = Head {
            train,
            test,
            ..self.head.clone()
        };
        let mut index = Index {
            out: &mut self.out,
            hash: Hasher::new(),
            bytes: 0,
        };
        index.write_all((serde_json::to_string(&head)? + "\n").as_bytes())?;
        each(
            self.journal.get_mut(),
            records_at,
            all,
            |_, record, name| {
                if record.pixels() > 0 {
                    record.write(name, &mut index)?;
                }
                Ok(())
            },
        )?;
        let (bytes, sum) = (index.bytes, index.hash.finalize());
        let mut last = [0; BLOCK as usize];
        last[..16].copy_from_slice(MARK);
        last[16..24].copy_from_slice(&begin.to_le_bytes());
        last[24..32].copy_from_slice(&bytes.to_le_bytes());
        last[32..36].copy_from_slice(&sum.to_le_bytes());
        let padded = bytes.next_multiple_of(BLOCK);
        io::copy(&mut io::repeat(0).take(padded - bytes), &mut self.out)?;
        self.out.write_all(&last)?;
        self.out.write_all(&[0; ZEROS as usize])?;
        self.out.seek(SeekFrom::Start(self.at))?;
        self.out
            .write_all(header("index", padded + BLOCK)?.as_bytes())?;
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        std::fs::rename(&self.part, &self.to)?;
        std::fs::remove_file(&self.journal_path)?;
        disk::sync_folder(disk::folder(&self.to))
    }
}

/// Opens or makes a file to be read and written, whatever is in it.
fn opened(path: &Path) -> io::Result<File> {
    untrusted::open_own(path, OpenOptions::new().read(true).write(true).create(true))
}

/// Where the next image goes: behind this one and its label.
fn behind(record: &Record) -> u64 {
    if record.pixels() == 0 {
        return 0;
    }
    let label = if record.label == UNLABELLED {
        0
    } else {
        2 * BLOCK
    };
    record.end().next_multiple_of(BLOCK) + label
}

/// Looks at each record of a journal, with its name.
fn each(
    journal: &mut File,
    at: u64,
    count: usize,
    mut look: impl FnMut(usize, &Record, &str) -> io::Result<()>,
) -> io::Result<()> {
    journal.seek(SeekFrom::Start(at))?;
    let mut records = BufReader::new(journal);
    for i in 0..count {
        let (record, name) = Record::read(0, &mut records)?;
        look(i, &record, &name)?;
    }
    Ok(())
}

/// Writes one file into the archive.
fn member(out: &mut impl Write, name: &str, bytes: &[u8]) -> io::Result<()> {
    out.write_all(header(name, bytes.len() as u64)?.as_bytes())?;
    out.write_all(bytes)?;
    let padding = (bytes.len() as u64).next_multiple_of(BLOCK) - bytes.len() as u64;
    out.write_all(&[0; BLOCK as usize][..padding as usize])
}

fn header(name: &str, bytes: u64) -> io::Result<Header> {
    let mut header = Header::new_ustar();
    header.set_path(name)?;
    header.set_size(bytes);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_cksum();
    Ok(header)
}

/// An index on its way to the file.
struct Index<W> {
    out: W,
    hash: Hasher,
    bytes: u64,
}

impl<W: Write> Write for Index<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
