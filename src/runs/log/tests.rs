//! What the event log promises: whole records come back, damage costs what it hit, nothing is written out of order.

use super::writer::Sink;
use super::{Follower, LogWriter, Record};
use crate::engine::report::{Begin, Checkpoint, End, Level, METRICS, Note, Outcome, Point, Report};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

fn point(step: u64) -> Report {
    let values = BTreeMap::from([
        ("loss".to_owned(), 5.0 / (step + 1) as f64),
        ("knn".to_owned(), f64::NAN),
    ]);
    Report::Point(Point {
        step,
        epoch: step as f64 / 7.0,
        elapsed: 0.1 * step as f64,
        values,
    })
}

fn note(text: &str) -> Report {
    Report::Note(Note {
        level: Level::Info,
        text: text.to_owned(),
    })
}

fn story() -> Vec<Report> {
    let begin = Begin {
        steps: 9,
        steps_per_epoch: 3,
        device: "cpu".to_owned(),
        ..Begin::default()
    };
    let checkpoint = Checkpoint {
        step: 3,
        file: "last.safetensors".to_owned(),
        bytes: 12,
    };
    vec![
        Report::Begin(begin),
        point(1),
        note("a line with {\"crc\":\" in it, \\ and\na break"),
        point(2),
        Report::Checkpoint(checkpoint),
        Report::End(End {
            outcome: Outcome::Completed,
            reason: None,
            fits: None,
            chunk: None,
        }),
    ]
}

fn write(path: &Path, reports: &[Report]) {
    let mut log = LogWriter::open(path).unwrap();
    for report in reports {
        log.append(report).unwrap();
    }
}

/// NaN is not equal to itself, so reports are compared as texts.
fn texts(records: &[Record]) -> Vec<String> {
    records.iter().map(|r| format!("{:?}", r.report)).collect()
}

fn expected(reports: &[Report]) -> Vec<String> {
    reports.iter().map(|r| format!("{r:?}")).collect()
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.split(|b| *b == b'\n').count() - 1
}

fn scratch() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("events.jsonl");
    (dir, path)
}

#[test]
fn a_cut_at_any_byte_keeps_the_whole_records_and_takes_more() {
    let (_dir, path) = scratch();
    write(&path, &story());
    let bytes = fs::read(&path).unwrap();
    for cut in 0..=bytes.len() {
        fs::write(&path, &bytes[..cut]).unwrap();
        let lines = newlines(&bytes[..cut]);
        let whole = lines.saturating_sub(1);
        let mut follower = Follower::open(&path);
        assert_eq!(
            texts(&follower.poll()),
            expected(&story()[..whole]),
            "cut at {cut}"
        );
        assert_eq!(
            follower.damaged(),
            0,
            "a half record is not damage: cut at {cut}"
        );

        // Cut right before a line's end, the record itself is whole, and the new line gives it its end.
        let spared = bytes.get(cut) == Some(&b'\n') && lines > 0;
        write(&path, &[note("more")]);
        let mut now = expected(&story()[..whole + usize::from(spared)]);
        now.push(format!("{:?}", note("more")));
        let mut again = Follower::open(&path);
        assert_eq!(texts(&again.poll()), now, "appended after a cut at {cut}");
        let half = cut > 0 && bytes[cut - 1] != b'\n' && bytes.get(cut) != Some(&b'\n');
        assert_eq!(again.damaged(), usize::from(half), "cut at {cut}");
        // Who followed the log all the while sees the same.
        let followed = whole + follower.poll().len();
        assert_eq!(followed, now.len(), "followed over a cut at {cut}");
    }
}

#[test]
fn a_flipped_bit_anywhere_costs_at_most_its_record() {
    let (_dir, path) = scratch();
    write(&path, &story());
    let bytes = fs::read(&path).unwrap();
    let all = expected(&story());
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            fs::write(&path, &flipped).unwrap();
            let mut follower = Follower::open(&path);
            let mut read = texts(&follower.poll());
            // What waits for its end counts as not there yet.
            let half = usize::from(flipped.last() != Some(&b'\n'));
            assert!(
                follower.damaged() <= 1,
                "byte {at} bit {bit}: {}",
                follower.damaged()
            );
            let line = newlines(&bytes[..at]);
            let lost = all.len() - read.len();
            assert!(lost <= 1, "byte {at} bit {bit}: {lost} records lost");
            let counted = follower.damaged() + half;
            let header = usize::from(line == 0);
            assert!(
                lost <= counted && counted <= lost + header + half,
                "byte {at} bit {bit}"
            );
            if lost == 1 {
                read.insert(line - 1, all[line - 1].clone());
            }
            assert_eq!(read, all, "byte {at} bit {bit}");
        }
    }
}

