//! What a file of `torch.save` says of its sizes, before its reader believes it.
//!
//! A reader of pickles keeps about a hundred bytes for each byte of one, and a compressed entry of a zip is as large as it
//! likes: both are looked at here, where nothing has been unpacked yet.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

/// A pickle larger than this is that of no network: a tensor takes some 200 bytes of it.
const LARGEST_PICKLE: u64 = 2 << 20;

/// The magic number of files of PyTorch before 1.6, as the protocols 2 and up write it.
const LEGACY: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/// Magic number, version, system, tensors and the list of storages.
const PICKLES_OF_LEGACY: usize = 5;

/// What helps where a file holds more than weights.
const ALONE: &str = "save the encoder alone: torch.save(model.state_dict(), FILE)";

/// Whether the reader can be let at a file, in which no tensor takes more than so many bytes.
///
/// # Errors
/// A sentence without its beginning, where it can't.
pub fn check(file: &mut File, largest: u64) -> Result<(), String> {
    let mut start = Vec::new();
    let begun = file.seek(SeekFrom::Start(0));
    begun
        .and_then(|_| file.take(LARGEST_PICKLE).read_to_end(&mut start))
        .map_err(|e| e.to_string())?;
    if start.starts_with(b"PK") {
        return zip(file, largest);
    }
    if start.get(257..262) == Some(b"ustar") {
        let why = "was written by PyTorch before 0.1.10, which can't be read; torch.save(torch.load(FILE), NEW) makes a file that can";
        return Err(why.to_owned());
    }
    let head = &start[..start.len().min(64)];
    if !head.windows(LEGACY.len()).any(|bytes| bytes == LEGACY) {
        return Err("is neither a safetensors nor a torch.save file".to_owned());
    }
    legacy(&start)?;
    let length = file.metadata().map_err(|e| e.to_string())?.len();
    small(length, largest)
}

/// The entries of a zip are as large as they say, since none is compressed, and lie in the file.
fn zip(file: &File, largest: u64) -> Result<(), String> {
    let damaged = |e: zip::result::ZipError| format!("is not a complete torch.save file ({e})");
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    for nth in 0..archive.len() {
        let entry = archive.by_index_raw(nth).map_err(damaged)?;
        let is_pickle = entry.name().is_ok_and(|name| name.ends_with("data.pkl"));
        let (size, stored) = (entry.size(), entry.compressed_size());
        if entry.compression() != zip::CompressionMethod::Stored || size != stored {
            return Err("has compressed entries, and torch.save writes none".to_owned());
        }
        if is_pickle && size > LARGEST_PICKLE {
            return Err(too_much());
        }
        small(size, largest)?;
    }
    Ok(())
}

fn legacy(start: &[u8]) -> Result<(), String> {
    let mut rest = start;
    for _ in 0..PICKLES_OF_LEGACY {
        match length(rest) {
            Some(length) => rest = &rest[length..],
            None if start.len() as u64 == LARGEST_PICKLE => return Err(too_much()),
            None => return Err("is cut short".to_owned()),
        }
    }
    Ok(())
}

fn small(bytes: u64, largest: u64) -> Result<(), String> {
    if bytes <= largest {
        return Ok(());
    }
    Err(format!(
        "holds {bytes} bytes in one piece, far more than this network has; {ALONE}"
    ))
}

fn too_much() -> String {
    format!("holds more than {LARGEST_PICKLE} bytes beside its tensors; {ALONE}")
}

/// The length of the pickle at the start of these bytes, or of what its reader takes of it before it gives up; `None`
/// where it goes on behind them.
fn length(bytes: &[u8]) -> Option<usize> {
    let line = |at: usize| Some(at + bytes.get(at..)?.iter().position(|b| *b == b'\n')? + 1);
    let sized = |at: usize, width: usize| {
        let digits = bytes.get(at..at + width)?.iter().rev();
        let length = digits.fold(0_u64, |sum, digit| sum << 8 | u64::from(*digit));
        (at + width).checked_add(usize::try_from(length).ok()?)
    };
    let mut at = 0;
    loop {
        let opcode = *bytes.get(at)?;
        at += 1;
        at = match opcode {
            b'.' => return (at <= bytes.len()).then_some(at),
            b'I' | b'L' | b'F' | b'V' | b'g' | b'p' | b'P' => line(at)?,
            b'c' => line(line(at)?)?,
            b'K' | b'h' | b'q' | 0x80 => at + 1,
            b'M' => at + 2,
            b'J' | b'j' | b'r' => at + 4,
            b'G' | 0x95 => at + 8,
            b'U' | b'C' | 0x8a | 0x8c => sized(at, 1)?,
            b'T' | b'X' | b'B' | 0x8b => sized(at, 4)?,
            0x8d | 0x8e | 0x96 => sized(at, 8)?,
            _ => at,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_pickle_is_found_among_its_texts_and_numbers() {
        let pickles: [&[u8]; 5] = [
            b"\x80\x02K..",
            b"\x80\x02X\x03\x00\x00\x00a.b.",
            b"ctorch._utils.\n_rebuild.\n.",
            b"\x80\x04\x95\x2e\x00\x00\x00\x00\x00\x00\x00\x8c\x02...",
            b"I46\n(J....q.h.t.",
        ];
        for pickle in pickles {
            assert_eq!(length(pickle), Some(pickle.len()), "{pickle:?}");
            assert_eq!(length(&pickle[..pickle.len() - 1]), None, "{pickle:?}");
            let more = [pickle, b"..."].concat();
            assert_eq!(length(&more), Some(pickle.len()), "{pickle:?}");
        }
        assert_eq!(length(b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff."), None);
    }

    #[test]
    fn an_old_file_is_no_larger_than_the_network() {
        let mut bytes = b"\x80\x02\x8a\x0a".to_vec();
        bytes.extend(LEGACY);
        bytes.extend(b".\x80\x02M\xe9\x03.N.N.N.");
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, &bytes).unwrap();
        let length = bytes.len() as u64;
        assert_eq!(check(&mut file, length), Ok(()));
        let why = check(&mut file, length - 1).unwrap_err();
        assert!(why.contains("in one piece"), "{why}");
    }
}
