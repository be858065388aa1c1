//! Whether a device computes as it should: a few training steps of a small network, there and by burn's own operations
//! on the CPU, from the same weights and views.
//!
//! Drivers exist that compute a wrong loss without a word, so no device is trusted that was not compared. On the CPU
//! this compares our own convolutions and loss with burn's.

mod difference;
mod layers;
mod trace;

pub use crate::engine::trace::{Trace, Trial};
pub use difference::{Difference, largest};
pub use trace::trace;

use crate::engine::catch_panic::catch;
use crate::engine::conv;
use crate::engine::device::Chosen;
use crate::engine::fault::Fault;
use crate::experiment::Experiment;
use burn::tensor::Device;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Steps that `doctor` compares, unless it is told otherwise.
pub const STEPS: u16 = 5;

/// What a comparison came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Steps that were compared.
    pub steps: usize,
    /// Where the two are furthest apart, measured by what is allowed there.
    pub largest: Difference,
    /// How long it took, both sides together.
    pub took: Duration,
}

impl Verdict {
    /// Whether the device computes as it should.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.largest.is_allowed()
    }

    /// What is wrong with the device of this name and what to do: a sentence.
    #[must_use]
    pub fn complaint(&self, label: &str) -> String {
        let found = format!("in {} its {}", steps(self.steps), self.largest.what);
        wrongly(label, &found, &self.largest)
    }
}

fn wrongly(label: &str, found: &str, by: &Difference) -> String {
    let how = if by.relative.is_finite() {
        format!("differs from the CPU's by {}", share(by.relative))
    } else {
        "is not a number, or is missing".to_owned()
    };
    let allowed = share(by.allowed);
    format!(
        "{label} computes wrongly: {found} {how}, and {allowed} is allowed; update the driver, or use --device cpu"
    )
}

/// Compares a device with the CPU over so many steps.
///
/// # Errors
/// A sentence, when the device fails.
pub fn check(device: &Device, steps: usize, trial: Trial) -> Result<Verdict, String> {
    let begun = Instant::now();
    let right = conv::by_burn(|| trace(&Device::flex(), steps))?;
    let found = catch(|| trial(device, steps))??;
    Ok(Verdict {
        steps,
        largest: largest(&found, &right),
        took: begun.elapsed(),
    })
}

/// Why a device isn't trained on: a sentence.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SelfCheckError {
    /// It computes something else than the CPU does.
    #[error("{0}")]
    Wrong(String),
    /// Not even a small network could be trained there.
    #[error(
        "{label} can't train a small network: {why}; check with `simclr-tui doctor` whether other programs use its memory, update \
         the driver, or use --device cpu"
    )]
    Nothing {
        /// Its name in words.
        label: String,
        /// What it said.
        why: String,
    },
    /// It failed at a layer of the run's own.
    #[error(transparent)]
    Layer(#[from] Fault),
}

/// What a device is compared with the CPU by; nothing for the CPU itself.
#[must_use]
pub fn trial_of(chosen: &Chosen) -> Option<Trial> {
    let usual = chosen.asynchronous.then_some(trace as Trial);
    chosen.trial.or(usual)
}

/// Compares one step on a device with the CPU's, where it isn't the CPU: hours on one that computes wrongly are lost.
/// What there is to tell of it, if it was compared.
///
/// # Errors
/// A sentence with the difference and the remedy, when the two part or the device fails.
pub fn before_training(chosen: &Chosen) -> Result<Option<String>, SelfCheckError> {
    let Some(trial) = trial_of(chosen) else {
        return Ok(None);
    };
    let label = &chosen.label;
    let verdict = check(&chosen.device, 1, trial).map_err(|why| SelfCheckError::Nothing {
        label: label.clone(),
        why,
    })?;
    if !verdict.agrees() {
        return Err(SelfCheckError::Wrong(verdict.complaint(label)));
    }
    let Difference {
        what,
        relative,
        allowed,
    } = &verdict.largest;
    let (by, allowed) = (share(*relative), share(*allowed));
    Ok(Some(format!(
        "{label} computes as the CPU does: in one step its {what} differs most, by {by}, and {allowed} is allowed"
    )))
}

/// Compares a run's own layers on a device with the CPU's, where it isn't the CPU.
///
/// # Errors
/// A sentence, when the two part or the device fails.
pub fn layers_of(chosen: &Chosen, run: &Experiment) -> Result<Option<String>, SelfCheckError> {
    if trial_of(chosen).is_none() {
        return Ok(None);
    }
    let label = &chosen.label;
    let began = Instant::now();
    let compared = catch(|| layers::compare(&chosen.device, run, layers::layer_of));
    let (worst, count) = compared??;
    if !worst.is_allowed() {
        return Err(SelfCheckError::Wrong(wrongly(label, &worst.what, &worst)));
    }
    let (by, what, took) = (
        share(worst.relative),
        &worst.what,
        began.elapsed().as_secs_f64(),
    );
    Ok(Some(format!(
        "{count} layers of this run were compared with the CPU in {took:.1} s: {what} differs most, by {by}"
    )))
}

/// So many steps, in words.
#[must_use]
pub fn steps(count: usize) -> String {
    match count {
        1 => "one step".to_owned(),
        n => format!("{n} steps"),
    }
}

/// A relative difference as a share.
#[must_use]
pub fn share(relative: f64) -> String {
    let percent = relative * 100.0;
    match percent {
        p if !p.is_finite() => "not a number".to_owned(),
        p if p >= 1e-3 || p == 0.0 => {
            let text = format!("{p:.3}");
            format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
        }
        p => format!("{p:.0e} %"),
    }
}

#[cfg(test)]
mod tests;
