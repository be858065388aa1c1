//! What the event log promises: whole records come back, damage costs what it hit, nothing is written out of order.

use super::writer::Sink;
use super::{Follower, LogWriter, Record};
use crate::engine::metric::METRICS;
use crate::engine::report::{Begin, Checkpoint, End, Level, Outcome, Point, Report};
use crate::text::says::Says;
use proptest::prelude::*;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

fn point(step: u64) -> Report {
    let values = [("loss", 5.0 / (step + 1) as f64), ("knn", f64::NAN)];
    Report::Point(Point {
        epoch: step as f64 / 7.0,
        elapsed: 0.1 * step as f64,
        ..Point::at(step, values)
    })
}

fn note(text: &str) -> Report {
    Report::note(Level::Info, text)
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
        Report::end(Outcome::Completed),
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
    LogWriter::open(&path).unwrap_err().says("is a link");
    assert_eq!(fs::read_to_string(&other).unwrap(), "mine\n");
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
    follower.trouble().unwrap().says("is larger than");
}

mod anything;
mod full_disk;
