//! How much a packed file may unpack to.

/// A packed file that is larger than this unpacked is refused where that is more than so many times its size: pictures
/// that pack so well are none.
const TIGHT: (u64, u64) = (64 << 20, 100);

/// Bytes that so many packed ones may hold.
pub const fn most(packed: u64) -> u64 {
    let times = packed.saturating_mul(TIGHT.1);
    if times > TIGHT.0 { times } else { TIGHT.0 }
}
