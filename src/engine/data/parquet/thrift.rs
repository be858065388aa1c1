//! Thrift's compact protocol, in which Parquet writes what it says of itself. Nothing is kept that isn't asked for, and a
//! length is compared with the bytes that are left before it is used.
//! <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>

/// How deep structures may lie in each other.
const DEEPEST: usize = 24;

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// Bytes that are read from the first on.
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// A field of a structure, whose value comes next.
#[derive(Clone, Copy)]
pub struct Field {
    pub id: i64,
    kind: u8,
}

fn damaged() -> String {
    "has a damaged header".to_owned()
}

impl<'a> Reader<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes were read.
    pub const fn at(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Result<u8, String> {
        let byte = *self.bytes.get(self.at).ok_or_else(damaged)?;
        self.at += 1;
        Ok(byte)
    }

    fn take(&mut self, count: u64) -> Result<&'a [u8], String> {
        let count = usize::try_from(count).map_err(|_| damaged())?;
        let taken = self.bytes[self.at..].get(..count).ok_or_else(damaged)?;
        self.at += count;
        Ok(taken)
    }

    /// A number of seven bits a byte, the lowest first.
    pub fn number(&mut self) -> Result<u64, String> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(damaged())
    }

    fn signed(&mut self) -> Result<i64, String> {
        let value = self.number()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// Hands each field of a structure to `look`, which reads its value and says so, or leaves it.
    pub fn fields(
        &mut self,
        mut look: impl FnMut(&mut Self, Field) -> Result<bool, String>,
    ) -> Result<(), String> {
        let mut id = 0;
        while let Some(field) = self.field(id)? {
            id = field.id;
            if !look(self, field)? {
                self.skip(field.kind, 0)?;
            }
        }
        Ok(())
    }

    /// The next field after the one of this number; `None` at the end of a structure.
    fn field(&mut self, last: i64) -> Result<Option<Field>, String> {
        let byte = self.byte()?;
        if byte == 0 {
            return Ok(None);
        }
        let id = match byte >> 4 {
            0 => self.signed()?,
            more => last.wrapping_add(i64::from(more)),
        };
        let kind = byte & 0xf;
        Ok(Some(Field { id, kind }))
    }

    /// A whole number or a truth.
    pub fn int(&mut self, field: Field) -> Result<i64, String> {
        match field.kind {
            TRUE => Ok(1),
            FALSE => Ok(0),
            BYTE => self.byte().map(i64::from),
            I16..=I64 => self.signed(),
            _ => Err(damaged()),
        }
    }

    /// Bytes or a text.
    pub fn binary(&mut self, field: Field) -> Result<&'a [u8], String> {
        if field.kind != BINARY {
            return Err(damaged());
        }
        let length = self.number()?;
        self.take(length)
    }

    pub fn text(&mut self, field: Field) -> Result<String, String> {
        let bytes = self.binary(field)?;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }

    /// Hands each item of a list to `look`, which reads it. An item takes a byte at least.
    pub fn list(
        &mut self,
        field: Field,
        mut look: impl FnMut(&mut Self, Field) -> Result<(), String>,
    ) -> Result<(), String> {
        if field.kind != LIST && field.kind != SET {
            return Err(damaged());
        }
        let (count, kind) = self.items()?;
        for id in 0..count {
            let id = id as i64;
            look(self, Field { id, kind })?;
        }
        Ok(())
    }

    /// How many items follow, and of which kind.
    fn items(&mut self) -> Result<(u64, u8), String> {
        let byte = self.byte()?;
        let count = match byte >> 4 {
            15 => self.number()?,
            few => u64::from(few),
        };
        if count > (self.bytes.len() - self.at) as u64 {
            return Err(damaged());
        }
        Ok((count, byte & 0xf))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Result<(), String> {
        if depth > DEEPEST {
            return Err(damaged());
        }
        match kind {
            TRUE | FALSE => Ok(()),
            BYTE => self.byte().map(drop),
            I16..=I64 => self.number().map(drop),
            DOUBLE => self.take(8).map(drop),
            BINARY => {
                let length = self.number()?;
                self.take(length).map(drop)
            }
            LIST | SET => {
                let (count, kind) = self.items()?;
                (0..count).try_for_each(|_| self.skip_item(kind, depth))
            }
            MAP => self.skip_map(depth),
            STRUCT => {
                let mut id = 0;
                while let Some(field) = self.field(id)? {
                    id = field.id;
                    self.skip(field.kind, depth + 1)?;
                }
                Ok(())
            }
            _ => Err(damaged()),
        }
    }

    fn skip_map(&mut self, depth: usize) -> Result<(), String> {
        let count = self.number()?;
        if count == 0 {
            return Ok(());
        }
        let kinds = self.byte()?;
        for _ in 0..count {
            self.skip_item(kinds >> 4, depth)?;
            self.skip_item(kinds & 0xf, depth)?;
        }
        Ok(())
    }

    /// Skips an item of a list or map. It takes a byte at least, a truth too, so a false count ends with the bytes.
    fn skip_item(&mut self, kind: u8, depth: usize) -> Result<(), String> {
        let kind = if kind == FALSE || kind == TRUE {
            BYTE
        } else {
            kind
        };
        self.skip(kind, depth + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_or_skipped() {
        // 1: -3, 2: {1: "a"}, 3: [7, 8], 4: {true: false}, 20: "hi".
        let bytes = [
            0x15, 5, 0x1c, 0x18, 1, b'a', 0, 0x19, 0x25, 14, 16, 0x1b, 1, 0x11, 1, 2, 0x08, 40, 2,
            b'h', b'i', 0,
        ];
        let (mut number, mut word, mut sum) = (0, String::new(), 0);
        let mut reader = Reader::new(&bytes);
        let read = reader.fields(|r, field| {
            match field.id {
                1 => number = r.int(field)?,
                3 => r.list(field, |r, item| {
                    sum += r.int(item)?;
                    Ok(())
                })?,
                20 => word = r.text(field)?,
                _ => return Ok(false),
            }
            Ok(true)
        });
        assert_eq!(read, Ok(()));
        assert_eq!(
            (number, word.as_str(), sum, reader.at()),
            (-3, "hi", 15, bytes.len())
        );
    }

    #[test]
    fn lengths_beyond_the_end_and_deep_nests_are_refused() {
        for bytes in [
            &[0x18, 0xff, 0xff, 0xff, 0x7f][..],
            &[0x19, 0xf8, 0xff, 0xff, 0xff, 0x7f],
            &[0x1b, 0xff, 0xff, 0xff, 0x7f, 0x11],
            &[0x1b, 0xff, 0xff, 0xff, 0x7f, 0x11, 1, 1, 0],
            &[0x1c; 1000],
            &[0x15],
            &[],
        ] {
            assert!(
                Reader::new(bytes).fields(|_, _| Ok(false)).is_err(),
                "{bytes:?}"
            );
        }
    }
}
