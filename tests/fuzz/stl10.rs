//! STL-10's files.

use crate::damage::{cases, damaged, damages};
use crate::memory::within;
use crate::open::{lengthen, opened, reads};
use proptest::prelude::*;
use simclr_tui::engine::data::{Source, open};

const MEMORY: usize = 64 << 20;
const IMAGE: usize = 3 * 96 * 96;

#[test]
fn a_file_as_long_as_a_disk_is_refused() {
    let image = vec![7; IMAGE];
    let files: [(&str, &[u8]); 5] = [
        ("train_X.bin", &image),
        ("train_y.bin", &[1]),
        ("test_X.bin", &image),
        ("test_y.bin", &[1]),
        ("unlabeled_X.bin", &image),
    ];
    for name in ["unlabeled_X.bin", "train_y.bin"] {
        opened(Source::Stl10, &files, |data| {
            assert!(open(&data).is_ok());
            lengthen(&data, name, (IMAGE as u64) << 26);
            assert!(within(MEMORY, || open(&data)).is_err(), "{name}");
        });
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn damaged_files_are_a_value_or_a_sentence(damages in damages(), which in 0..4_usize) {
        let mut files = [vec![7; 2 * IMAGE], vec![1, 10], vec![7; IMAGE], vec![3]];
        files[which] = damaged(&files[which], &damages);
        let names = ["train_X.bin", "train_y.bin", "test_X.bin", "test_y.bin"];
        let files: Vec<(&str, &[u8])> = names.into_iter().zip(files.iter().map(|f| &**f)).collect();
        reads(MEMORY, Source::Stl10, &files);
    }
}
