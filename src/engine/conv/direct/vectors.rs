//! The vectors that the processor has.

use pulp::{Arch, Simd, WithSimd};
use std::sync::OnceLock;

/// Numbers in the widest vectors there are.
pub const MOST: usize = 16;

/// The processor's vectors.
pub fn arch() -> Arch {
    static ARCH: OnceLock<Arch> = OnceLock::new();
    *ARCH.get_or_init(Arch::new)
}

/// Numbers in a vector; 1 where there are no vectors that multiply and add at once.
pub fn lanes() -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }
    static LANES: OnceLock<usize> = OnceLock::new();
    *LANES.get_or_init(|| arch().dispatch(Lanes))
}
