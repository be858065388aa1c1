//! Messages in protobuf's wire format (protobuf.dev/programming-guides/encoding), field by field.

/// Fields that are sent as 8 bytes, with their length before them, and as 4 bytes.
const EIGHT: u64 = 1;
const SIZED: u64 = 2;
const FOUR: u64 = 5;

/// A message as its bytes.
#[derive(Clone, Debug, Default)]
pub struct Message(Vec<u8>);

impl Message {
    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A field that is a whole number, a choice or a switch.
    pub fn number(&mut self, field: u64, value: u64) {
        self.varint(field << 3);
        self.varint(value);
    }

    /// A `double`.
    pub fn double(&mut self, field: u64, value: f64) {
        self.varint(field << 3 | EIGHT);
        self.0.extend(value.to_le_bytes());
    }

    /// A `float`.
    pub fn float(&mut self, field: u64, value: f32) {
        self.varint(field << 3 | FOUR);
        self.0.extend(value.to_le_bytes());
    }

    /// A `bytes`.
    pub fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.varint(field << 3 | SIZED);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
    }

    /// A `string`.
    pub fn text(&mut self, field: u64, text: &str) {
        self.bytes(field, text.as_bytes());
    }

    /// Another message.
    pub fn message(&mut self, field: u64, message: &Self) {
        self.bytes(field, &message.0);
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}