#[test]
fn a_zeroed_stretch_costs_the_records_it_touches() {
    let (_dir, path) = scratch();
    let points: Vec<Report> = (0..40).map(point).collect();
    write(&path, &points);
    let mut bytes = fs::read(&path).unwrap();
    bytes[1024..1536].fill(0);
    fs::write(&path, &bytes).unwrap();
    let mut follower = Follower::open(&path);
    let read = follower.poll().len();
    let longest = bytes.split(|b| *b == b'\n').map(<[u8]>::len).max().unwrap();
    let shortest = fs::metadata(&path).unwrap().len() as usize / 41 - 8;
    assert!(longest > shortest);
    assert!(read >= 40 - (512 / shortest + 2), "{read} of 40");
    assert!(follower.damaged() >= 1);
}

#[test]
fn a_follower_sees_each_record_once_however_the_file_grows() {
    let (dir, whole) = scratch();
    write(&whole, &story());
    let bytes = fs::read(&whole).unwrap();
    let path = dir.path().join("growing.jsonl");
    let mut follower = Follower::open(&path);
    assert!(
        follower.poll().is_empty(),
        "a file that is not there yet is no trouble"
    );
    assert!(follower.trouble().is_none());
    for piece in [1, 7, 64, 1000] {
        fs::remove_file(&path).ok();
        follower = Follower::open(&path);
        let mut read = Vec::new();
        let mut file = fs::File::create(&path).unwrap();
        for part in bytes.chunks(piece) {
            file.write_all(part).unwrap();
            read.extend(texts(&follower.poll()));
        }
        assert_eq!(read, expected(&story()), "pieces of {piece}");
        assert!(!follower.restarted());
        assert_eq!(follower.format(), Some(super::FORMAT));
    }
}

#[test]
fn a_replaced_or_shortened_file_is_read_anew() {
    let (dir, path) = scratch();
    write(&path, &story());
    let mut follower = Follower::open(&path);
    assert_eq!(follower.poll().len(), 6);

    let other = dir.path().join("other");
    write(
        &other,
        &[
            point(1),
            point(2),
            point(3),
            point(4),
            point(5),
            point(6),
            point(7),
            point(8),
        ],
    );
    fs::rename(&other, &path).unwrap();
    assert_eq!(follower.poll().len(), 8);
    assert!(follower.restarted());
    assert!(follower.poll().is_empty());
    assert!(!follower.restarted(), "said once");

    let bytes = fs::read(&path).unwrap();
    let end = bytes
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'\n')
        .nth(2)
        .unwrap()
        .0;
    fs::OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(end as u64 + 1)
        .unwrap();
    assert_eq!(follower.poll().len(), 2);
    assert!(follower.restarted());

    fs::remove_file(&path).unwrap();
    assert!(follower.poll().is_empty());
    write(&path, &[point(1), point(2), point(3)]);
    assert_eq!(
        follower.poll().len(),
        3,
        "deleted and made anew, perhaps under the same inode"
    );
    assert!(follower.restarted());
}

#[test]
fn a_kind_that_only_a_newer_program_knows_is_no_damage() {
    let (_dir, path) = scratch();
    write(&path, &[point(1)]);
    let body = r#""at":1.000,"event":{"kind":"dream","of":"sheep"}"#;
    let line = format!(
        "{{\"crc\":\"{:08x}\",{body}}}\n",
        crc32fast::hash(body.as_bytes())
    );
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(line.as_bytes()).unwrap();
    write(&path, &[point(2)]);
    let mut follower = Follower::open(&path);
    assert_eq!(follower.poll().len(), 2);
    assert_eq!((follower.damaged(), follower.newer()), (0, 1));
}

/// A line of a log with its checksum.
fn line(at: &str, event: &str) -> String {
    let body = format!("\"at\":{at},\"event\":{event}");
    let crc = crc32fast::hash(body.as_bytes());
    format!("{{\"crc\":\"{crc:08x}\",{body}}}\n")
}

