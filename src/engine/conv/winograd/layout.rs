//! How tiles lie in memory while they are multiplied.

use crate::engine::conv::direct::lanes;

/// Places of a tile of inputs.
pub const PLACES: usize = 16;
/// Tiles of a block.
pub const TILES: usize = 64;
/// Output channels whose products wait at a time to be summed up into outputs.
pub const OUTPUTS: usize = 64;
/// Keeps a number's sixteen places out of one set of the first cache.
const SKEW: usize = 16;

/// Output channels that are multiplied at once.
pub fn rows() -> usize {
    // Processors with vectors of eight have 16 registers for them in place of 32.
    if lanes() == 8 { 4 } else { 8 }
}

/// From one place to the next, of blocks with so many channels.
pub const fn place_stride(channels: usize) -> usize {
    channels * TILES + SKEW
}
