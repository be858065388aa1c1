//! What a Parquet file says of itself at its end: its columns, and where the pieces of each lie.
//! <https://github.com/apache/parquet-format>

use super::thrift::{Field, Reader};
use crate::disk::untrusted::{self, Links};
use std::fs::File;
use std::path::Path;

const MAGIC: &[u8; 4] = b"PAR1";
/// The magic word at both ends, and a length.
const ENDS: u64 = 12;
/// Bytes that the footer may have.
const MOST: u64 = 64 << 20;

/// What a column's values are, as they lie in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Int32,
    Int64,
    Bytes,
    Other,
}

/// A column that has values of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, and before it those of the structures that it lies in.
    pub path: Vec<String>,
    pub kind: Kind,
    /// How many of these may be missing.
    pub optional: u32,
    /// Whether a row may have several values.
    pub repeated: bool,
}

/// A column's values of some rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chunk {
    pub codec: i64,
    /// Where its pages are in the file.
    pub at: u64,
    pub bytes: u64,
    pub values: u64,
}

/// Some rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    pub rows: u64,
    /// In the order of the columns.
    pub chunks: Vec<Chunk>,
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Meta {
    pub columns: Vec<Column>,
    pub groups: Vec<Group>,
    /// What the Hugging Face library says of the columns.
    pub features: Option<String>,
}

/// One entry of the schema, which is a tree, written from its root down.
#[derive(Default)]
struct Node {
    name: String,
    kind: Option<i64>,
    repetition: i64,
    children: u64,
}

/// Opens a file and reads its end.
///
/// # Errors
/// A few words, where it is no such file or damaged.
pub fn open(path: &Path) -> Result<(File, Meta), String> {
    let file = untrusted::open(path, Links::Follow).map_err(|e| e.to_string())?;
    let length = file.metadata().map_err(|e| e.to_string())?.len();
    let cut = || "is no Parquet file, or cut short; fetch it again".to_owned();
    let at = |at: u64, bytes: &mut [u8]| {
        let read = untrusted::read_at(path, &file, bytes, at);
        read.map_err(|e| format!("can't be read ({e})"))
    };
    let mut end = [0; 8];
    let mut begin = [0; 4];
    let most = length.checked_sub(ENDS).ok_or_else(cut)?;
    at(0, &mut begin)?;
    at(length - 8, &mut end)?;
    let [a, b, c, d, magic @ ..] = end;
    if magic == *b"PARE" {
        return Err("is encrypted, which can't be read".to_owned());
    }
    if magic != *MAGIC || begin != *MAGIC {
        return Err(cut());
    }
    let footer = u64::from(u32::from_le_bytes([a, b, c, d]));
    if footer > most.min(MOST) {
        return Err(format!(
            "says that its footer has {footer} bytes; it is damaged"
        ));
    }
    let mut bytes = vec![0; footer as usize];
    at(length - 8 - footer, &mut bytes)?;
    let meta = parsed(&bytes)?;
    meta.check(length)?;
    Ok((file, meta))
}

