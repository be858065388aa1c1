//! Packs, which `data pack` makes.

use crate::damage::{cases, damaged, damages};
use crate::memory::within;
use crate::open::{decoded, opened};
use proptest::prelude::*;
use simclr_tui::engine::data::pack::{Packing, Shape};
use simclr_tui::engine::data::{Data, Source, open};
use std::fs;
use std::sync::LazyLock;

const MEMORY: usize = 64 << 20;

/// One of JPEGs and one of pixels.
static GOOD: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    [Some(90), None].map(|quality| {
        let home = tempfile::tempdir().unwrap();
        let data = Data {
            train_limit: 6,
            test_limit: 2,
            ..Data::default()
        };
        let (to, shape) = (home.path().join("a.tar"), Shape { size: 8, quality });
        let mut packing = Packing::begin(open(&data).unwrap(), &to, shape).unwrap();
        while packing.step().unwrap() {}
        packing.finish().unwrap();
        fs::read(to).unwrap()
    })
});

fn read(bytes: &[u8]) -> bool {
    opened(Source::WebDataset, &[("a.tar", bytes)], |mut data| {
        data.path.push_str("/a.tar");
        within(MEMORY, || decoded(&data).is_ok())
    })
}

/// The end of a pack's index, and its place.
fn index(pack: &[u8]) -> (usize, usize) {
    let number = |at: usize| u64::from_le_bytes(*pack[at..].first_chunk().unwrap()) as usize;
    let mark = pack.len() - 1536;
    (number(mark + 16), number(mark + 24))
}

#[test]
fn good_packs_are_read() {
    assert!(GOOD.iter().all(|pack| read(pack)));
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn damaged_packs_are_a_value_or_a_sentence(damages in damages(), which in 0..2_usize) {
        read(&damaged(&GOOD[which], &damages));
    }

    #[test]
    fn an_index_that_lies_is_a_value_or_a_sentence(damages in damages(), which in 0..2_usize) {
        let good = &GOOD[which];
        let (begin, bytes) = index(good);
        let lies = damaged(&good[begin..begin + bytes], &damages);
        let mut mark = good[good.len() - 1536..].to_vec();
        mark[24..32].copy_from_slice(&(lies.len() as u64).to_le_bytes());
        mark[32..36].copy_from_slice(&crc32fast::hash(&lies).to_le_bytes());
        read(&[&good[..begin], &lies, &mark].concat());
    }
}
