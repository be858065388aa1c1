//! MD5 (RFC 1321): no protection against forgery, but what publishers of data sets give to tell a whole file by.

use std::fmt::Write;

/// Rotations of each round's steps.
const TURNS: [[u32; 4]; 4] = [
    [7, 12, 17, 22],
    [5, 9, 14, 20],
    [4, 11, 16, 23],
    [6, 10, 15, 21],
];
const START: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
const BLOCK: usize = 64;

/// The digest of bytes that come bit by bit.
#[derive(Clone, Debug)]
pub struct Md5 {
    state: [u32; 4],
    /// The additive constants: 2^32 times the sine of 1 to 64 (§3.4).
    sines: [u32; 64],
    /// What does not fill a block yet.
    rest: Vec<u8>,
    length: u64,
}

impl Default for Md5 {
    fn default() -> Self {
        let sine = |i: usize| (((i + 1) as f64).sin().abs() * 2_f64.powi(32)) as u32;
        Self {
            state: START,
            sines: std::array::from_fn(sine),
            rest: Vec::new(),
            length: 0,
        }
    }
}

impl Md5 {
    /// Takes in more bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        self.length += bytes.len() as u64;
        if !self.rest.is_empty() {
            let (filling, later) = bytes.split_at(bytes.len().min(BLOCK - self.rest.len()));
            self.rest.extend_from_slice(filling);
            bytes = later;
            if self.rest.len() == BLOCK {
                let block = std::mem::take(&mut self.rest);
                self.mix(&block);
            }
        }
        let blocks = bytes.chunks_exact(BLOCK);
        self.rest.extend_from_slice(blocks.remainder());
        blocks.for_each(|block| self.mix(block));
    }

    /// The digest of all that came, in hexadecimal digits.
    #[must_use]
    pub fn finish(mut self) -> String {
        let bits = self.length.wrapping_mul(8);
        let zeros = (BLOCK + 55 - self.rest.len()) % BLOCK;
        let mut padding = vec![0x80];
        padding.resize(1 + zeros, 0);
        padding.extend(bits.to_le_bytes());
        self.update(&padding);
        let mut text = String::new();
        for byte in self.state.iter().flat_map(|word| word.to_le_bytes()) {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// The 64 steps on one block (§3.4).
    fn mix(&mut self, block: &[u8]) {
        let mut words = [0_u32; 16];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
            *word = bytes
                .iter()
                .rev()
                .fold(0, |word, byte| word << 8 | u32::from(*byte));
        }
        let [mut a, mut b, mut c, mut d] = self.state;
        for i in 0..64 {
            let round = i / 16;
            let (mixed, word) = match round {
                0 => ((b & c) | (!b & d), i),
                1 => ((d & b) | (!d & c), 5 * i + 1),
                2 => (b ^ c ^ d, 3 * i + 5),
                _ => (c ^ (b | !d), 7 * i),
            };
            let sum = a
                .wrapping_add(mixed)
                .wrapping_add(self.sines[i])
                .wrapping_add(words[word % 16]);
            let turned = b.wrapping_add(sum.rotate_left(TURNS[round][i % 4]));
            (a, b, c, d) = (d, turned, b, c);
        }
        for (word, added) in self.state.iter_mut().zip([a, b, c, d]) {
            *word = word.wrapping_add(added);
        }
    }
}

/// The digest of some bytes, in hexadecimal digits.
#[must_use]
pub fn md5(bytes: &[u8]) -> String {
    let mut digest = Md5::default();
    digest.update(bytes);
    digest.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test suite of RFC 1321, A.5.
    #[test]
    fn the_vectors_of_the_standard() {
        let digits = "1234567890".repeat(8);
        for (text, digest) in [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("a", "0cc175b9c0f1b6a831c399e269772661"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            (
                "abcdefghijklmnopqrstuvwxyz",
                "c3fcd3d76192e4007dfb496cca67e13b",
            ),
            (
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
                "d174ab98d277d9f5a5611c2c9f419d9f",
            ),
            (&digits, "57edf4a22be3c955ac49da2e2107b67a"),
        ] {
            assert_eq!(md5(text.as_bytes()), digest, "{text:?}");
        }
    }

    #[test]
    fn pieces_of_any_length_give_the_digest_of_the_whole() {
        let bytes: Vec<u8> = (0..1000_u32).map(|i| (i * i % 251) as u8).collect();
        for piece in [1, 3, 55, 56, 63, 64, 65, 130, 999] {
            let mut digest = Md5::default();
            bytes.chunks(piece).for_each(|part| digest.update(part));
            assert_eq!(digest.finish(), md5(&bytes), "pieces of {piece}");
        }
    }
}
