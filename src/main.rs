//! The `simclr-tui` binary: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    simclr_tui::cli::main()
}
