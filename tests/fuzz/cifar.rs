//! CIFAR's binary files and the pickles of its Python version.

use crate::damage::{cases, damaged, damages};
use crate::memory::within;
use crate::open::{lengthen, opened, reads};
use crate::packed::packed;
use proptest::prelude::*;
use simclr_tui::engine::data::{Source, open};

const MEMORY: usize = 64 << 20;
const ARCHIVE: &str = "cifar-10-python.tar.gz";
const BATCHES: [&str; 6] = [
    "data_batch_1",
    "data_batch_2",
    "data_batch_3",
    "data_batch_4",
    "data_batch_5",
    "test_batch",
];

/// A pickle of protocol 2 of one image, as Python 2 wrote it.
fn pickle() -> Vec<u8> {
    let mut bytes = b"\x80\x02}q\x01(U\x06labelsq\x02]q\x03K\x07aU\x04dataq\x04".to_vec();
    bytes.extend(b"cnumpy.core.multiarray\n_reconstruct\nq\x05cnumpy\nndarray\nq\x06K\x00\x85U\x01b\x87Rq\x07");
    bytes.extend(b"(K\x01K\x01M\x00\x0c\x86cnumpy\ndtype\nq\x08U\x02u1K\x00K\x01\x87Rq\x09(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb");
    bytes.extend(b"\x89T\x00\x0c\x00\x00");
    bytes.extend((0..3072).map(|i| (i % 251) as u8));
    bytes.extend(b"tbu.");
    bytes
}

fn read_pickle(bytes: &[u8]) -> bool {
    let good = pickle();
    let mut files: Vec<(&str, &[u8])> = BATCHES.iter().map(|name| (*name, &*good)).collect();
    files[0].1 = bytes;
    files.push(("batches.meta", bytes));
    reads(MEMORY, Source::Cifar10, &files)
}

fn read_binary(bytes: &[u8]) -> bool {
    let files = [("data_batch_1.bin", bytes), ("test_batch.bin", &[3; 3073])];
    reads(MEMORY, Source::Cifar10, &files)
}

#[test]
fn a_file_as_long_as_a_disk_is_refused_or_not_read() {
    let (good, record) = (pickle(), [3; 3073]);
    let mut files: Vec<(&str, &[u8])> = BATCHES.iter().map(|name| (*name, &*good)).collect();
    files.push(("batches.meta", b""));
    let binary: [(&str, &[u8]); 3] = [
        ("data_batch_1.bin", &record),
        ("test_batch.bin", &record),
        ("batches.meta.txt", b""),
    ];
    // Names of classes are done without.
    for (files, name, opens) in [
        (&files[..], "data_batch_1", false),
        (&files, "batches.meta", true),
        (&binary, "data_batch_1.bin", false),
        (&binary, "batches.meta.txt", true),
    ] {
        opened(Source::Cifar10, files, |data| {
            lengthen(&data, name, 1 << 40);
            assert_eq!(within(MEMORY, || open(&data)).is_ok(), opens, "{name}");
        });
    }
}

#[test]
fn good_files_are_read() {
    assert!(read_pickle(&pickle()) && read_binary(&[5; 2 * 3073]));
}

/// Opens the archive of the Python version.
fn read_archive(bytes: &[u8]) -> bool {
    reads(MEMORY, Source::Cifar10, &[(ARCHIVE, bytes)])
}

/// The archive before it is packed, with so many bytes more than a batch holds.
fn archive(more: usize) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let batch = [pickle(), vec![0; more]].concat();
    for name in BATCHES {
        let mut header = tar::Header::new_gnu();
        header.set_size(batch.len() as u64);
        let path = format!("cifar-10-batches-py/{name}");
        tar.append_data(&mut header, path, &*batch).unwrap();
    }
    tar.into_inner().unwrap()
}

#[test]
fn an_archive_that_unpacks_to_much_is_refused() {
    assert!(read_archive(&packed(&archive(0))) && read_archive(&archive(0)));
    // What is held is a hundred times its size at most.
    let bomb = within(1 << 30, || packed(&archive(40 << 20)));
    assert!(!reads(640 << 20, Source::Cifar10, &[(ARCHIVE, &bomb)]));
}

#[test]
fn pickles_that_grow_or_nest_are_refused() {
    let deep = [
        b"\x80\x02".to_vec(),
        vec![b']'; 100_000],
        vec![b'a'; 99_999],
        vec![b'.'],
    ]
    .concat();
    let tuples = [b"\x80\x02N".to_vec(), vec![0x85; 1_000_000], vec![b'.']].concat();
    let many = [b"\x80\x02(".to_vec(), vec![b'N'; 8_000_000], b"t.".to_vec()].concat();
    let marks = [b"\x80\x02".to_vec(), vec![b'('; 8_000_000], b".".to_vec()].concat();
    // A list of twice a list of twice a list.
    let twice = [
        b"\x80\x02]q\x00".to_vec(),
        b"(h\x00h\x00eq\x00".repeat(60),
        vec![b'.'],
    ]
    .concat();
    let runs = b"\x80\x02cos\nsystem\nU\x04true\x85R.".to_vec();
    for bytes in [deep, tuples, many, marks, twice, runs] {
        assert!(!read_pickle(&bytes));
    }
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn damaged_pickles_are_a_value_or_a_sentence(damages in damages()) {
        read_pickle(&damaged(&pickle(), &damages));
    }

    #[test]
    fn any_bytes_are_no_pickle(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_pickle(&[b"\x80\x02", &*bytes].concat());
    }

    #[test]
    fn damaged_archives_are_a_value_or_a_sentence(damages in damages(), before in any::<bool>()) {
        let bytes = if before { packed(&damaged(&archive(0), &damages)) } else { damaged(&packed(&archive(0)), &damages) };
        read_archive(&bytes);
    }

    #[test]
    fn damaged_records_are_a_value_or_a_sentence(damages in damages()) {
        read_binary(&damaged(&[5; 2 * 3073], &damages));
    }
}
