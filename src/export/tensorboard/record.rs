//! Records of `TFRecord`: a length and its checksum, bytes and theirs (`tensorflow/core/lib/io/record_writer.h`).

/// Bytes as a record.
pub fn framed(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u64).to_le_bytes();
    let (of_length, of_bytes) = (masked(crc(&length)), masked(crc(bytes)));
    let parts = [
        &length[..],
        &of_length.to_le_bytes(),
        bytes,
        &of_bytes.to_le_bytes(),
    ];
    parts.concat()
}

/// A checksum turned and shifted, so that one of bytes with checksums in them is none by chance.
const fn masked(crc: u32) -> u32 {
    crc.rotate_right(15).wrapping_add(0xa282_ead8)
}

/// CRC-32C (Castagnoli), which is not the CRC-32 of zip and PNG.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0x82f6_3b78 } else { 0 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_rfc_3720() {
        // Its appendix B.4.
        assert_eq!(crc(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc(&[0xff; 32]), 0x62a8_ab43);
        let ascending: Vec<u8> = (0..32).collect();
        assert_eq!(crc(&ascending), 0x46dd_794e);
        assert_eq!(crc(b"123456789"), 0xe306_9283);
    }
}
