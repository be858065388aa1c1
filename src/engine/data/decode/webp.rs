//! The pieces of a WebP file, before its decoder sees them: it takes memory for as many bytes as a piece says it has, and for
//! a picture within an animation that may be larger than the animation.

/// What is said of a file that ends too early.
pub const CUT_SHORT: &str = "the file is cut short";
/// A piece's kind and length.
const HEAD: usize = 8;
/// Where a frame of an animation says its place and size.
const FRAME: usize = 16;

/// The larger of the pictures in a WebP file, by pixels; none where it is no such file, or has no picture with a size of
/// its own.
///
/// # Errors
/// A few words, where a piece that is read whole is longer than the file.
pub fn largest(file: &[u8]) -> Result<Option<(u32, u32)>, String> {
    match file {
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            pieces @ ..,
        ] => walk(pieces),
        _ => Ok(None),
    }
}

fn walk(mut pieces: &[u8]) -> Result<Option<(u32, u32)>, String> {
    let mut largest = None;
    while let Some((kind, length)) = head(pieces) {
        let rest = &pieces[HEAD..];
        let piece = match rest.get(..length) {
            Some(piece) => piece,
            // The one piece that is read whole. What else is cut, or no piece at all, the decoder sees.
            None if kind == b"EXIF" => return Err(CUT_SHORT.to_owned()),
            None => rest,
        };
        let size = match kind {
            b"VP8 " => size(piece),
            b"ANMF" => walk(piece.get(FRAME..).unwrap_or_default())?,
            _ => None,
        };
        let both = [largest, size].into_iter().flatten();
        largest = both.max_by_key(|size| pixels(*size));
        // Each piece is filled up to an even length.
        pieces = rest.get(length.next_multiple_of(2)..).unwrap_or_default();
    }
    Ok(largest)
}

fn head(pieces: &[u8]) -> Option<(&[u8; 4], usize)> {
    let (kind, rest) = pieces.split_first_chunk()?;
    let length = u32::from_le_bytes(*rest.first_chunk()?);
    Some((kind, length as usize))
}

/// What the header of a lossy picture says.
fn size(piece: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| {
        let bytes = *piece.get(at..)?.first_chunk()?;
        Some(u32::from(u16::from_le_bytes(bytes) & 0x3fff))
    };
    Some((side(6)?, side(8)?))
}

fn pixels((width, height): (u32, u32)) -> u64 {
    u64::from(width) * u64::from(height)
}