#[test]
fn numbers_that_no_run_has_are_damage() {
    let point = |step: &str, epoch: &str, elapsed: &str| {
        format!(
            "{{\"kind\":\"point\",\"step\":{step},\"epoch\":{epoch},\"elapsed\":{elapsed},\"values\":{{\"loss\":1.0}}}}"
        )
    };
    let good = line("1.0", &point("7", "0.5", "2.0"));
    let (_dir, path) = scratch();
    for bad in [
        line("1.0", &point("18446744073709551615", "0.5", "2.0")),
        line("1.0", &point("7", "1e308", "2.0")),
        line("1.0", &point("7", "0.5", "-1e308")),
        line("1e308", &point("7", "0.5", "2.0")),
        line("-1.0", "{\"kind\":\"paused\"}"),
        line(
            "1.0",
            "{\"kind\":\"checkpoint\",\"step\":1,\"file\":\"a\",\"bytes\":18446744073709551615}",
        ),
        line(
            "1.0",
            "{\"kind\":\"end\",\"outcome\":\"failed\",\"reason\":null,\"fits\":9999999999999999}",
        ),
    ] {
        fs::write(&path, format!("{good}{bad}{good}")).unwrap();
        let mut follower = Follower::open(&path);
        assert_eq!(follower.poll().len(), 2, "{bad}");
        assert_eq!(follower.damaged(), 1, "{bad}");
    }
}

#[test]
fn a_line_too_long_for_a_record_is_one_damage_wherever_it_is_cut() {
    let (_dir, path) = scratch();
    let good = line("1.0", "{\"kind\":\"paused\"}");
    let long = "x".repeat((1 << 20) + 1);
    fs::write(&path, format!("{good}{long}\n{good}{long}{long}\n{good}")).unwrap();
    let mut follower = Follower::open(&path);
    assert_eq!(follower.poll().len(), 3);
    assert_eq!(follower.damaged(), 2);
    // As it grows, of which nothing may pile up.
    let mut follower = Follower::open(&path);
    fs::write(&path, &good).unwrap();
    assert_eq!(follower.poll().len(), 1);
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    for _ in 0..9 {
        file.write_all(&long.as_bytes()[..400_000]).unwrap();
        assert!(follower.poll().is_empty());
        assert!(format!("{follower:?}").len() < 10 << 20);
    }
    file.write_all(format!("\n{good}").as_bytes()).unwrap();
    assert_eq!(follower.poll().len(), 1);
    assert_eq!(follower.damaged(), 1);
}

#[cfg(unix)]
#[test]
fn a_log_is_a_file_and_no_link_or_pipe() {
    let (dir, path) = scratch();
    let other = dir.path().join("other");
    fs::write(&other, "mine\n").unwrap();
    std::os::unix::fs::symlink(&other, &path).unwrap();
    let mut follower = Follower::open(&path);
    assert!(follower.poll().is_empty());
    assert!(
        follower
            .trouble()
            .is_some_and(|why| why.contains("is a link"))
    );
    let error = LogWriter::open(&path).unwrap_err();
    assert!(error.to_string().contains("is a link"), "{error}");
    assert_eq!(fs::read_to_string(&other).unwrap(), "mine\n");
}

/// A disk that takes so many bytes, then none until room is made; it counts how often it was synced.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<(Vec<u8>, usize)>>, Arc<AtomicUsize>);

