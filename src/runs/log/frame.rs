//! How one record becomes one line and is found again, also among damage.

use super::{FORMAT, Record, plausible};
use crate::engine::report::Report;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// How every line begins. In a text inside a record the quotes are escaped, so no record contains it.
pub const MARK: &[u8] = b"{\"crc\":\"";

/// The first record of a log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Format of the log.
    pub format: u64,
    /// Version of the program that began it.
    pub program: String,
}

/// What a whole line holds.
#[derive(Debug, PartialEq)]
pub enum Line {
    Header(Header),
    Event(Record),
    /// Undamaged, but of a kind that only a newer program knows.
    Unknown,
}

#[derive(Deserialize)]
struct Fields {
    at: f64,
    header: Option<Header>,
    event: Option<Report>,
}

/// The line of a report.
pub fn event(at: f64, report: &Report) -> serde_json::Result<Vec<u8>> {
    Ok(line(at, "event", &serde_json::to_string(report)?))
}

/// The line that begins a log.
pub fn header(at: f64) -> serde_json::Result<Vec<u8>> {
    let header = Header {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok(line(at, "header", &serde_json::to_string(&header)?))
}

fn line(at: f64, key: &str, json: &str) -> Vec<u8> {
    let body = format!("\"at\":{at:.3},\"{key}\":{json}");
    let crc = crc32fast::hash(body.as_bytes());
    format!("{{\"crc\":\"{crc:08x}\",{body}}}\n").into_bytes()
}

/// Reads a line without its end; `None` when it is damaged, or says what no run can have said.
pub fn parse(line: &[u8]) -> Option<Line> {
    let (digits, rest) = line.strip_prefix(MARK)?.split_at_checked(8)?;
    let crc = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    let body = rest.strip_prefix(b"\",")?.strip_suffix(b"}")?;
    if crc32fast::hash(body) != crc {
        return None;
    }
    let Ok(fields) = serde_json::from_slice::<Fields>(line) else {
        return Some(Line::Unknown);
    };
    let at = fields.at;
    match (fields.event, fields.header) {
        (Some(report), _) => {
            let record = Record { at, report };
            plausible::record(&record).then_some(Line::Event(record))
        }
        (None, Some(header)) => Some(Line::Header(header)),
        (None, None) => Some(Line::Unknown),
    }
}

/// The whole records within a damaged line, such as one whose neighbour lost its end, and how many were lost.
pub fn salvage(line: &[u8]) -> (Vec<Line>, usize) {
    let starts: Vec<usize> = marks(line).collect();
    let mut found = Vec::new();
    for (nth, &start) in starts.iter().enumerate() {
        let end = starts.get(nth + 1).copied().unwrap_or(line.len());
        let piece = &line[start..end];
        let mut objects = serde_json::Deserializer::from_slice(piece).into_iter::<IgnoredAny>();
        if objects.next().is_some_and(|object| object.is_ok()) {
            found.extend(parse(&piece[..objects.byte_offset()]));
        }
    }
    let lost = starts.len() - found.len();
    (found, lost)
}

fn marks(line: &[u8]) -> impl Iterator<Item = usize> {
    line.windows(MARK.len())
        .enumerate()
        .filter(|(_, window)| *window == MARK)
        .map(|(at, _)| at)
}
