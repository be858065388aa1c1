//! The event log: records written as training writes them, and read back as a viewer reads them.

use super::measurement::Measurement;
use crate::cli::{CliError, Result};
use crate::engine::bench::Timed;
use crate::engine::report::{Point, Report};
use crate::runs::log::{Follower, LogWriter};
use std::collections::BTreeMap;
use std::time::Instant;

const RECORDS: u64 = 20_000;

/// Writing and reading, so many times each.
pub fn time(times: usize) -> Result<Vec<Measurement>> {
    let folder = tempfile::tempdir()?;
    let (mut written, mut read) = (Vec::new(), Vec::new());
    for nth in 0..times {
        let path = folder.path().join(format!("{nth}.jsonl"));
        let began = Instant::now();
        let mut log = LogWriter::open(&path)?;
        for step in 0..RECORDS {
            log.append(&point(step))?;
        }
        log.sync()?;
        written.push(began.elapsed());
        let began = Instant::now();
        let records = Follower::open(&path).poll().len() as u64;
        read.push(began.elapsed());
        if records < RECORDS {
            let why = format!("of {RECORDS} records {records} came back");
            return Err(CliError::Failed(why));
        }
        std::fs::remove_file(&path)?;
    }
    let timed = |times| Timed {
        unit: "records",
        amount: RECORDS as f64,
        times,
        sizes: format!("{RECORDS} points"),
        threads: 1,
    };
    Ok(vec![
        Measurement::new("log, write", timed(written)),
        Measurement::new("log, read", timed(read)),
    ])
}

fn point(step: u64) -> Report {
    let fall = (-(step as f64) / 1e4).exp();
    let values = BTreeMap::from([
        ("loss".to_owned(), 1.0 + 4.0 * fall),
        ("rate".to_owned(), 0.002 * fall),
    ]);
    Report::Point(Point {
        step,
        epoch: step as f64 / 100.0,
        elapsed: step as f64 * 0.1,
        values,
    })
}