impl Disk {
    fn room(&self, bytes: usize) {
        self.0.lock().unwrap().1 = bytes;
    }
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().0.clone()
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.0.lock().unwrap();
        // A write may be short before it fails: half a record is then on disk.
        let taken = bytes.len().min(disk.1);
        if taken == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        disk.0.extend_from_slice(&bytes[..taken]);
        disk.1 -= taken;
        Ok(taken)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink for Disk {
    fn sync(&mut self) -> io::Result<()> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[test]
fn the_end_of_an_epoch_and_what_is_no_point_are_synced_at_once() {
    for (report, wanted) in [
        (point(3), 0),
        (point(7), 1),
        (note("a word"), 1),
        (Report::Paused, 1),
    ] {
        let disk = Disk::default();
        disk.room(usize::MAX);
        let mut log = LogWriter::new(Box::new(disk.clone()));
        log.append(&report).unwrap();
        assert_eq!(disk.1.load(Ordering::Relaxed), wanted, "{report:?}");
    }
    // Where nobody else syncs, it does with the first point of each second.
    let disk = Disk::default();
    disk.room(usize::MAX);
    let mut log = LogWriter::new(Box::new(disk.clone())).alone();
    log.append(&point(3)).unwrap();
    assert_eq!(disk.1.load(Ordering::Relaxed), 1);
}

#[test]
fn a_tail_of_zeros_after_a_power_cut_is_one_damage_and_the_log_goes_on() {
    let (_dir, path) = scratch();
    write(&path, &story());
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(&[0; 512]).unwrap();
    write(&path, &[note("more")]);
    let mut follower = Follower::open(&path);
    let mut wanted = expected(&story());
    wanted.push(format!("{:?}", note("more")));
    assert_eq!(texts(&follower.poll()), wanted);
    assert_eq!(follower.damaged(), 1);
}

fn on_disk(disk: &Disk) -> Vec<Record> {
    let (_dir, path) = scratch();
    fs::write(&path, disk.bytes()).unwrap();
    let mut follower = Follower::open(&path);
    let records = follower.poll();
    assert_eq!(follower.damaged(), 0);
    records
}

#[test]
fn a_full_disk_delays_records_and_loses_none() {
    for room in 0..400 {
        let disk = Disk::default();
        disk.room(room);
        let mut log = LogWriter::new(Box::new(disk.clone()));
        let fails = story().iter().filter(|r| log.append(r).is_err()).count();
        assert!(fails > 0 && log.pending() > 0, "room for {room}");
        assert!(on_disk(&disk).len() + log.pending() >= story().len());
        disk.room(usize::MAX);
        log.sync().unwrap();
        assert_eq!(log.pending(), 0);
        assert_eq!(
            texts(&on_disk(&disk)),
            expected(&story()),
            "room for {room}"
        );
    }
}

#[test]
fn a_disk_that_stays_full_costs_old_points_but_no_words() {
    let disk = Disk::default();
    let mut log = LogWriter::new(Box::new(disk.clone())).with_largest(2000);
    let first = note("first");
    log.append(&first).unwrap_err();
    for step in 0..100 {
        log.append(&point(step)).unwrap_err();
    }
    assert!(log.pending() < 20, "{} records in memory", log.pending());
    disk.room(usize::MAX);
    log.append(&note("last")).unwrap();
    let read = texts(&on_disk(&disk));
    assert_eq!(read.first(), expected(&[first]).first());
    assert!(read.iter().any(|r| r.contains("points are missing here")));
    assert!(
        read.iter().any(|r| r.contains("step: 99")),
        "the newest points are kept"
    );
    assert!(!read.iter().any(|r| r.contains("step: 0,")));
}

fn any_report() -> impl Strategy<Value = Report> {
    let value = prop_oneof![
        any::<f64>(),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(-0.0),
        Just(f64::MIN_POSITIVE / 2.0)
    ];
    let key = prop_oneof![
        (0..METRICS.len()).prop_map(|i| METRICS[i].key.to_owned()),
        ".{0,9}"
    ];
    let values = proptest::collection::btree_map(key, value, 0..6);
    // What a run can say: the rest is damage.
    let (steps, finite) = (|| 0..1_u64 << 40, || 0.0..1e11_f64);
    let point = (steps(), finite(), finite(), values).prop_map(|(step, epoch, elapsed, values)| {
        Report::Point(Point {
            step,
            epoch,
            elapsed,
            values,
        })
    });
    prop_oneof![
        4 => point,
        1 => ".{0,40}".prop_map(|text| note(&text)),
        1 => Just(Report::Paused),
        1 => (steps(), -1e300..1e300, ".{0,9}").prop_map(|(step, rate, device)| {
            Report::Begin(Begin { step, device, rate, ..Begin::default() })
        }),
        1 => proptest::option::of(".{0,40}").prop_map(|reason| {
            Report::End(End { outcome: Outcome::Failed, reason, fits: None, chunk: None })
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_is_written_comes_back(reports in proptest::collection::vec(any_report(), 0..12)) {
        let (_dir, path) = scratch();
        write(&path, &reports);
        let mut follower = Follower::open(&path);
        prop_assert_eq!(texts(&follower.poll()), expected(&reports));
        prop_assert_eq!(follower.damaged(), 0);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in 0..300_usize) {
        let (_dir, path) = scratch();
        write(&path, &story());
        let mut text = fs::read(&path).unwrap();
        let at = cut.min(text.len());
        text.splice(at..at, bytes);
        fs::write(&path, text).unwrap();
        prop_assert!(Follower::open(&path).poll().len() >= story().len() - 1);
    }
}

#[test]
fn a_file_larger_than_any_log_is_not_read() {
    let (_dir, path) = scratch();
    // All of it but its length is a hole.
    fs::File::create(&path)
        .unwrap()
        .set_len((4 << 30) + 1)
        .unwrap();
    let mut follower = Follower::open(&path);
    assert!(follower.poll().is_empty());
    let why = follower.trouble().unwrap();
    assert!(why.contains("is larger than"), "{why}");
}
