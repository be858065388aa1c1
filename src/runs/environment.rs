//! Where and with what a run was trained: enough to tell why the same experiment gave other numbers.

use super::RunError;
use crate::engine::data::Fingerprint;
use crate::engine::device::processor;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The newest format of `environment.ron`.
pub const FORMAT: u64 = 1;

/// The surroundings of a run. Every field may be missing from a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Environment {
    /// Version of the file's format.
    pub format: u64,
    /// Version of this program.
    pub program: String,
    /// Commit that it was built from, where known.
    pub commit: Option<String>,
    /// Name of the machine.
    pub host: String,
    /// Operating system.
    pub os: String,
    /// Model of the processor.
    pub cpu: String,
    /// Processor cores that the program may use.
    pub cores: usize,
    /// Loader threads.
    pub threads: usize,
    /// The device that computes, in words.
    pub device: String,
    /// What the data set held.
    pub dataset: Option<Fingerprint>,
    /// Where its data lay: the whole path, where `data.path` may be relative.
    pub data_path: Option<String>,
    /// Where images to judge by lay apart, as whole paths.
    pub bank_path: Option<String>,
    /// The same of test images.
    pub test_path: Option<String>,
    /// The same of images to choose by.
    pub validation_path: Option<String>,
    /// What its network began with, where that was not drawn from the seed.
    pub beginning: Option<String>,
    /// When the run started, in seconds since 1970.
    pub started: f64,
    /// The command line that started the program.
    pub command: Vec<String>,
}

impl Environment {
    /// What this process can say of itself and its machine.
    #[must_use]
    pub fn here(device: &str, threads: usize, dataset: Option<Fingerprint>) -> Self {
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            commit: option_env!("SIMCLR_TUI_COMMIT").map(str::to_owned),
            host: host(),
            os: system(),
            cpu: processor().unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            threads,
            device: device.to_owned(),
            dataset,
            data_path: None,
            bank_path: None,
            test_path: None,
            validation_path: None,
            beginning: None,
            started: super::now(),
            command: std::env::args_os()
                .map(|word| word.to_string_lossy().into_owned())
                .collect(),
        }
    }

    /// Reads the file of a run.
    ///
    /// # Errors
    /// A sentence with the file's path.
    pub fn load(path: &Path) -> Result<Self, RunError> {
        super::ron_file(path, super::LARGEST)
    }

    /// Its text as `.ron`.
    #[must_use]
    pub fn to_text(&self) -> String {
        super::ron_text(self)
    }
}

/// The name of this machine.
pub fn host() -> String {
    let named = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    named
        .or_else(|| std::env::var("HOSTNAME").ok())
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .map_or_else(String::new, |name| name.trim().to_owned())
}

/// The distribution's own words where there are any, such as "Debian GNU/Linux 13 (trixie)".
fn system() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let pretty = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="));
    pretty.map_or_else(
        || std::env::consts::OS.to_owned(),
        |name| name.trim_matches('"').to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_comes_back_from_its_text() {
        let dataset = Fingerprint {
            name: "shapes \"x\"".to_owned(),
            train: 2000,
            ..Fingerprint::default()
        };
        let here = Environment::here("cpu (2 threads)", 2, Some(dataset));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("environment.ron");
        std::fs::write(&path, here.to_text()).unwrap();
        assert_eq!(Environment::load(&path).unwrap(), here);
    }

    #[test]
    fn fields_may_be_missing_or_from_a_newer_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("environment.ron");
        std::fs::write(&path, "(host: \"a\", dataset: (train: 5), colour: \"red\")").unwrap();
        let read = Environment::load(&path).unwrap();
        assert_eq!((read.host.as_str(), read.started), ("a", 0.0));
        assert_eq!(read.dataset.unwrap().train, 5);
    }
}
