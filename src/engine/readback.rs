//! Numbers read back from a device, and failures, which come to light only then.
//!
//! A panic on a device's own thread is only logged (tracel-ai/burn#5352): whoever asked goes on with memory that nobody
//! wrote. So that log is listened to, and no number is read that comes after one.

use crate::engine::fault::Fault;
use burn::tensor::Tensor;
use log::{Level, LevelFilter, Log, Metadata, Record};
use std::sync::{Mutex, MutexGuard, PoisonError};

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
pub fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Fault> {
    let numbers = tensor.try_into_vec_as::<f32>();
    if let Some(said) = LISTENER.first().clone() {
        return Err(Fault::of(said));
    }
    numbers.map_err(|e| Fault::of(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
