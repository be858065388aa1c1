//! A scratch folder, and the binary run in it.

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A scratch folder with a runs folder in it.
pub struct Scratch(tempfile::TempDir);

impl Scratch {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
    pub fn runs(&self) -> PathBuf {
        self.path("runs")
    }
    /// The binary, in this folder.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_simclr-tui"));
        command
            .args(args)
            .current_dir(self.0.path())
            .env("SIMCLR_TUI_RUNS", self.runs())
            .stdin(Stdio::null());
        command
    }
    pub fn output(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }
    /// What a command prints that succeeds.
    pub fn prints(&self, args: &[&str]) -> String {
        let output = self.output(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }
    pub fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.prints(args)).unwrap()
    }
    /// What a command says that is refused as wrong input.
    pub fn refuses(&self, args: &[&str]) -> String {
        let output = self.output(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?} prints nothing");
        String::from_utf8(output.stderr).unwrap()
    }
}
