//! Real numbers of any width as f32.

use half::{bf16, f16};
use safetensors::Dtype;

/// Whether tensors of this type hold real numbers that become f32.
#[must_use]
pub const fn is_real(kind: Dtype) -> bool {
    matches!(kind, Dtype::F64 | Dtype::F32 | Dtype::F16 | Dtype::BF16)
}

/// Little-endian numbers of this type as f32; `None` where they are not real numbers.
#[must_use]
pub fn to_f32(kind: Dtype, bytes: &[u8]) -> Option<Vec<f32>> {
    let halves = |wide: fn(u16) -> f32| {
        let words = bytes.as_chunks().0.iter();
        words.map(|word| wide(u16::from_le_bytes(*word))).collect()
    };
    Some(match kind {
        Dtype::F64 => {
            let words = bytes.as_chunks().0.iter();
            words.map(|word| f64::from_le_bytes(*word) as f32).collect()
        }
        Dtype::F32 => {
            let words = bytes.as_chunks().0.iter();
            words.map(|word| f32::from_le_bytes(*word)).collect()
        }
        Dtype::F16 => halves(|bits| f16::from_bits(bits).to_f32()),
        Dtype::BF16 => halves(|bits| bf16::from_bits(bits).to_f32()),
        _ => return None,
    })
}
