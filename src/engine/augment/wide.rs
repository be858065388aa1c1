//! Functions compiled for the widest vectors of the processor that runs them, not only for those that every one has.
//!
//! All versions of a function give the same bits: each number goes through the same operations in the same order, however
//! many share a vector, for the compiler neither reorders sums nor fuses a multiplication with an addition.

/// The vectors that a function was compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(in crate::engine) enum Width {
    /// What every processor of the kind has.
    Any,
    /// AVX2: eight numbers.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512: sixteen.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// The widest that this processor has.
#[inline]
pub(in crate::engine) fn widest() -> Width {
    #[cfg(target_arch = "x86_64")]
    {
        let has = if is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512vl") {
            Width::Avx512
        } else if is_x86_feature_detected!("avx2") {
            Width::Avx2
        } else {
            Width::Any
        };
        #[cfg(test)]
        let has = tests::at_most(has);
        has
    }
    #[cfg(not(target_arch = "x86_64"))]
    Width::Any
}

/// Declares a function that runs on the [`widest`] vectors. What it calls must be inlined to profit.
macro_rules! wide {
    ($(#[$note:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $body:block) => {
        $(#[$note])*
        #[inline]
        $vis fn $name($($arg: $type),*) {
            #[allow(clippy::inline_always, reason = "it takes on the vectors of the function that it is inlined into")]
            #[inline(always)]
            fn any($($arg: $type),*) $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            fn avx2($($arg: $type),*) {
                any($($arg),*);
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,avx512f,avx512bw,avx512vl")]
            fn avx512($($arg: $type),*) {
                any($($arg),*);
            }

            match $crate::engine::augment::wide::widest() {
                $crate::engine::augment::wide::Width::Any => any($($arg),*),
                #[cfg(target_arch = "x86_64")]
                #[expect(unsafe_code, reason = "the processor was asked for these vectors; tests hold that the bits are the same")]
                $crate::engine::augment::wide::Width::Avx2 => unsafe { avx2($($arg),*) },
                #[cfg(target_arch = "x86_64")]
                #[expect(unsafe_code, reason = "the processor was asked for these vectors; tests hold that the bits are the same")]
                $crate::engine::augment::wide::Width::Avx512 => unsafe { avx512($($arg),*) },
            }
        }
    };
}
pub(in crate::engine) use wide;

#[cfg(test)]
pub(super) mod tests {
    use super::Width;
    use std::cell::Cell;

    /// Every width; what the processor lacks becomes the widest that it has.
    pub(in super::super) const WIDTHS: &[Width] = &[
        #[cfg(target_arch = "x86_64")]
        Width::Avx2,
        #[cfg(target_arch = "x86_64")]
        Width::Avx512,
    ];

    thread_local! {
        static LIMIT: Cell<Option<Width>> = const { Cell::new(None) };
    }

    /// Runs `work` on vectors of at most this width, in this thread.
    pub(in super::super) fn limited<T>(limit: Width, work: impl FnOnce() -> T) -> T {
        LIMIT.set(Some(limit));
        let done = work();
        LIMIT.set(None);
        done
    }

    #[cfg(target_arch = "x86_64")]
    pub(super) fn at_most(has: Width) -> Width {
        match LIMIT.get() {
            Some(limit) if limit < has => limit,
            _ => has,
        }
    }
}
