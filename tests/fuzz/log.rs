//! The log of a run, and what is made of it.

use crate::damage::{cases, damaged, damages};
use crate::memory::within;
use crate::open::of_run;
use proptest::prelude::*;
use simclr_tui::engine::metric::METRICS;
use simclr_tui::runs::{EVENTS, EXPERIMENT, Run};
use std::fs;
use std::io::Write;

const MEMORY: usize = 32 << 20;

/// A line with its checksum.
fn line(body: &str) -> String {
    let crc = crc32fast::hash(body.as_bytes());
    format!("{{\"crc\":\"{crc:08x}\",{body}}}\n")
}

/// Opens a run with this log and asks it for what screens and tables show.
fn seen(log: &[u8]) -> usize {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(EXPERIMENT), of_run(EXPERIMENT)).unwrap();
    fs::write(folder.path().join(EVENTS), log).unwrap();
    within(MEMORY, || {
        let mut run = Run::open(folder.path());
        let series = &run.series;
        let _ = (series.eta(0.0), series.eta(f64::MAX), series.progress());
        let _ = (series.elapsed(), series.untrained_knn(), series.is_tuning());
        for metric in METRICS {
            let _ = (series.best(metric.key), series.shape(metric.key));
        }
        let _ = series.outline();
        run.forget();
        run.refresh();
        run.damaged
    })
}

/// A number that nobody expects, as JSON.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<u64>().prop_map(|n| n.to_string()),
        any::<f64>()
            .prop_filter("finite", |v| v.is_finite())
            .prop_map(|v| format!("{v:?}")),
        Just("18446744073709551615".to_owned()),
        Just("1e308".to_owned()),
        Just("-1e308".to_owned()),
        Just("1e999".to_owned()),
        Just("0".to_owned()),
        Just("\"NaN\"".to_owned()),
    ]
}

fn event() -> impl Strategy<Value = String> {
    let begin = prop::collection::vec(number(), 8).prop_map(|n| {
        format!(
            "{{\"kind\":\"begin\",\"step\":{},\"steps\":{},\"steps_per_epoch\":{},\"train_images\":{},\"test_images\":{},\
             \"classes\":{},\"parameters\":{},\"device\":\"cpu\",\"rate\":{}}}",
            n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]
        )
    });
    let point = prop::collection::vec(number(), 5).prop_map(|n| {
        format!(
            "{{\"kind\":\"point\",\"step\":{},\"epoch\":{},\"elapsed\":{},\"values\":{{\"loss\":{},\"knn\":{}}}}}",
            n[0], n[1], n[2], n[3], n[4]
        )
    });
    let checkpoint = prop::collection::vec(number(), 2).prop_map(|n| {
        format!(
            "{{\"kind\":\"checkpoint\",\"step\":{},\"file\":\"a\",\"bytes\":{}}}",
            n[0], n[1]
        )
    });
    let other = prop_oneof![
        Just("{\"kind\":\"dream\"}".to_owned()),
        Just("{\"kind\":\"end\",\"outcome\":\"failed\",\"reason\":null}".to_owned()),
    ];
    prop_oneof![2 => begin, 4 => point, 1 => checkpoint, 1 => other]
}

#[test]
fn a_line_of_any_length_takes_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(EVENTS);
    fs::write(folder.path().join(EXPERIMENT), of_run(EXPERIMENT)).unwrap();
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(&of_run(EVENTS)).unwrap();
    let whole = Run::open(folder.path());
    assert_eq!(whole.damaged, 0);
    // Of zeros that take no room on the disk.
    let length = file.metadata().unwrap().len();
    file.set_len(length + (500 << 20)).unwrap();
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    let more = line("\"at\":1.0,\"event\":{\"kind\":\"dream\"}");
    file.write_all(format!("\n{more}").as_bytes()).unwrap();
    let run = within(MEMORY, || Run::open(folder.path()));
    assert_eq!((run.damaged, run.newer_records()), (1, 1));
    assert_eq!(run.series.progress(), whole.series.progress());
}

#[test]
fn metrics_without_end_take_no_memory() {
    let values = |nth: usize| {
        let all: Vec<String> = (0..5000)
            .map(|k| format!("\"{}\":1", nth * 5000 + k))
            .collect();
        all.join(",")
    };
    let lines = (0..40).map(|nth| {
        line(&format!(
            "\"at\":1.0,\"event\":{{\"kind\":\"point\",\"step\":1,\"epoch\":1.0,\"elapsed\":1.0,\"values\":{{{}}}}}",
            values(nth)
        ))
    });
    let log: String = lines.collect();
    assert_eq!(seen(log.as_bytes()), 0);
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_damaged_log_is_read(damages in damages()) {
        seen(&damaged(&of_run(EVENTS), &damages));
    }

    #[test]
    fn bytes_are_no_log(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        seen(&bytes);
    }

    #[test]
    fn a_log_says_what_it_likes(events in prop::collection::vec((number(), event()), 0..20)) {
        let lines = events.iter().map(|(at, event)| line(&format!("\"at\":{at},\"event\":{event}")));
        seen(lines.collect::<String>().as_bytes());
    }
}
