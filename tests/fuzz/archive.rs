//! Packed archives of data sets that are fetched.

use crate::damage::{cases, damaged, damages};
use crate::memory::within;
use crate::packed::{bomb, header, packed};
use proptest::prelude::*;
use simclr_tui::engine::data::Source;
use simclr_tui::engine::data::catalog::{Known, Remote};
use simclr_tui::engine::data::fetch::md5;
use simclr_tui::engine::data::fetch::{Options, Watch, fetch};
use std::fs;
use std::time::Duration;

const MEMORY: usize = 64 << 20;

struct Silent;

impl Watch for Silent {
    fn begin(&mut self, _: &str, _: u64, _: u64) {}
    fn advance(&mut self, _: u64) {}
    fn note(&mut self, _: &str) {}
}

/// One entry with such a size in its header, and a body of so many bytes.
fn entry(name: &str, kind: u8, size: u64, body: usize) -> Vec<u8> {
    let body = vec![b'a'; body.next_multiple_of(512)];
    [header(name, kind, size), body].concat()
}

/// Unpacks an archive that was downloaded before; its checksum is right, whatever it holds.
fn unpacked(archive: &[u8]) -> Result<u64, String> {
    let home = tempfile::tempdir().unwrap();
    let work = home.path().join("stand-in.part");
    fs::create_dir(&work).unwrap();
    fs::write(work.join("set.tar.gz"), archive).unwrap();
    let remote = Remote {
        file: "set.tar.gz",
        bytes: archive.len() as u64,
        md5: md5(archive).leak(),
    };
    let known = Known {
        name: "stand-in",
        about: "a small one",
        source: Source::Folder,
        base: "http://publisher.invalid",
        files: vec![remote].leak(),
        folder: "set",
    };
    let options = Options {
        to: home.path().to_owned(),
        mirror: Some("http://127.0.0.1:1".to_owned()),
        patience: Duration::from_secs(1),
    };
    let fetched = within(MEMORY, || fetch(&known, &options, &mut Silent));
    fetched
        .map(|folder| fs::read_dir(folder).unwrap().count() as u64)
        .map_err(|e| e.to_string())
}

#[test]
fn an_archive_that_unpacks_to_much_is_refused() {
    let good = entry("set/a", b'0', 600, 600);
    assert_eq!(unpacked(&packed(&good)), Ok(1));
    let large = 300 << 20;
    let long = [good.clone(), header("set/a", b'0', large)].concat();
    let name = [good.clone(), header("././@LongLink", b'L', large)].concat();
    let many = entry("set/b", b'0', 0, 0).repeat(2000);
    let lies = entry("set/a", b'0', u64::MAX >> 12, 600);
    for bad in [
        bomb(&long, large, &good),
        bomb(&name, large, &good),
        packed(&many),
        packed(&lies),
    ] {
        assert!(unpacked(&bad).is_err());
    }
    for kind in [b'1', b'2', b'3', b'4', b'6', b'S'] {
        let bad = [good.clone(), entry("set/x", kind, 0, 0)].concat();
        assert!(unpacked(&packed(&bad)).is_err(), "{kind}");
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn damaged_archives_are_unpacked_or_refused(damages in damages(), before in any::<bool>()) {
        let tar = [entry("set/a", b'0', 600, 600), entry("set/b/c", b'0', 3, 3)].concat();
        let bytes = if before { packed(&damaged(&tar, &damages)) } else { damaged(&packed(&tar), &damages) };
        let _ = unpacked(&bytes);
    }
}
