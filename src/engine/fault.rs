//! What fails on a device, told apart once, by the words of its driver.

use thiserror::Error;

/// A failure of a device, in the words of its driver or of a kernel.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// Less would have fitted.
    #[error("{said}")]
    OutOfMemory {
        /// The words.
        said: String,
        /// Whether the device computes nothing more in this process.
        lost: bool,
    },
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// What drivers and kernels call too little memory, in lower case. A page that is missing is how it looks where an
/// operation was given nothing to write to.
const MEMORY: [&str; 8] = [
    "out of memory",
    "out_of_memory",
    "outofmemory",
    "out of device memory",
    "not enough memory",
    "can't allocate buffer",
    "memory page",
    "failed to allocate",
];
/// What a device calls it that computes nothing more in this process.
const LOST: [&str; 2] = ["poisoned", "device lost"];

impl Fault {
    /// What is meant by these words.
    #[must_use]
    pub fn of(said: impl Into<String>) -> Self {
        let said = said.into();
        let small = said.to_lowercase();
        let any = |signs: &[&str]| signs.iter().any(|sign| small.contains(sign));
        let lost = any(&LOST);
        if any(&MEMORY) {
            Self::OutOfMemory { said, lost }
        } else {
            Self::Other(said)
        }
    }
}

/// For who has to tell that it failed, and no more.
impl From<Fault> for String {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::OutOfMemory { said, .. } | Fault::Other(said) => said,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_for_too_little_memory_is_known() {
        let all = [
            "DriverError(CUDA_ERROR_OUT_OF_MEMORY, \"out of memory\")",
            "task panicked on device runner thread: out of device memory allocating 8589934592 bytes",
            "can't allocate buffer of size: 4294967296",
            "Memory page 3 doesn't exist",
        ];
        for words in all {
            let lost = format!("{words}; the device is Poisoned");
            for (said, lost) in [(words.to_owned(), false), (lost, true)] {
                let fault = Fault::of(said.as_str());
                assert_eq!(fault, Fault::OutOfMemory { said, lost });
            }
        }
        for said in ["the loss became NaN", "device lost"] {
            assert_eq!(Fault::of(said), Fault::Other(said.to_owned()));
        }
    }
}
