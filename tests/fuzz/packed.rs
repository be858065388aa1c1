//! Archives, some of which promise more than they hold.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Read, Write};

/// The header of a file in an archive that says it has so many bytes.
pub fn header(name: &str, kind: u8, size: u64) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(size);
    header.set_mode(0o644);
    header.set_entry_type(tar::EntryType::new(kind));
    header.set_cksum();
    header.as_bytes().to_vec()
}

pub fn packed(bytes: &[u8]) -> Vec<u8> {
    bomb(bytes, 0, &[])
}

/// Packed bytes with so many alike within, which are never in memory.
pub fn bomb(before: &[u8], alike: u64, behind: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(before).unwrap();
    std::io::copy(&mut std::io::repeat(b'a').take(alike), &mut gz).unwrap();
    gz.write_all(behind).unwrap();
    gz.finish().unwrap()
}
