//! Tiny ImageNet's text files.

use crate::damage::{cases, damaged, damages};
use crate::open::reads;
use proptest::prelude::*;
use simclr_tui::engine::data::Source;

const MEMORY: usize = 64 << 20;

/// A picture of one pixel.
const PIXEL: &[u8] = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0\0\0\0\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x09\x09\x09\0";

const ANNOTATIONS: &[u8] = b"0.bmp\tn01\t0\t0\t9\t9\n1.bmp\tn02\t0\t0\t9\t9\n";
const WORDS: &[u8] = b"n01\tcrane, bird\nn02\tgoldfish, Carassius auratus\n";

fn read(annotations: &[u8], words: &[u8]) -> bool {
    let files: [(&str, &[u8]); 6] = [
        ("train/n01/images/0.bmp", PIXEL),
        ("train/n02/images/0.bmp", PIXEL),
        ("val/images/0.bmp", PIXEL),
        ("val/images/1.bmp", PIXEL),
        ("val/val_annotations.txt", annotations),
        ("words.txt", words),
    ];
    reads(MEMORY, Source::Folder, &files)
}

#[test]
fn good_files_are_read() {
    assert!(read(ANNOTATIONS, WORDS));
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn damaged_texts_are_a_value_or_a_sentence(damages in damages(), which in any::<bool>()) {
        let (mut annotations, mut words) = (ANNOTATIONS.to_vec(), WORDS.to_vec());
        let file = if which { &mut annotations } else { &mut words };
        *file = damaged(file, &damages);
        read(&annotations, &words);
    }
}
