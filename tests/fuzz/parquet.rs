//! Parquet tables.

use crate::damage::{cases, damaged, damages};
use crate::memory::within;
use crate::open::{decoded, fixture, lengthen, opened, reads};
use proptest::prelude::*;
use simclr_tui::engine::data::Source;

/// A page may say that it unpacks to 64 MiB, and two are read at a time, each with a dictionary.
const MEMORY: usize = 320 << 20;

const FILE: &str = "train-0.parquet";

const KINDS: [&str; 7] = [
    "hub/data/train-00000-of-00002",
    "kinds/gzip",
    "kinds/missing",
    "kinds/none",
    "kinds/second",
    "kinds/words",
    "kinds/zstd",
];

fn table(name: &str) -> Vec<u8> {
    fixture(&format!("data/parquet/{name}.parquet"))
}

fn read(bytes: &[u8]) -> bool {
    reads(MEMORY, Source::Parquet, &[(FILE, bytes)])
}

#[test]
fn good_tables_are_read() {
    for name in KINDS {
        assert!(read(&table(name)), "{name}");
    }
}

#[test]
fn a_table_as_long_as_a_disk_is_refused() {
    let good = table("kinds/none");
    opened(Source::Parquet, &[(FILE, &good)], |data| {
        lengthen(&data, FILE, 1 << 40);
        assert!(within(MEMORY, || decoded(&data).is_err()));
    });
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn damaged_tables_are_a_value_or_a_sentence(damages in damages(), which in 0..KINDS.len()) {
        read(&damaged(&table(KINDS[which]), &damages));
    }

    #[test]
    fn damaged_footers_are_a_value_or_a_sentence(damages in damages(), which in 0..KINDS.len()) {
        let good = table(KINDS[which]);
        let (rest, end) = good.split_at(good.len() - 8);
        let length = u32::from_le_bytes(*end.first_chunk().unwrap()) as usize;
        let (pages, footer) = rest.split_at(rest.len() - length);
        let footer = damaged(footer, &damages);
        let length = (footer.len() as u32).to_le_bytes();
        read(&[pages, &footer, &length, b"PAR1"].concat());
    }

    #[test]
    fn bytes_at_random_are_no_footer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let length = (bytes.len() as u32).to_le_bytes();
        read(&[b"PAR1", &bytes[..], &length, b"PAR1"].concat());
    }
}
