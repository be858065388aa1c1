//! Whether devices compute as they should: a few training steps of a small network on each, compared.

use super::finding::Finding;
use crate::engine::device::{self, Chosen};
use crate::engine::readback;
use crate::engine::selfcheck::{self, Verdict, share, steps};
use crate::text::figures::decimal;
use serde_json::{Value as Json, json};

/// The heading of this part.
pub const TITLE: &str = "Arithmetic";

/// A device to compare with burn's own operations on the CPU.
pub struct Subject {
    what: &'static str,
    /// How people call it.
    label: String,
    /// What it is in JSON.
    device: String,
    /// What is said where all is well.
    agreement: String,
    chosen: Chosen,
    trial: selfcheck::Trial,
}

/// The device that was chosen, if it isn't the CPU, and the CPU.
pub fn subjects(chosen: Option<Chosen>) -> Vec<Subject> {
    let apart = chosen.and_then(|chosen| {
        let trial = selfcheck::trial_of(&chosen)?;
        Some(Subject {
            what: "device",
            label: chosen.label.clone(),
            device: chosen.label.clone(),
            agreement: format!("{} agrees with the CPU", chosen.label),
            chosen,
            trial,
        })
    });
    let own = device::choose("cpu").ok().map(|chosen| Subject {
        what: "cpu",
        label: "the CPU with operations of our own".to_owned(),
        device: "cpu".to_owned(),
        agreement: "our operations agree with burn's".to_owned(),
        chosen,
        trial: selfcheck::trace,
    });
    apart.into_iter().chain(own).collect()
}

impl Subject {
    /// Computes on both sides.
    pub fn compare(&self, steps: usize) -> Result<Verdict, String> {
        // What another device failed at says nothing of this one.
        readback::forget();
        selfcheck::check(&self.chosen.device, steps, self.trial)
    }

    /// What that is worth telling.
    pub fn finding(&self, result: &Result<Verdict, String>) -> Finding {
        match result {
            Ok(verdict) if verdict.agrees() => Finding::ok(
                self.what,
                format!(
                    "{}: the largest difference in {} of a small ResNet is {} ({}), and {} is allowed ({} s)",
                    self.agreement,
                    steps(verdict.steps),
                    share(verdict.largest.relative),
                    verdict.largest.what,
                    share(verdict.largest.allowed),
                    decimal(verdict.took.as_secs_f64(), 1),
                ),
            ),
            Ok(verdict) => {
                let said = verdict.complaint(&self.label);
                let (found, remedy) = said.split_once("; ").unwrap_or((&said, ""));
                let remedy = if self.what == "cpu" {
                    "set SIMCLR_TUI_CONV=burn and report this with your processor's name"
                } else {
                    remedy
                };
                Finding::failed(self.what, found, remedy)
            }
            Err(why) => Finding::failed(
                self.what,
                format!("{} can't train a small network: {why}", self.label),
                "update the driver, or use --device cpu",
            ),
        }
    }

    /// The same as `docs/json.md` describes it; nothing where the device failed.
    pub fn json(&self, result: &Result<Verdict, String>) -> Option<Json> {
        let verdict = result.as_ref().ok()?;
        let relative = verdict.largest.relative;
        let relative = if relative.is_finite() {
            json!(relative)
        } else {
            json!("inf")
        };
        Some(json!({
            "device": self.device,
            "steps": verdict.steps,
            "largest": verdict.largest.what,
            "difference": relative,
            "tolerance": verdict.largest.allowed,
            "agrees": verdict.agrees(),
            "took": verdict.took.as_secs_f64(),
        }))
    }
}
