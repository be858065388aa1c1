//! Numbers read back from a device, and failures, which come to light only then.
//!
//! A panic on a device's own thread is only logged (tracel-ai/burn#5352): whoever asked goes on with memory that nobody
//! wrote. So that log is listened to, and no number is read that comes after one.

use burn::tensor::Tensor;
use log::{Level, LevelFilter, Log, Metadata, Record};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a failure means for what comes after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Less would have fitted.
    OutOfMemory,
    /// The same, and the device computes nothing more in this process.
    OutOfMemoryForGood,
    /// Anything else.
    Other,
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
const POISONED: [&str; 2] = ["poisoned", "device lost"];

impl Failure {
    /// What a driver or a kernel meant by these words.
    #[must_use]
    pub fn of(said: &str) -> Self {
        let said = said.to_lowercase();
        let any = |signs: &[&str]| signs.iter().any(|sign| said.contains(sign));
        match (any(&MEMORY), any(&POISONED)) {
            (true, false) => Self::OutOfMemory,
            (true, true) => Self::OutOfMemoryForGood,
            (false, _) => Self::Other,
        }
    }
}

/// Where cubecl logs the panics of its devices' threads, and how such a line begins.
const THREADS: &str = "cubecl_common::device::handle";
const PANICKED: &str = "CallError(";

/// Keeps the first panic that nobody was told of.
#[derive(Default)]
struct Listener {
    unheard: Mutex<Option<String>>,
}

static LISTENER: Listener = Listener {
    unheard: Mutex::new(None),
};

impl Listener {
    fn first(&self) -> MutexGuard<'_, Option<String>> {
        self.unheard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log for Listener {
    fn enabled(&self, metadata: &Metadata) -> bool {
        metadata.level() <= Level::Warn && metadata.target().starts_with(THREADS)
    }
    fn log(&self, record: &Record) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let said = record.args().to_string();
        if let Some(said) = said.strip_prefix(PANICKED) {
            let said = said.strip_suffix(')').unwrap_or(said);
            self.first().get_or_insert_with(|| said.to_owned());
        }
    }
    fn flush(&self) {}
}

/// Listens to the devices' threads from now on.
pub fn listen() {
    if log::set_logger(&LISTENER).is_ok() {
        log::set_max_level(LevelFilter::Warn);
    }
}

/// Forgets what failed before: that was another run's.
pub fn forget() {
    *LISTENER.first() = None;
}

/// The numbers of a tensor, in its order. Waits for all that the device was asked before.
///
/// # Errors
/// What the device said, also of an earlier operation.
pub fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, String> {
    let numbers = tensor.try_into_vec_as::<f32>();
    if let Some(said) = LISTENER.first().clone() {
        return Err(said);
    }
    numbers.map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_for_too_little_memory_is_known() {
        let said = [
            "DriverError(CUDA_ERROR_OUT_OF_MEMORY, \"out of memory\")",
            "task panicked on device runner thread: out of device memory allocating 8589934592 bytes",
            "can't allocate buffer of size: 4294967296",
            "Memory page 3 doesn't exist",
        ];
        for said in said {
            assert_eq!(Failure::of(said), Failure::OutOfMemory, "{said}");
            let poisoned = format!("{said}; the device is Poisoned");
            assert_eq!(Failure::of(&poisoned), Failure::OutOfMemoryForGood);
        }
        assert_eq!(Failure::of("the loss became NaN"), Failure::Other);
        assert_eq!(Failure::of("device lost"), Failure::Other);
    }

    #[test]
    fn of_the_log_only_a_panic_that_nobody_was_told_of_is_a_failure() {
        let heard = |level, target: &str, said: &str| {
            let listener = Listener::default();
            let mut record = Record::builder();
            record.level(level).target(target);
            listener.log(&record.args(format_args!("{said}")).build());
            listener.first().clone()
        };
        let threads = "cubecl_common::device::handle::channel::task";
        let panicked = "CallError(task panicked on device runner thread: Should run when selected by autotune.)";
        let said = "task panicked on device runner thread: Should run when selected by autotune.";
        assert_eq!(heard(Level::Warn, threads, panicked).as_deref(), Some(said));
        // Whoever asked was told of this one.
        assert_eq!(
            heard(Level::Warn, threads, "Task failed: CallError(…)"),
            None
        );
        assert_eq!(heard(Level::Info, threads, panicked), None);
        assert_eq!(heard(Level::Warn, "wgpu", panicked), None);
    }
}
