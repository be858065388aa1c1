//! WebDataset's shards.

use crate::damage::{cases, damaged, damages};
use crate::memory::within;
use crate::open::{decoded, opened};
use proptest::prelude::*;
use simclr_tui::engine::data::Source;
use std::fs;
use std::path::Path;

const MEMORY: usize = 64 << 20;

fn shard(name: &str) -> Vec<u8> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/data");
    fs::read(home.join(name)).unwrap()
}

fn read(bytes: &[u8]) -> bool {
    opened(Source::WebDataset, &[("0.tar", bytes)], |data| {
        within(MEMORY, || decoded(&data).is_ok())
    })
}

/// A file of an archive that says it has so many bytes.
fn header(name: &str, kind: u8, size: u64) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(size);
    header.set_entry_type(tar::EntryType::new(kind));
    header.set_cksum();
    header.as_bytes().to_vec()
}

#[test]
fn good_shards_are_read_whatever_their_names() {
    assert!(
        read(&shard("webdataset/train/000000.tar")) && read(&shard("webdataset-json/000000.tar"))
    );
}

#[test]
fn what_a_header_promises_is_not_believed() {
    let good = shard("webdataset/train/000000.tar");
    let end = good.len() - 10240;
    for kind in *b"0L0xg15SKVM" {
        for size in [1 << 12, 1 << 30, 1 << 40, u64::MAX >> 1, u64::MAX] {
            read(&[header("a.cls", kind, size), good.clone()].concat());
            read(
                &[
                    &good[..end.min(512 * 3)],
                    &header("a.jpg", kind, size),
                    &good,
                ]
                .concat(),
            );
        }
    }
    // A gigabyte of image, which is more than any within the bounds.
    let large = [header("a.jpg", b'0', 1 << 30), vec![0; 512]].concat();
    opened(Source::WebDataset, &[("0.tar", &large)], |data| {
        let file = fs::File::options()
            .write(true)
            .open(Path::new(&data.path).join("0.tar"));
        file.unwrap().set_len((1 << 30) + 1024).unwrap();
        assert!(within(MEMORY, || decoded(&data).is_err()));
    });
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn damaged_shards_are_a_value_or_a_sentence(damages in damages(), which in any::<bool>()) {
        let name = if which { "webdataset/train/000001.tar" } else { "webdataset-json/000000.tar" };
        read(&damaged(&shard(name), &damages));
    }

    #[test]
    fn labels_may_be_any_text(text in "\\PC{0,60}", json in any::<bool>()) {
        let ending = if json { "json" } else { "cls" };
        let file = |name: &str, bytes: &[u8]| {
            let body = [bytes, &vec![0; bytes.len().next_multiple_of(512) - bytes.len()]].concat();
            [header(name, b'0', bytes.len() as u64), body].concat()
        };
        read(&[file("1.png", b"no picture"), file(&format!("1.{ending}"), text.as_bytes())].concat());
    }
}