fn parsed(bytes: &[u8]) -> Result<Meta, String> {
    let mut meta = Meta::default();
    let mut nodes = Vec::new();
    Reader::new(bytes).fields(|r, field| {
        match field.id {
            2 => r.list(field, |r, _| {
                nodes.push(node(r)?);
                Ok(())
            })?,
            4 => r.list(field, |r, _| {
                meta.groups.push(group(r)?);
                Ok(())
            })?,
            5 => r.list(field, |r, _| {
                if let Some(features) = features(r)? {
                    meta.features = Some(features);
                }
                Ok(())
            })?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    meta.columns = columns(&nodes)?;
    Ok(meta)
}

fn node(r: &mut Reader) -> Result<Node, String> {
    let mut node = Node::default();
    r.fields(|r, field| {
        match field.id {
            1 => node.kind = Some(r.int(field)?),
            3 => node.repetition = r.int(field)?,
            4 => node.name = r.text(field)?,
            5 => node.children = r.int(field)?.try_into().unwrap_or(0),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(node)
}

fn group(r: &mut Reader) -> Result<Group, String> {
    let mut group = Group::default();
    r.fields(|r, field| {
        match field.id {
            1 => r.list(field, |r, _| {
                group.chunks.push(chunk(r)?);
                Ok(())
            })?,
            3 => group.rows = count(r, field)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(group)
}

fn count(r: &mut Reader, field: Field) -> Result<u64, String> {
    let count = r.int(field)?;
    count
        .try_into()
        .map_err(|_| "has a damaged header".to_owned())
}

fn chunk(r: &mut Reader) -> Result<Chunk, String> {
    let mut chunk = Chunk::default();
    r.fields(|r, field| {
        match field.id {
            1 => return Err("keeps its columns in other files, which isn't read".to_owned()),
            3 => inner(r, &mut chunk)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(chunk)
}

fn inner(r: &mut Reader, chunk: &mut Chunk) -> Result<(), String> {
    let (mut data, mut words) = (0, u64::MAX);
    r.fields(|r, field| {
        match field.id {
            4 => chunk.codec = r.int(field)?,
            5 => chunk.values = count(r, field)?,
            7 => chunk.bytes = count(r, field)?,
            9 => data = count(r, field)?,
            11 => words = count(r, field)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    // A dictionary comes first; some writers say 0 where there is none.
    chunk.at = if words > 0 { data.min(words) } else { data };
    Ok(())
}

fn features(r: &mut Reader) -> Result<Option<String>, String> {
    let (mut key, mut value) = (String::new(), None);
    r.fields(|r, field| {
        match field.id {
            1 => key = r.text(field)?,
            2 => value = Some(r.text(field)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(value.filter(|_| key == "huggingface"))
}

/// The columns of a schema.
fn columns(nodes: &[Node]) -> Result<Vec<Column>, String> {
    let mut found = Vec::new();
    // The structures that a node lies in, with how many of their children are still to come.
    let mut above: Vec<(&Node, u64)> = Vec::new();
    let Some((root, nodes)) = nodes.split_first() else {
        return Ok(found);
    };
    let mut left = root.children;
    for node in nodes {
        while above.last().is_some_and(|(_, left)| *left == 0) {
            above.pop();
        }
        match above.last_mut() {
            Some((_, left)) => *left -= 1,
            None => left = left.checked_sub(1).ok_or("has a damaged schema")?,
        }
        if above.len() > 32 {
            return Err("has a schema that is nested too deep".to_owned());
        }
        if node.children > 0 {
            above.push((node, node.children));
            continue;
        }
        let way = || above.iter().map(|(node, _)| *node).chain([node]);
        found.push(Column {
            path: way().map(|node| node.name.clone()).collect(),
            kind: match node.kind {
                Some(1) => Kind::Int32,
                Some(2) => Kind::Int64,
                Some(6) => Kind::Bytes,
                _ => Kind::Other,
            },
            optional: way().filter(|node| node.repetition == 1).count() as u32,
            repeated: way().any(|node| node.repetition == 2),
        });
    }
    Ok(found)
}

impl Meta {
    /// Whether all that is promised may lie in a file of so many bytes.
    fn check(&self, length: u64) -> Result<(), String> {
        let rows = self
            .groups
            .iter()
            .try_fold(0_u64, |sum, group| sum.checked_add(group.rows));
        // An image takes more than a byte.
        if rows.is_none_or(|rows| rows > length) {
            return Err(format!(
                "promises more rows than {length} bytes hold; it is damaged"
            ));
        }
        for group in &self.groups {
            if group.chunks.len() != self.columns.len() {
                return Err(
                    "has another number of columns than its schema says; it is damaged".to_owned(),
                );
            }
            let within = |chunk: &Chunk| {
                chunk
                    .at
                    .checked_add(chunk.bytes)
                    .is_some_and(|end| end <= length)
            };
            if !group.chunks.iter().all(within) {
                return Err(
                    "ends before its last column does; it is damaged or cut short".to_owned(),
                );
            }
        }
        Ok(())
    }
}
