//! Commands that texts suggest: they work on the same runs as the program that suggests them.

use std::path::Path;
use std::sync::OnceLock;

/// ` --runs DIR`, where the folder of runs was given on the command line.
static RUNS: OnceLock<String> = OnceLock::new();

/// Suggested commands name this folder of runs from now on.
pub fn name_runs(folder: &Path) {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let _ = RUNS.set(format!(
        " --runs {}",
        shell_words::quote(&folder.to_string_lossy())
    ));
}

/// The program with a subcommand and its arguments, as a shell takes it.
#[must_use]
pub fn command(rest: &str) -> String {
    let runs = RUNS.get().map_or("", String::as_str);
    format!("simclr-tui{runs} {rest}")
}
