//! WebDataset's shards.

use crate::damage::{cases, damaged, damages};
use crate::memory::within;
use crate::open::{decoded, fixture, lengthen, opened, reads};
use crate::packed::header;
use proptest::prelude::*;
use simclr_tui::engine::data::Source;

const MEMORY: usize = 64 << 20;

fn read(bytes: &[u8]) -> bool {
    reads(MEMORY, Source::WebDataset, &[("0.tar", bytes)])
}

#[test]
fn good_shards_are_read_whatever_their_names() {
    assert!(
        read(&fixture("data/webdataset/train/000000.tar"))
            && read(&fixture("data/webdataset-json/000000.tar"))
    );
}

#[test]
fn what_a_header_promises_is_not_believed() {
    let good = fixture("data/webdataset/train/000000.tar");
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
        lengthen(&data, "0.tar", (1 << 30) + 1024);
        assert!(within(MEMORY, || decoded(&data).is_err()));
    });
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn damaged_shards_are_a_value_or_a_sentence(damages in damages(), which in any::<bool>()) {
        let name = if which { "data/webdataset/train/000001.tar" } else { "data/webdataset-json/000000.tar" };
        read(&damaged(&fixture(name), &damages));
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
