//! NumPy's arrays, in zips and alone.

use crate::damage::{cases, damaged, damages};
use crate::open::reads;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use proptest::prelude::*;
use simclr_tui::engine::data::Source;
use std::io::{Read, Write};

const MEMORY: usize = 64 << 20;

/// A header of this shape and so many values.
fn npy(shape: &str, values: usize) -> Vec<u8> {
    let text = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n");
    let length = (text.len() as u16).to_le_bytes();
    let values = (0..values).map(|i| (i % 3) as u8).collect();
    [
        b"\x93NUMPY\x01\0".to_vec(),
        length.to_vec(),
        text.into_bytes(),
        values,
    ]
    .concat()
}

/// A zip of these files, and one whose end is so many bytes alike, which are never in memory.
fn zip(files: &[(&str, Vec<u8>)], deflated: bool, alike: u64) -> Vec<u8> {
    let (mut all, mut directory) = (Vec::new(), Vec::new());
    for (nth, (name, content)) in files.iter().enumerate() {
        let alike = if nth == 0 { alike } else { 0 };
        let mut sum = flate2::Crc::new();
        sum.update(content);
        let length = content.len() as u64 + alike;
        let packed = if deflated {
            let mut out = DeflateEncoder::new(Vec::new(), Compression::fast());
            out.write_all(content).unwrap();
            std::io::copy(&mut std::io::repeat(1).take(alike), &mut out).unwrap();
            out.finish().unwrap()
        } else {
            content.clone()
        };
        let word = |value: u64| (value as u32).to_le_bytes().to_vec();
        let common = [
            vec![20, 0, 0, 0, if deflated { 8 } else { 0 }, 0, 0, 0, 0x21, 0],
            word(u64::from(sum.sum())),
            word(packed.len() as u64),
            word(length),
            vec![name.len() as u8, 0, 0, 0],
        ]
        .concat();
        directory.push(
            [
                &b"PK\x01\x02\x14\0"[..],
                &common,
                &[0; 10],
                &word(all.len() as u64),
                name.as_bytes(),
            ]
            .concat(),
        );
        all.extend([&b"PK\x03\x04"[..], &common, name.as_bytes(), &packed].concat());
    }
    let (at, count) = (all.len() as u32, files.len() as u8);
    let directory = directory.concat();
    all.extend(&directory);
    all.extend([b"PK\x05\x06\0\0\0\0".to_vec(), vec![count, 0, count, 0]].concat());
    all.extend((directory.len() as u32).to_le_bytes());
    all.extend([&at.to_le_bytes()[..], &[0; 2]].concat());
    all
}

fn good() -> [(&'static str, Vec<u8>); 4] {
    [
        ("train_images.npy", npy("(6, 2, 3)", 36)),
        ("train_labels.npy", npy("(6,)", 6)),
        ("test_images.npy", npy("(2, 2, 3)", 12)),
        ("test_labels.npy", npy("(2, 1)", 2)),
    ]
}

fn read(name: &str, bytes: &[u8]) -> bool {
    reads(MEMORY, Source::Npz, &[(name, bytes)])
}

#[test]
fn good_files_are_read() {
    assert!(read("a.npz", &zip(&good(), true, 0)) && read("a.npz", &zip(&good(), false, 0)));
    assert!(read("images.npy", &good()[0].1));
}

#[test]
fn arrays_that_promise_much_are_refused() {
    for (shape, alike) in [
        ("(400, 1024, 1024)", 400 << 20),
        ("(4, 1024, 1024)", 400 << 20),
        ("(4294967296, 4294967296, 4294967296)", 0),
        ("(1000000000, 1000, 1)", 0),
        ("(18446744073709551615,)", 0),
        ("(6, 0, 3)", 0),
    ] {
        for deflated in [true, false] {
            let mut files = good();
            files[0].1 = npy(shape, 36);
            assert!(!read("a.npz", &zip(&files, deflated, alike)), "{shape}");
        }
        assert!(!read("images.npy", &npy(shape, 36)), "{shape}");
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn damaged_zips_are_a_value_or_a_sentence(damages in damages(), deflated in any::<bool>()) {
        read("a.npz", &damaged(&zip(&good(), deflated, 0), &damages));
    }

    #[test]
    fn damaged_arrays_are_a_value_or_a_sentence(damages in damages(), which in 0..4_usize, deflated in any::<bool>()) {
        let mut files = good();
        files[which].1 = damaged(&files[which].1, &damages);
        read("a.npz", &zip(&files, deflated, 0));
        read("images.npy", &files[which].1);
    }

    #[test]
    fn headers_may_promise_anything(text in "[0-9(), L]{0,40}", values in 0..1000_usize) {
        read("images.npy", &npy(&text, values));
    }
}
