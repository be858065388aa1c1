//! `doctor`: whether everything that training needs is here and tells the truth.

mod arithmetic;
mod file_system;
mod finding;
mod nvidia;
mod page;
mod places;
mod program;
mod terminal;

use super::output::Screen;
use super::{Exit, Result};
use crate::engine::device::{self, Chosen, DeviceError, Wanted};
use crate::engine::selfcheck::STEPS;
use crate::ui::config::{Config, ConfigError};
use finding::{Finding, State};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

/// Checks what training needs: device, driver, terminal, folders; and that the device computes correctly
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to compute: auto, cpu, cuda:N or wgpu:N
    #[arg(long, default_value = "auto")]
    device: String,
    /// Training steps of a small network to compare with the CPU; with more steps, rounding alone makes them diverge
    #[arg(long, default_value_t = STEPS, value_parser = clap::value_parser!(u16).range(1..=30))]
    steps: u16,
    /// Prints JSON, as docs/json.md describes it
    #[arg(long)]
    json: bool,
    /// What this process sees of a lock and of a file
    #[arg(long, hide = true, num_args = 2, value_names = ["LOCK", "FILE"])]
    probe: Vec<PathBuf>,
}

pub fn main(args: &Args, settings: Option<&Path>, runs: &Path, out: &mut Screen) -> Result {
    if let [lock, file] = &args.probe[..] {
        let seen = file_system::probe(lock, file);
        seen.iter().try_for_each(|line| out.line(line))?;
        return Ok(Exit::Done);
    }
    let wanted: Wanted = args.device.parse()?;
    let mut report = Report::default();
    let mut part = |out: &mut Screen, title: &'static str, findings: Vec<Finding>| {
        report.part(out, args.json, title, findings)
    };
    part(out, "Program", program::findings())?;
    let cards = nvidia::cards();
    part(out, "NVIDIA", nvidia::findings(&cards, wanted))?;
    let chosen = device::choose(&args.device);
    part(out, "Device", vec![of_device(&args.device, &chosen)])?;
    let config = Config::read(settings);
    let seen = config.and_then(|config| terminal::findings(&config));
    part(
        out,
        "Terminal",
        seen.unwrap_or_else(|e| vec![unreadable(&e)]),
    )?;
    part(out, "Folders", places::findings(runs))?;
    if !args.json {
        page::heading(out, arithmetic::TITLE, false)?;
    }
    let mut compared = Vec::new();
    for subject in arithmetic::subjects(chosen.ok()) {
        let result = subject.compare(args.steps.into());
        let finding = subject.finding(&result);
        compared.extend(subject.json(&result));
        if !args.json {
            page::finding(out, &finding)?;
        }
        report.findings.push((arithmetic::TITLE, finding));
    }
    let devices = nvidia::devices(&cards);
    report.end(out, args.json, &devices, &compared)
}

/// Everything that was found, each with the part of the report that it belongs to.
#[derive(Default)]
struct Report {
    findings: Vec<(&'static str, Finding)>,
}

impl Report {
    /// Keeps what a part found, and shows it at once to people.
    fn part(
        &mut self,
        out: &mut Screen,
        json: bool,
        title: &'static str,
        findings: Vec<Finding>,
    ) -> Result<()> {
        if !json {
            page::heading(out, title, self.findings.is_empty())?;
            findings.iter().try_for_each(|f| page::finding(out, f))?;
        }
        let titled = findings.into_iter().map(|finding| (title, finding));
        self.findings.extend(titled);
        Ok(())
    }

    fn end(&self, out: &mut Screen, json: bool, devices: &[Json], compared: &[Json]) -> Result {
        let failed = self.findings.iter().any(|(_, f)| f.state == State::Failed);
        if json {
            let checks = self.findings.iter().map(|(part, f)| f.json(part));
            let all = json!({
                "format": 1,
                "program": env!("CARGO_PKG_VERSION"),
                "features": program::features(),
                "failed": failed,
                "checks": checks.collect::<Vec<_>>(),
                "devices": devices,
                "self_checks": compared,
            });
            out.json(&all)?;
        } else {
            let findings: Vec<&Finding> = self.findings.iter().map(|(_, f)| f).collect();
            page::verdict(out, &findings)?;
        }
        Ok(if failed { Exit::Failed } else { Exit::Done })
    }
}

/// Settings that can't be used.
fn unreadable(error: &ConfigError) -> Finding {
    let remedy = "correct them; `simclr-tui config` prints every setting and its values";
    Finding::failed("settings", error.to_string(), remedy)
}

/// What `--device` came to.
fn of_device(wanted: &str, chosen: &std::result::Result<Chosen, DeviceError>) -> Finding {
    const WHAT: &str = "device";
    match chosen {
        Ok(Chosen {
            id, label, note, ..
        }) => {
            let found = if id.starts_with(wanted) {
                label.clone()
            } else {
                format!("{wanted} is {label}")
            };
            match note {
                Some(note) => Finding::warning(WHAT, found, note.as_str()),
                None => Finding::ok(WHAT, found),
            }
        }
        Err(error) => {
            let said = error.to_string();
            let (found, remedy) = said.split_once("; ").unwrap_or((&said, "use --device cpu"));
            Finding::failed(WHAT, format!("{wanted} can't be used: {found}"), remedy)
        }
    }
}

#[cfg(test)]
mod tests;
